"""Models of exports and unmaskings."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped

#: Value of `table` for an evidence pack; `narrowed` then contains the case.
PACK = "evidence_pack"


class ExportState(models.TextChoices):
    """State of an export."""

    TO_APPROVE = "to_approve"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    REMOVED = "removed"


class Export(Scoped):
    """A requested export of a table, or of an evidence pack, with filter, purpose, approval and expiry.

    `roles` are the requester's roles. `rows` is the count at the request (for an evidence pack, of personal values),
    `done` the progress. `touched_at` is updated while the export runs; one without updates was killed and is restarted.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=80)
    roles = models.JSONField(default=list)
    table = models.CharField(max_length=40)
    narrowed = models.JSONField(default=dict)
    purpose = models.CharField(max_length=200)
    case = models.CharField(max_length=64, blank=True)
    unmasked = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ExportState.choices)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="export_of_owner"),
            models.Index(
                fields=["state", "touched_at"],
                name="export_at_work",
                condition=Q(state__in=("queued", "running", "done")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.ref}"

    @property
    def is_pack(self) -> bool:
        """Return whether the export is an evidence pack."""
        return self.table == PACK

    @property
    def file_type(self) -> tuple[str, str]:
        """Return the extension and the media type of the file."""
        return ("zip", "application/zip") if self.is_pack else ("csv", "text/csv")

    @property
    def is_at_work(self) -> bool:
        """Return whether the export is queued or running."""
        return self.state in (ExportState.QUEUED, ExportState.RUNNING)


class Unmasking(Scoped):
    """A record of an unmasked value, reviewed by the privacy officer (PIPL Art. 51).

    `actor` is the ref of a person, or `key:…`. `shown` is the masked value; the value itself is not stored here.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=80)
    subject = models.CharField(max_length=26)
    kind = models.CharField(max_length=20)
    shown = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200)
    case = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "at"], name="unmasking_of_owner"),
            models.Index(fields=["subject", "owner"], name="unmasking_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.subject}"
