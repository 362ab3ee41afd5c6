"""People who sign in by mail address. Their rights come from memberships."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id


class People(BaseUserManager["Person"]):
    """Manager of people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Create a person. Without a password the person signs in through the organisation's identity provider."""
        person = self.model(email=self.normalize_email(email).casefold(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Find a person by mail address, ignoring case."""
        return self.get(email=(username or "").casefold())


class Person(AbstractBaseUser):
    """One person. There is no superuser: operators use the command line."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=8, blank=True)
    theme = models.CharField(_("theme"), max_length=8, default="auto")
    is_active = models.BooleanField(default=True)
    session_round = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = People()

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind sessions to the pass phrase and to `session_round`, so that incrementing it ends all sessions."""
        salt = "fanzha.command.organizations.models.person"
        bound = f"{self.session_round}:{self.password}"
        return salted_hmac(salt, bound, secret=secret, algorithm="sha256").hexdigest()
