"""Models of app samples: one row for each file and organisation, its sources, and its traits shared with others."""

from typing import ClassVar

from django.db import models

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class SampleState(models.TextChoices):
    """Whether a sample was read."""

    WAITING = "waiting"
    READ = "read"
    UNREADABLE = "unreadable"


class AppSample(Scoped):
    """One file that an organisation took in; a file that it takes in again is the same row.

    The bytes lie in the quarantine under `sha256` until `erased_at`. `report` is what the reader found, as JSON;
    `problem_*` say why it could not be read. `score`, `fraud_type` and `sentence_*` are those of the detector, None and
    "" if it found nothing. `process` is the ref of the indicator that it was handed on to.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    source = models.CharField(max_length=10)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=SampleState.choices, default=SampleState.WAITING)
    package = models.CharField(max_length=255, blank=True)
    label = models.CharField(max_length=400, blank=True)
    version = models.CharField(max_length=100, blank=True)
    report = models.JSONField(default=dict)
    problem_zh = models.CharField(max_length=300, blank=True)
    problem_en = models.CharField(max_length=300, blank=True)
    score = models.FloatField(null=True)
    fraud_type = models.CharField(max_length=20, blank=True)
    sentence_zh = models.TextField(blank=True)
    sentence_en = models.TextField(blank=True)
    process = models.CharField(max_length=26, blank=True)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "sha256"], name="app_sample_of_owner")]
        indexes: ClassVar = [models.Index(fields=["owner", "state"], name="app_sample_state")]

    def __str__(self) -> str:
        return self.ref


class TraitKind(models.TextChoices):
    """What samples may have in common."""

    SIGNER = "signer"
    ICON = "icon"
    HOST = "host"
    CODE = "code"
    PACKAGE = "package"


class SampleTrait(Scoped):
    """One thing that a sample may share with others: a certificate, an icon, a host, a file of code, a package name."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    sample = models.ForeignKey(AppSample, models.CASCADE, related_name="traits")
    kind = models.CharField(max_length=8, choices=TraitKind.choices)
    value = models.CharField(max_length=255)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sample", "kind", "value"], name="app_sample_trait")]
        indexes: ClassVar = [models.Index(fields=["owner", "kind", "value"], name="app_sample_trait_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class SampleOriginKind(models.TextChoices):
    """What brought a sample without a person."""

    CAPTURE = "capture"
    REPORT = "report"


class SampleOrigin(Scoped):
    """A look at a page that handed a sample out, or a report of the public that it was attached to; `about` is its ref.

    The same file may come from many.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    sample = models.ForeignKey(AppSample, models.CASCADE, related_name="origins")
    kind = models.CharField(max_length=8, choices=SampleOriginKind.choices)
    about = models.CharField(max_length=26)
    name = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sample", "kind", "about"], name="app_sample_origin")]
        indexes: ClassVar = [models.Index(fields=["owner", "kind", "about"], name="app_sample_origin_about")]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
