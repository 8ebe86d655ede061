"""The list of this floor's models, nothing else."""

from portal.access.models import ApiToken, User
from portal.history.models import Deed
from portal.mail.models import Mail
from portal.ui.listing.models import DefaultView, Export, ImportLine, ImportPlan, SavedView

__all__ = ["ApiToken", "Deed", "DefaultView", "Export", "ImportLine", "ImportPlan", "Mail", "SavedView", "User"]
