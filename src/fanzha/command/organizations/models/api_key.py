"""API keys of other systems, stored as hashes, limited to scopes, and with an expiry."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone

from fanzha.command.organizations.models.invitation import hash_token
from fanzha.command.organizations.models.organization import Organization
from fanzha.command.organizations.models.person import Person

PREFIX = "fz_"


def key_ref(organization: str, number: int | None) -> str:
    """Return the reference of a key as an actor, from the organisation's ref and the key's number."""
    return f"key:{organization}:{number}"


class ApiKey(models.Model):
    """One key. `roles` limit the process events it may fire, `scopes` the API it may use, `per_minute` its rate."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    shown = models.CharField(max_length=12)  # the first characters, to distinguish keys
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    roles = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(default=600)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown}…)"

    @property
    def ref(self) -> str:
        """Return the reference of the key as an actor."""
        return key_ref(self.organization.ref, self.pk)

    @classmethod
    def make(cls, organization: Organization, name: str, **fields: object) -> tuple["ApiKey", str]:
        """Create a key, and return it with its secret, which is not stored."""
        secret = PREFIX + secrets.token_urlsafe(32)
        key = cls.objects.create(
            organization=organization, name=name, shown=secret[:8], key_hash=hash_token(secret), **fields
        )
        return key, secret

    @classmethod
    def known(cls, secret: str) -> "ApiKey | None":
        """Return the key of a secret, if it is valid."""
        now = timezone.now()
        valid_keys = cls.objects.filter(
            Q(expires_at=None) | Q(expires_at__gt=now), key_hash=hash_token(secret), revoked_at=None
        )
        return valid_keys.filter(organization__is_active=True).select_related("organization").first()
