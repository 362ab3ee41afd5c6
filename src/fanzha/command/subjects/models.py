"""Models of subjects, findings, opinions, verdicts, police cases and shares."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property

from fanzha.base.ids import sortable_id
from fanzha.base.marking import Marking
from fanzha.claims.finding import Maturity, Mode, SubjectRole
from fanzha.claims.opinion import SCORES
from fanzha.claims.verdict import CaseStatus, Level
from fanzha.command.subjects.finding_codec import FindingTexts, unpack
from fanzha.command.web.scoping import Scoped, readable_by_marking, unscoped
from fanzha.command.web.viewer import Viewer


class IngestionState(models.TextChoices):
    """State of the ingestion of a file."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class Delivery(Scoped):
    """A findings file and the cursor into it, updated in the transaction of each batch.

    `begins` is the digest of its beginning and distinguishes files of the same name. `position` is the first row, or
    byte of a growing file, not yet ingested. Each ingested row counts as used, known (ingested before) or rejected.
    """

    name = models.CharField(max_length=500)
    begins = models.CharField(max_length=32)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=7, choices=IngestionState.choices, default=IngestionState.OPEN)
    position = models.BigIntegerField(default=0)
    row = models.BigIntegerField(default=0)
    used = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=400, blank=True)
    began_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-changed_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "begins"], name="one_delivery_a_file")]

    def __str__(self) -> str:
        return self.name


class RejectedRow(models.Model):
    """A row that could not be ingested, with the reason; `stood_there` is an excerpt with numbers masked."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="rejected_rows")
    row = models.BigIntegerField()
    reason_zh = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)
    stood_there = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["delivery", "row"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["delivery", "row"], name="one_reason_a_row")]

    def __str__(self) -> str:
        return f"{self.delivery_id}, row {self.row}: {self.reason_en}"


_SUBJECT_ACCESS = unscoped("a subject is readable by presence and shares")
#: Kinds of subjects that a search finds by a prefix of the value.
PREFIX_SEARCHABLE_KINDS = ("phone_number", "short_code", "website", "host")


class Subject(Scoped):
    """A subject: kind, canonical value and holder period; a re-issued number is a new subject.

    Shared by all organisations; an organisation finds it only if it may read a finding, opinion, case or share on it.

    `value` is canonical. The value of a person is a keyed hash, and `shown` is the masked number of the identity
    document. `thing` is the digest of kind and value, `identity` the digest of kind, value and holder: both 32 hex
    digits.
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
                condition=Q(kind__in=PREFIX_SEARCHABLE_KINDS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for subjects with a finding, opinion, case or share that the viewer may read."""
        from fanzha.command.subjects.models import Presence, Share

        presence = _SUBJECT_ACCESS.rows(Presence).filter(readable_by_marking(viewer), subject=OuterRef("pk"))
        shared = _SUBJECT_ACCESS.rows(Share).filter(
            Share.in_force(), subject=OuterRef("pk"), receiver=viewer.organization
        )
        return Q(Exists(presence)) | Q(Exists(shared))


_SHARE_ACCESS = unscoped("a share makes readable what its receiver could not read before")


class Share(Scoped):
    """A share of a subject with another organisation, for a purpose, until a given time.

    `receiver` may read everything of `owner` on the subject, under any marking.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="shares")
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    receiver = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200)
    basis = models.CharField(max_length=200, blank=True)
    process = models.CharField(max_length=26, blank=True)
    shared_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
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
        """Return the condition for shares that are in force now."""
        return Q(ended_at=None) & (Q(until=None) | Q(until__gt=timezone.now()))


def shared_with(viewer: Viewer) -> Q:
    """Return the rows with `owner` and `subject` that were shared with a viewer's organisation."""
    shares = _SHARE_ACCESS.rows(Share).filter(
        Share.in_force(), receiver=viewer.organization, owner=OuterRef("owner"), subject=OuterRef("subject")
    )
    return Q(Exists(shares))


