"""Who signs in: users by e-mail, and tokens for automation."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac

from portal.access.subject import Standing


class Users(BaseUserManager["User"]):
    """Creation of users; an e-mail address is compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user who can sign in with `password`, or only after a reset when it is None."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user who may read the admin site."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of an e-mail address in any case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person's sign-in; which companies they act for is told by the register."""

    #: where a session's user stands, read with the row (portal.access.backend); None however else it was read
    standing: Standing | None = None

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined = models.DateTimeField(auto_now_add=True)
    #: counted up to end every session at once
    sessions = models.PositiveIntegerField(default=0)

    objects = Users()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must know to hold: a new password, or a new count, ends those that are open."""
        known = f"{self.password}:{self.sessions}"
        return salted_hmac("portal.User.session", known, secret=secret, algorithm="sha256").hexdigest()


class ApiToken(models.Model):
    """A token for automation: only its SHA-256 is stored; it acts as one user in one company."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    #: id of the one company this token acts for; the register knows it by name
    company_id = models.BigIntegerField()
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    write = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
