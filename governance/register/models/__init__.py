"""What the register stores, by noun."""

from governance.register.models.connections import SIDES, Connection, Side
from governance.register.models.grants import ConnectionUserGrant, IntegrationUserGrant, SystemUserGrant
from governance.register.models.integrations import Integration, Invitation, Party
from governance.register.models.people import ROLES, Absence, AbsenceNote, Company, Person, Team
from governance.register.models.systems import VERBS, Credential, Downtime, System

__all__ = [
    "ROLES",
    "SIDES",
    "VERBS",
    "Absence",
    "AbsenceNote",
    "Company",
    "Connection",
    "ConnectionUserGrant",
    "Credential",
    "Downtime",
    "Integration",
    "IntegrationUserGrant",
    "Invitation",
    "Party",
    "Person",
    "Side",
    "System",
    "SystemUserGrant",
    "Team",
]
