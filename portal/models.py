"""The list of this floor's models, nothing else."""

from portal.access.models import ApiToken, User
from portal.history.models import Deed

__all__ = ["ApiToken", "Deed", "User"]