class FindingRow(Scoped):
    """A stored finding: the fields of `fanzha.claims.finding`, its owner, and its withdrawal or replacement.

    Its content never changes: a finding is withdrawn, or superseded by one of a later version on the same event.
    `trigger` is the last of its events. `detail` holds its texts, decoded from `packed`, the last column; lists that
    show no reasons leave it out (`defer("packed")`).
    """

    finding_id = models.CharField(max_length=32)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="findings", db_index=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", db_index=False)
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    detector = models.CharField(max_length=80)
    version = models.CharField(max_length=20)
    mode = models.CharField(max_length=6, default=Mode.SHADOW)
    role = models.CharField(max_length=8, default=SubjectRole.SUSPECT)
    maturity = models.CharField(max_length=16, default=Maturity.SHADOW)
    simulated = models.BooleanField(default=False)
    fraud_type = models.CharField(max_length=40, blank=True)
    score = models.FloatField()
    found_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    direction = models.CharField(max_length=20, blank=True)
    service = models.CharField(max_length=30, blank=True)
    ingress = models.CharField(max_length=30, blank=True)
    trigger = models.CharField(max_length=200, blank=True)
    came_in_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        "organizations.Person", models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_why = models.CharField(max_length=300, blank=True)
    superseded_by = models.CharField(max_length=32, blank=True)
    packed = models.BinaryField(default=bytes)

    class Meta:
        ordering: ClassVar = ["-found_at", "-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["finding_id"], name="one_finding_an_id")]
        indexes: ClassVar = [
            models.Index(fields=["subject", "-found_at", "-id"], name="finding_of_subject"),
            models.Index(fields=["owner", "-found_at", "-id"], name="finding_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.finding_id[:8]}"

    @cached_property
    def detail(self) -> FindingTexts:
        """Return reasons, public words, basis, events and evidence."""
        return unpack(self.packed)

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for rows readable by owner and marking, or by a share."""
        return readable_by_marking(viewer) | shared_with(viewer)

    @classmethod
    def standing(cls) -> Q:
        """Return the condition for findings that were neither withdrawn nor superseded."""
        return Q(withdrawn_at=None, superseded_by="")


class OpinionRow(Scoped):
    """An opinion or a binding decision of an organisation on a subject.

    The fields are those of `fanzha.claims.opinion`. A later opinion of the same owner and scope supersedes it.
    """

    opinion_id = models.CharField(max_length=32, unique=True)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="opinions")
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    level = models.CharField(max_length=10)
    score = models.FloatField(null=True)
    decision = models.BooleanField(default=False)
    treatment = models.CharField(max_length=10, blank=True)
    fraud_type = models.CharField(max_length=40, blank=True)
    given_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    direction = models.CharField(max_length=20, blank=True)
    service = models.CharField(max_length=30, blank=True)
    ingress = models.CharField(max_length=30, blank=True)
    reason_zh = models.CharField(max_length=500, blank=True)
    reason_en = models.CharField(max_length=500, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    simulated = models.BooleanField(default=False)
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    process = models.CharField(max_length=26, blank=True)
    superseded_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-given_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "-given_at"], name="opinion_of_subject"),
            models.Index(fields=["owner", "-given_at"], name="opinion_of_owner"),
            models.Index(fields=["process"], name="opinion_of_process", condition=~Q(process="")),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.level}"

    @property
    def sure(self) -> float:
        """Return the confidence, 0–1: the score, or without one the weight of the level."""
        return SCORES[Level(self.level)] if self.score is None else self.score

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for rows readable by owner and marking, or by a share."""
        return readable_by_marking(viewer) | shared_with(viewer)

    @classmethod
    def standing(cls) -> Q:
        """Return the condition for opinions that were neither withdrawn nor superseded."""
        return Q(withdrawn_at=None, superseded_at=None)


class PoliceCase(Scoped):
    """A police case on a subject, with its status: a separate fact, never part of a verdict.

    `process` is the ref of the process that set the status.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="cases")
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    reference = models.CharField(max_length=80)
    status = models.CharField(max_length=10)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    process = models.CharField(max_length=26, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "owner", "reference"], name="one_status_a_case")
        ]
        indexes: ClassVar = [models.Index(fields=["reference"], name="police_case_reference")]

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"

    @property
    def case(self) -> CaseStatus:
        """Return the status as an enumeration member."""
        return CaseStatus(self.status)

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for rows readable by owner and marking, or by a share."""
        return readable_by_marking(viewer) | shared_with(viewer)


class Presence(Scoped):
    """The presence of a subject at an organisation under one marking; searches filter by it.

    An organisation with findings, opinions or processes on a subject has a row. The totals count all ingested findings.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="presences", db_index=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", db_index=False)
    marking = models.CharField(max_length=16)
    findings = models.PositiveIntegerField(default=0)
    top_score = models.FloatField(default=0.0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "owner", "marking"], name="one_presence_a_marking")
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "-last_at", "-id"], name="presence_latest")]

    def __str__(self) -> str:
        return f"{self.owner_id} knows of {self.subject_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for presence rows readable by owner and marking."""
        return readable_by_marking(viewer)


class Unpublished(models.Model):
    """An entry of the queue of subjects whose changes are not published to the screens yet.

    Several entries of one subject are published together.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.subject_id)


class SeenVersion(models.Model):
    """A version of a detector that an organisation has findings of; with a single version, nothing is superseded."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    detector = models.CharField(max_length=80)
    version = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "detector", "version"], name="one_row_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.version}"


class VerdictRow(Scoped):
    """A verdict computed by fusion.

    It is the verdict of one organisation on one subject in one scope, from the evidence that the organisation may read.
    `decided_by` is the ref of the decider, "" if the verdict follows from evidence alone. `why` lists the parts that
    counted (`fanzha.claims.verdict.VerdictPart`). `marking` is the strictest marking of its evidence. The current row
    has no `superseded_at`; if level, treatment, type or decider change, the previous row stays as history.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="verdicts", db_index=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    marking = models.CharField(max_length=16)
    direction = models.CharField(max_length=20, blank=True)
    service = models.CharField(max_length=30, blank=True)
    ingress = models.CharField(max_length=30, blank=True)
    level = models.CharField(max_length=10)
    score = models.FloatField()
    fraud_type = models.CharField(max_length=40, blank=True)
    treatment = models.CharField(max_length=10)
    decided_by = models.CharField(max_length=26, blank=True)
    simulated = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    why = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-since", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "owner", "direction", "service", "ingress"],
                condition=Q(superseded_at=None),
                name="one_verdict_a_scope",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], name="verdict_ends", condition=Q(superseded_at=None, until__isnull=False)),
            models.Index(fields=["subject", "-since"], name="verdict_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.subject_id} {self.level}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for rows readable by owner and marking, or by a share."""
        return readable_by_marking(viewer) | shared_with(viewer)
