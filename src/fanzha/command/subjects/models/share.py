"""A share of a subject with another organisation, for a purpose, until a given time."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from fanzha.base.ids import sortable_id
from fanzha.command.organizations.models import Organization, Person
from fanzha.command.subjects.models.subject import Subject
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("a share makes readable what its receiver could not read before")


class Share(Scoped):
    """One share: `receiver` may read everything of `owner` on the subject, under any marking."""

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="shares")
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200)
    basis = models.CharField(max_length=200, blank=True)
    process = models.CharField(max_length=26, blank=True)
    shared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    shared_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "owner", "receiver", "process"],
                condition=Q(ended_at=None),
                name="one_share_a_receiver",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["receiver", "subject", "owner"], name="share_received")]

    def __str__(self) -> str:
        return f"{self.subject_id} to {self.receiver_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for shares by or with the viewer's organisation."""
        return Q(owner__in=viewer.reads) | Q(receiver=viewer.organization)

    @classmethod
    def in_force(cls) -> Q:
        """Return the shares that hold now."""
        return Q(ended_at=None) & (Q(until=None) | Q(until__gt=timezone.now()))


def shared_with(viewer: Viewer) -> Q:
    """Return the rows with `owner` and `subject` that were shared with a viewer's organisation."""
    shares = _UNSCOPED.rows(Share).filter(
        Share.in_force(), receiver=viewer.organization, owner=OuterRef("owner"), subject=OuterRef("subject")
    )
    return Q(Exists(shares))
