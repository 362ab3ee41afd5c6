"""Invitations, the only way to join an organisation. The secret is stored as a hash and works once."""

import hashlib
import secrets
from datetime import timedelta

from django.db import models
from django.utils import timezone

from fanzha.command.organizations.models.organization import Organization
from fanzha.command.organizations.models.person import Person

VALID = timedelta(days=7)


class Invitation(models.Model):
    """One invitation of a mail address to a set of roles."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=80)
    roles = models.JSONField(default=list)
    unit = models.CharField(max_length=60, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.email}, {self.organization}"

    @classmethod
    def make(
        cls, organization: Organization, email: str, name: str, roles: list[str], by: Person | None, unit: str = ""
    ) -> tuple["Invitation", str]:
        """Create an invitation, and return it with its secret, which is not stored."""
        token = secrets.token_urlsafe(32)
        invitation = cls.objects.create(
            organization=organization,
            email=email.casefold(),
            name=name,
            roles=sorted(roles),
            unit=unit,
            token_hash=hash_token(token),
            invited_by=by,
            expires_at=timezone.now() + VALID,
        )
        return invitation, token

    @classmethod
    def open_with(cls, token: str) -> "Invitation | None":
        """Return the invitation of a secret, if it is open."""
        return cls.still_open().filter(token_hash=hash_token(token)).first()

    @classmethod
    def still_open(cls) -> "models.QuerySet[Invitation]":
        """Return the open invitations of active organisations."""
        invitations = cls.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
        return invitations.filter(organization__is_active=True).select_related("organization")


def hash_token(token: str) -> str:
    """Return the hash to store for a secret of full entropy."""
    return hashlib.sha256(token.encode()).hexdigest()
