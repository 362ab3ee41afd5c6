"""Models of the foreign gate: approvals with their documents, and what left under each."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class ApprovalState(StrEnum):
    """State of an approval at a moment."""

    WAITING = "waiting"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    FUTURE = "future"
    IN_FORCE = "in_force"
    EXPIRED = "expired"


class ForeignApproval(Scoped):
    """An approval of the competent authority to share with one partner abroad, for a purpose, for a time.

    `kinds` are those of `ForeignKind`. `document` is the file of the approval, `sha256` its digest. It counts once a
    second person confirmed it; `confirmed_at` or `refused_at` is when. `opened_at` is when it first let something pass.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    partner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    number = models.CharField(max_length=80)
    authority = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200)
    kinds = models.JSONField(default=list)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    document = models.BinaryField()
    document_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    entered_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True)
    expiry_logged_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("entered_by")), name="foreign_approval_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(decided_by__isnull=False), name="foreign_approval_confirmed_by"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="foreign_approval_ends_after_it_begins"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "partner", "valid_until"], name="foreign_approval_partner")]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def in_force(cls, at: datetime) -> Q:
        """Return the condition for approvals that let something pass at a moment."""
        return Q(confirmed_at__isnull=False, withdrawn_at=None, valid_from__lte=at, valid_until__gt=at)

    def state_at(self, at: datetime) -> ApprovalState:
        """Return its state at a moment."""
        if self.withdrawn_at is not None:
            return ApprovalState.WITHDRAWN
        if self.refused_at is not None:
            return ApprovalState.REFUSED
        if self.valid_until <= at:
            return ApprovalState.EXPIRED
        if self.confirmed_at is None:
            return ApprovalState.WAITING
        return ApprovalState.FUTURE if self.valid_from > at else ApprovalState.IN_FORCE

    def intact_document(self) -> bytes | None:
        """Return the document, or None if it is not the one whose SHA-256 is on record."""
        content = bytes(self.document)
        return content if sha256(content).hexdigest() == self.sha256 else None


class ForeignExit(Scoped):
    """One answer that left for a partner abroad: which objects, by which road, under which approval.

    `rows` are the primary keys of the shared objects as compressed JSON, `sha256` is the digest of the answer's body.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", db_index=False)
    approval = models.ForeignKey(ForeignApproval, models.CASCADE, related_name="exits", db_index=False)
    partner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    collection = models.ForeignKey("exchange.Collection", models.PROTECT, related_name="+")
    road = models.CharField(max_length=20)
    at = models.DateTimeField()
    objects_given = models.PositiveIntegerField()
    rows = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["approval", "-id"], name="foreign_exit_of_approval"),
            models.Index(fields=["owner", "at"], name="foreign_exit_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.road}: {self.objects_given}"
