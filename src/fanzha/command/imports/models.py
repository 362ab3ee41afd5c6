"""Models of imports."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class ImportState(models.TextChoices):
    """State of an import."""

    WAITING = "waiting", _("waiting for its turn")
    RUNNING = "running", _("being read")
    PROPOSED = "proposed", _("waits for a second person")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ImportJob(Scoped):
    """An import of one submitted file into one table, with its state and row counts.

    `read` rows = `used` + `rejected` + `waiting`; waiting rows need the approval of a second person. `held_until` is
    the end of the lease of the worker that ingests it; then another worker takes over. The same file is imported only
    once for the same table.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    table = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=ImportState.choices, default=ImportState.WAITING)
    read = models.PositiveIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    problem_zh = models.CharField(max_length=400, blank=True)
    problem_en = models.CharField(max_length=400, blank=True)
    note_zh = models.CharField(max_length=400, blank=True)
    note_en = models.CharField(max_length=400, blank=True)
    made_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    held_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "table", "sha256"],
                condition=~Q(state__in=["failed", "withdrawn"]),
                name="one_import_a_file",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="import_of_owner"),
            models.Index(fields=["id"], name="import_to_read", condition=Q(state__in=["waiting", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.file_name}"


class MirroredProcess(Scoped):
    """A process that mirrors a record of another system, by the reference that the record has there."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    process = models.CharField(max_length=60)
    reference = models.CharField(max_length=120)
    instance = models.OneToOneField("flows.ProcessInstance", models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "process", "reference"], name="one_process_a_reference")
        ]

    def __str__(self) -> str:
        return f"{self.process} {self.reference}"


class MirroredRow(models.Model):
    """The digest of an ingested row; an equal row in another file changes nothing."""

    mirrored = models.ForeignKey(MirroredProcess, models.CASCADE, related_name="rows")
    digest = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mirrored", "digest"], name="one_mirrored_row")]

    def __str__(self) -> str:
        return self.digest


class SparedRow(Scoped):
    """A row of an allowlist import: one number at its proven origin (`trunk` or `ingress`), owner, proof and end.

    It takes effect once two persons agree: it counts while its import is done, until its end.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="spared")
    row = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    origin_kind = models.CharField(max_length=7)
    origin = models.CharField(max_length=120)
    holder = models.CharField(max_length=200)
    proof = models.CharField(max_length=400)
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "row"], name="one_spared_number_a_row")]
        indexes: ClassVar = [
            models.Index(fields=["until"], name="spared_until"),
            models.Index(fields=["number", "owner"], name="spared_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.origin_kind} {self.origin}"
