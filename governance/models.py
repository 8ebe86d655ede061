"""The list of this floor's models, nothing else."""

from governance.accessmatrix.models import Grant
from governance.dictionary.models import Agreement, Dictionary, Term
from governance.register.models import (
    Company,
    Connection,
    ConnectionUserGrant,
    Credential,
    Integration,
    IntegrationUserGrant,
    Party,
    Person,
    Side,
    System,
    SystemUserGrant,
)
from governance.rulebook.models import Disclosure, Rulebook, RuleVersion

__all__ = [
    "Agreement",
    "Company",
    "Connection",
    "ConnectionUserGrant",
    "Credential",
    "Dictionary",
    "Disclosure",
    "Grant",
    "Integration",
    "IntegrationUserGrant",
    "Party",
    "Person",
    "RuleVersion",
    "Rulebook",
    "Side",
    "System",
    "SystemUserGrant",
    "Term",
]
