"""django-guardian's grants on one object to one user, each with a direct foreign key."""

from django.db import models
from guardian.models import UserObjectPermissionBase

from governance.register.models.connections import Connection
from governance.register.models.integrations import Integration
from governance.register.models.systems import System


class IntegrationUserGrant(UserObjectPermissionBase):
    """django-guardian grants on integrations, with a direct foreign key."""

    content_object = models.ForeignKey(Integration, on_delete=models.CASCADE)


class SystemUserGrant(UserObjectPermissionBase):
    """django-guardian grants on systems, with a direct foreign key."""

    content_object = models.ForeignKey(System, on_delete=models.CASCADE)


class ConnectionUserGrant(UserObjectPermissionBase):
    """django-guardian grants on connections, with a direct foreign key."""

    content_object = models.ForeignKey(Connection, on_delete=models.CASCADE)
