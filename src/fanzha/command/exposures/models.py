"""Models of exposures: the basis on which logs are read, the files, who was exposed, and the warnings."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class BasisKind(models.TextChoices):
    """What allows the reading of a source."""

    LAW = "law", _("article of a law")
    ORDER = "order", _("order of an authority")
    CONSENT = "consent", _("consent of the customers")


class SourceKind(models.TextChoices):
    """The kind of records in a source."""

    RESOLVER = "resolver", _("names asked of a resolver")
    TEXTS = "texts", _("texts that people received")
    VISITS = "visits", _("visits that an operator lists")


class ExposureBasis(Scoped):
    """A declared basis for reading one source: by which document, why, from when until when, and of how many people.

    It counts once a second person confirmed it. `document_sha256` is the digest of the document. `look_back_days` is
    how old a visit may be when it is read, `keep_days` how long is kept what was found. `most_people` is the largest
    number of people who may be found. With `is_automatic`, people are warned without anybody's act.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=BasisKind.choices)
    document = models.CharField(max_length=200)
    document_sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=120)
    source_kind = models.CharField(max_length=8, choices=SourceKind.choices)
    purpose = models.CharField(max_length=400)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    look_back_days = models.PositiveSmallIntegerField()
    keep_days = models.PositiveSmallIntegerField()
    most_people = models.PositiveIntegerField()
    is_automatic = models.BooleanField(default=False)
    entered_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("entered_by")),
                name="exposure_basis_two_people",
            )
        ]

    def __str__(self) -> str:
        return self.document


class FileState(models.TextChoices):
    """State of a file of a source."""

    WAITING = "waiting", _("waiting for its turn")
    RUNNING = "running", _("being read")
    DONE = "done", _("read")
    REFUSED = "refused", _("not read: no valid basis")
    STOPPED = "stopped", _("stopped, nothing kept")
    FAILED = "failed", _("could not be read, nothing kept")


class ExposureFile(Scoped):
    """One file of a source: how many rows were read, used for a match, and rejected, and what was found.

    `rejects` counts the rejected rows by reason. A refused file has no basis and was not read, so it has no digest.
    `held_until` is the end of the lease of the worker that reads it. Its bytes are deleted once it was read.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    basis = models.ForeignKey(ExposureBasis, models.PROTECT, null=True, related_name="files")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=7, choices=FileState.choices, default=FileState.WAITING)
    read = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    matched = models.BigIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    rejects = models.JSONField(default=dict)
    problem_zh = models.CharField(max_length=400, blank=True)
    problem_en = models.CharField(max_length=400, blank=True)
    handed_in_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    handed_in_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["basis", "sha256"],
                condition=Q(state__in=["waiting", "running", "done"]),
                name="one_exposure_file_a_digest",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="exposure_file_to_read", condition=Q(state__in=["waiting", "running"]))
        ]

    def __str__(self) -> str:
        return self.file_name


class WarningState(models.TextChoices):
    """What became of the warning of a person in one case."""

    WAITING = "waiting", _("waits for its turn")
    QUEUED = "queued", _("handed over for sending")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("could not be sent")
    COVERED = "covered", _("not sent: the desk is in touch with the person")
    CANCELLED = "cancelled", _("not sent: decision or basis no longer stand")


class ExposureWarning(Scoped):
    """The one warning of a person in one case. `person` is a keyed hash of the number, which is nowhere in the row."""

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.CharField(max_length=32)
    case = models.CharField(max_length=26)
    channel = models.CharField(max_length=12, blank=True)
    wording = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=9, choices=WarningState.choices, default=WarningState.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "person", "case"], name="one_exposure_warning_a_case")
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "person", "-queued_at"], name="exposure_warning_of_person"),
            models.Index(fields=["id"], name="exposure_warning_open", condition=Q(state__in=["waiting", "queued"])),
        ]

    def __str__(self) -> str:
        return self.ref


class Exposure(Scoped):
    """A number that asked for, visited or got the link of a decided site: which host, when first and last, how often.

    `name` is the decided name, `case` the ref of its campaign or of its order. `person` is the keyed hash of the
    number. The row is deleted at `keep_until`.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    basis = models.ForeignKey(ExposureBasis, models.PROTECT, related_name="exposures")
    file = models.ForeignKey(ExposureFile, models.PROTECT, related_name="exposures")
    case = models.CharField(max_length=26)
    order = models.CharField(max_length=26)
    number = models.CharField(max_length=40)
    person = models.CharField(max_length=32)
    host = models.CharField(max_length=253)
    name = models.CharField(max_length=253)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    visits = models.PositiveIntegerField()
    keep_until = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-last_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["basis", "number", "host", "order"], name="one_exposure_a_host")
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "case"], name="exposure_of_case"),
            models.Index(fields=["keep_until"], name="exposure_keep_until"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.name}"
