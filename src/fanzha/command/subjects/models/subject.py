"""A subject: kind, canonical value and holder period; a re-issued number is a new subject."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped, readable_by_marking, unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("a subject is readable by presence and shares")

#: Kinds whose values are short and are looked for by their beginning.
WITH_PREFIX = ("phone_number", "short_code", "website", "host")


class Subject(Scoped):
    """One subject. The row is shared by all organisations, and found by those alone that something of it is shown to.

    `value` is canonical; of a person it is a keyed hash, and `shown` what may be displayed of the paper. `thing` is the
    digest of kind and value, `identity` the digest of kind, value and holder: both 32 hex digits.
    """

    ref = models.CharField(max_length=26, default=sortable_id, editable=False)
    kind = models.CharField(max_length=20)
    value = models.TextField()
    holder_from = models.DateTimeField(null=True)
    shown = models.CharField(max_length=80, blank=True)
    thing = models.CharField(max_length=32)
    identity = models.CharField(max_length=32)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ref"], name="one_subject_a_ref"),
            models.UniqueConstraint(fields=["identity"], name="one_subject_an_identity"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["thing"], name="subject_thing"),
            models.Index(
                fields=["value"],
                name="subject_beginning",
                opclasses=["text_pattern_ops"],
                condition=Q(kind__in=WITH_PREFIX),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for subjects with a finding, opinion, case or share that the viewer may read."""
        from fanzha.command.subjects.models.presence import Presence
        from fanzha.command.subjects.models.share import Share

        presence = _UNSCOPED.rows(Presence).filter(readable_by_marking(viewer), subject=OuterRef("pk"))
        shared = _UNSCOPED.rows(Share).filter(Share.in_force(), subject=OuterRef("pk"), receiver=viewer.organization)
        return Q(Exists(presence)) | Q(Exists(shared))
