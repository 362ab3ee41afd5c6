"""Models of research: agreements, partners' models with their runs and scores, and tables for researchers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class ResearchAgreement(Scoped):
    """What the owner and a partner agreed on: number, document, purpose, end, and what may be done under it.

    Nothing is done under it before a second person of the owner approved it. `actor` is who recorded it.
    `document_sha256` is the hash of the signed document, which the owner keeps. Cells of tables below `least_cell` are
    withheld; `table_budget` is how many tables may be asked for in all.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    partner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    number = models.CharField(max_length=80)
    document = models.CharField(max_length=200)
    document_sha256 = models.CharField(max_length=64)
    purpose = models.CharField(max_length=300)
    allows_models = models.BooleanField(default=False)
    allows_tables = models.BooleanField(default=False)
    least_cell = models.PositiveIntegerField()
    table_budget = models.PositiveIntegerField(default=20)
    valid_until = models.DateTimeField()
    actor = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    approved_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "number"], name="one_agreement_a_number")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_in_force(self) -> bool:
        """Return whether something may be done under it now."""
        return self.approved_at is not None and self.ended_at is None and self.valid_until > timezone.now()

    @classmethod
    def in_force(cls) -> Q:
        """Return the condition for agreements that are in force now."""
        return Q(approved_at__isnull=False, ended_at=None, valid_until__gt=timezone.now())

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for agreements of the own organisation, as owner or partner."""
        return Q(owner=viewer.organization) | Q(partner=viewer.organization)


class ModelTransport(models.TextChoices):
    """How a partner's model is asked."""

    ONNX = "onnx", _("ONNX file")
    JSON = "json", _("HTTP endpoint, JSON")
    ARROW = "arrow", _("HTTP endpoint, Arrow")


class ModelState(models.TextChoices):
    """State of a partner's model."""

    SUBMITTED = "submitted", _("to be checked")
    CHECKED = "checked", _("to be approved")
    UNFIT = "unfit", _("does not work")
    APPROVED = "approved", _("in shadow")
    REJECTED = "rejected", _("rejected")
    ENDED = "ended", _("ended")


class PartnerModel(Scoped):
    """A model of a partner. It only ever runs in shadow: its scores reach no verdict and no order.

    `features` are the names of the published columns that it takes, in order; `kind` is the kind of subjects that it
    scores. `sha256` is the hash of the ONNX file, or what the partner states of its container. `problem_*` say why it
    did not work when it was tried or run last.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    agreement = models.ForeignKey(ResearchAgreement, models.PROTECT, related_name="partner_models")
    name = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    licence = models.CharField(max_length=120)
    transport = models.CharField(max_length=5, choices=ModelTransport.choices)
    url = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=20)
    features = models.JSONField(default=list)
    valid_until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ModelState.choices, default=ModelState.SUBMITTED)
    actor = models.CharField(max_length=80)
    submitted_at = models.DateTimeField()
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)
    problem_zh = models.CharField(max_length=300, blank=True)
    problem_en = models.CharField(max_length=300, blank=True)
    run_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name", "version"], name="one_partner_model_a_version")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "run_at"], name="partner_model_due")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for models of the own organisation, as owner of the data or partner."""
        return Q(owner=viewer.organization) | Q(agreement__partner=viewer.organization)


class ModelFile(Scoped):
    """The bytes of a model's ONNX file."""

    partner_model = models.OneToOneField(PartnerModel, models.CASCADE, related_name="file")
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"file of {self.partner_model_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for files of models on the own data."""
        return Q(partner_model__owner=viewer.organization)


class ShadowRun(Scoped):
    """One run of a model beside ours. `comparison` is of `comparison.compare_scores`, {} without a result."""

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    partner_model = models.ForeignKey(PartnerModel, models.CASCADE, related_name="runs", db_index=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    comparison = models.JSONField(default=dict)
    problem_zh = models.CharField(max_length=300, blank=True)
    problem_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["partner_model", "-id"], name="shadow_run_of_model")]

    def __str__(self) -> str:
        return self.ref

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for runs on the own data: the partner reads no comparison here."""
        return Q(partner_model__owner=viewer.organization)


class ShadowScore(Scoped):
    """What a model gave a subject when it ran last, 0-1."""

    partner_model = models.ForeignKey(PartnerModel, models.CASCADE, related_name="scores", db_index=False)
    subject = models.ForeignKey("subjects.Subject", models.CASCADE, related_name="+")
    score = models.FloatField()
    scored_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner_model", "subject"], name="one_shadow_score_a_subject")
        ]

    def __str__(self) -> str:
        return f"{self.partner_model_id}: {self.score:.3f}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for scores on the own data."""
        return Q(partner_model__owner=viewer.organization)


class TableState(models.TextChoices):
    """State of a table that a researcher asked for."""

    ASKED = "asked", _("being computed")
    READY = "ready", _("to be released")
    REFUSED = "refused", _("refused")
    RELEASED = "released", _("released")


class ResearchTable(Scoped):
    """A table of counts requested under an agreement; it leaves once a second person has released it.

    `dimensions` are names of `table_dimensions.DIMENSIONS`; `since` and `until` bound the first findings of what is
    counted. `content` is the table with small cells withheld. `membership` lists the subjects of each published
    cell, packed by `table_content.pack_sums`: later tables are compared with it, and it never leaves. `compared` are
    the refs of the tables that it was compared with.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    agreement = models.ForeignKey(ResearchAgreement, models.PROTECT, related_name="tables")
    dimensions = models.JSONField(default=list)
    measure = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    purpose = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=TableState.choices, default=TableState.ASKED)
    actor = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True)
    content = models.JSONField(default=dict)
    membership = models.BinaryField(default=bytes)
    compared = models.JSONField(default=list)
    refused_zh = models.CharField(max_length=300, blank=True)
    refused_en = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="research_table_of_owner")]

    def __str__(self) -> str:
        return self.ref

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for tables of the own organisation, and those asked for by its agreements."""
        return Q(owner=viewer.organization) | Q(agreement__partner=viewer.organization)
