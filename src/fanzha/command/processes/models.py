"""Models of running processes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from fanzha.base.ids import digest, sortable_id
from fanzha.base.marking import Marking
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer
from fanzha.processes.parse import parse_process
from fanzha.processes.process import Process


class ProcessVersion(models.Model):
    """A version of a process definition; a running process keeps the version with which it was opened."""

    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    text_hash = models.CharField(max_length=32, unique=True)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @classmethod
    def of(cls, process: Process) -> "ProcessVersion":
        """Get or create the row of a process definition."""
        row, _ = cls.objects.get_or_create(
            text_hash=digest(process.text),
            defaults={"name": process.name, "version": process.version, "text": process.text},
        )
        return row

    @property
    def process(self) -> Process:
        """Return the parsed definition, cached by its text."""
        return _parsed(self.text, self.name)


@lru_cache(maxsize=512)
def _parsed(text: str, name: str) -> Process:
    return parse_process(text, f"{name}.yaml", is_stored=True)


class ProcessInstance(Scoped):
    """A running process: its subject, owner and state.

    `situation` is the engine's value; the other columns are for queries. `revision` grows with each step; a step is
    conditional on it, so that one of two concurrent steps fails. `about_kind` and `about` are the subject (its ref),
    `campaign` a campaign's ref; each "" if none. `due_at` is the earliest future deadline of the process and its legs;
    `late_since` the first of its own deadlines that passed in its current state.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    process = models.CharField(max_length=60)
    version = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="+")
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    about_kind = models.CharField(max_length=20, blank=True)
    about = models.CharField(max_length=26, blank=True)
    campaign = models.CharField(max_length=26, blank=True)
    state = models.CharField(max_length=60)
    needs_attention = models.BooleanField(default=False)
    situation = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    simulated = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    late_since = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner", "process", "state", "-id"], name="instance_of_owner"),
            models.Index(Coalesce("late_since", "due_at"), name="instance_due", condition=Q(ended_at=None)),
            models.Index(fields=["-id"], name="instance_attention", condition=Q(needs_attention=True, ended_at=None)),
            models.Index(
                fields=["late_since"], name="instance_late", condition=Q(ended_at=None, late_since__isnull=False)
            ),
            models.Index(fields=["about"], name="instance_about", condition=~Q(about="")),
            models.Index(fields=["campaign"], name="instance_campaign", condition=~Q(campaign="")),
        ]

    def __str__(self) -> str:
        return f"{self.process} {self.ref}"

    @property
    def clock_at(self) -> datetime | None:
        """Return the effective deadline: the first missed one of the current state, else the next one."""
        return self.late_since or self.due_at

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the processes in which the viewer's organisation participates, or that it supervises."""
        from fanzha.command.processes.models import Participation

        taking_part = Participation.objects.filter(instance=OuterRef("pk"), organization=viewer.organization)
        condition = Q(Exists(taking_part))
        if viewer.supervised:
            condition |= Q(owner__in=viewer.supervised, marking__in=FOR_SUPERVISORS)
        return condition


class FalseDisposal(Scoped):
    """A disposal that proved wrong and was restored after an appeal or an own check.

    It counts for the organisation that owned the process.
    """

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="false_disposals")
    event = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [models.Index(fields=["owner", "-at"], name="false_disposal_of_owner")]

    def __str__(self) -> str:
        return f"{self.instance_id} {self.event}"


class FollowUp(Scoped):
    """A follow-up process that a step requested; a person of the owner opens it.

    `process` is its name, `opened` the instance once it is opened.
    """

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="follow_ups")
    process = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    opened = models.OneToOneField(ProcessInstance, models.CASCADE, null=True, related_name="follows")

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "id"], name="follow_up_to_open", condition=Q(opened=None)),
        ]

    def __str__(self) -> str:
        return f"{self.process} after {self.instance_id}"


class Leg(Scoped):
    """A leg of a process: the task of one receiving organisation and its state.

    `name` is unique within the process. A receiver reads its own legs, the owner all. `late_since` is the first of its
    deadlines that passed in its current state.
    """

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="legs")
    name = models.CharField(max_length=60)
    receiver = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    state = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    late_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "name"], name="one_leg_a_name")]
        indexes: ClassVar = [
            models.Index("receiver", Coalesce("late_since", "due_at"), name="leg_to_do", condition=Q(ended_at=None)),
            models.Index(fields=["due_at", "id"], name="leg_due", condition=Q(ended_at=None)),
            models.Index(fields=["changed_at", "id"], name="leg_open", condition=Q(ended_at=None)),
            models.Index(fields=["late_since"], name="leg_late", condition=Q(ended_at=None, late_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.instance_id}/{self.name}"

    @property
    def clock_at(self) -> datetime | None:
        """Return the effective deadline: the first missed one of the current state, else the next one."""
        return self.late_since or self.due_at

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the legs of the viewer's organisation, and those of the processes it owns or supervises."""
        condition = Q(receiver=viewer.organization) | Q(instance__owner=viewer.organization)
        if viewer.supervised:
            condition |= Q(instance__owner__in=viewer.supervised, instance__marking__in=FOR_SUPERVISORS)
            condition |= Q(receiver__in=viewer.supervised, instance__marking__in=FOR_SUPERVISORS)
        return condition


class Participation(models.Model):
    """The participation of an organisation in a process: as owner, opener, receiver, or named party.

    A participant may read the process. The row is never removed.
    """

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="participations")
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    is_owner = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance", "organization"], name="one_participation_an_organization")
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-instance"], name="participation_found")]

    def __str__(self) -> str:
        return f"{self.organization} in {self.instance_id}"


class ListEntry(Scoped):
    """An entry of a public list (bad business, dishonesty, personal): six fields, a term, a basis, an end (L18, U24).

    `facts` holds the published evidence of the decision. `organization` is the listed organisation of the platform;
    `about` the subject if it is not one.
    """

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="list_entries")
    process = models.CharField(max_length=60)
    about = models.CharField(max_length=26, blank=True)
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    listed_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-listed_at"]
        indexes: ClassVar = [models.Index(fields=["process", "-listed_at"], name="list_of_process")]

    def __str__(self) -> str:
        return f"{self.process} {self.about}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return all entries of organisations, which are public; entries of persons only for participants."""
        taking_part = Participation.objects.filter(instance=OuterRef("instance"), organization=viewer.organization)
        return Q(owner__in=viewer.reads) | Q(organization__isnull=False) | Q(Exists(taking_part))


class Notification(Scoped):
    """A notification to an organisation or to one of its people.

    `person` is None if it is for the whole organisation. `key` prevents duplicates. `path` is the page that it leads
    to; without one it leads to its process.
    """

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, null=True, related_name="+")
    leg = models.CharField(max_length=60, blank=True)
    path = models.CharField(max_length=200, blank=True)
    urgent = models.BooleanField(default=False)
    text_zh = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-urgent", "-at"], name="notification_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.text_en


class OutboxState(models.TextChoices):
    """State of an outbox item."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class OutboxItem(models.Model):
    """An effect of a step, written in the transaction of the step and run after it.

    Handlers may be called again after a crash and detect repeats by `key`.
    """

    key = models.CharField(max_length=200, unique=True)
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="outbox")
    step = models.PositiveIntegerField()
    leg = models.CharField(max_length=60, blank=True)
    effect = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=OutboxState.choices, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=400, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at", "id"], name="outbox_waiting", condition=Q(state="waiting")),
            models.Index(fields=["instance", "leg"], name="outbox_of_leg"),
        ]

    def __str__(self) -> str:
        return f"{self.effect} {self.key}"


_UNSCOPED = unscoped("a step is readable with its leg")


class Step(Scoped):
    """A step of a process; steps are ordered, and rows are never changed.

    `leg` is "" for the process itself. `personal` holds the personal evidence, `evidence` the rest. `actor` names the
    actor if it is no person: `system`, a model, an import, an API key.
    """

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    leg = models.CharField(max_length=60, blank=True)
    event = models.CharField(max_length=60)
    before = models.CharField(max_length=60, blank=True)
    after = models.CharField(max_length=60)
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=80, blank=True)
    evidence = models.JSONField(default=dict)
    personal = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["instance", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "number"], name="one_step_a_number")]
        indexes: ClassVar = [models.Index(fields=["organization", "-at"], name="step_of_organization")]

    def __str__(self) -> str:
        return f"{self.instance_id}/{self.number} {self.event}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the steps of the process itself for all who take part; those of legs for owner and receiver."""
        takes_part = Participation.objects.filter(instance=OuterRef("instance"), organization=viewer.organization)
        own_leg = _UNSCOPED.rows(Leg).filter(
            instance=OuterRef("instance"), name=OuterRef("leg"), receiver=viewer.organization
        )
        condition = Q(Exists(takes_part), leg="") | Q(instance__owner=viewer.organization) | Q(Exists(own_leg))
        if viewer.supervised:
            condition |= Q(instance__owner__in=viewer.supervised, instance__marking__in=FOR_SUPERVISORS)
        return condition


_SHA256 = re.compile(r"[0-9a-f]{64}")


class StepFile(models.Model):
    """A reference from a step to a file (its SHA-256) in its evidence or personal evidence.

    The references allow to find unreferenced files without reading all evidence.
    """

    name = models.CharField(max_length=64)
    step = models.ForeignKey(Step, models.CASCADE, related_name="files")
    is_personal = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "step", "is_personal"], name="one_file_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.name} in {self.step_id}"

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Iterator["StepFile"]:
        """Return unsaved rows for all strings in the evidence that look like a SHA-256."""
        for step in steps:
            for evidence, is_personal in ((step.evidence, False), (step.personal, True)):
                for name in sorted(set(_names(evidence))):
                    yield cls(name=name, step=step, is_personal=is_personal)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str) and _SHA256.fullmatch(value):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _names(item)


class EvidenceUpload(Scoped):
    """A file that an organisation uploaded as evidence. Only its uploads and files that it may read prove its steps.

    `name` is the SHA-256 of the content and `size` its bytes. `uploader` is None for an API key or a machine. A
    repeated upload of the same content renews `uploaded_at`.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    uploader = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="one_upload_an_owner")]
        indexes: ClassVar = [
            models.Index(fields=["name"], name="upload_of_file"),
            models.Index(fields=["uploaded_at"], name="upload_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.owner_id}"


class SubjectNotice(Scoped):
    """A notice to a person limited by a step: fact, period, basis, remedy (ATF Art. 32).

    It is open until its delivery is recorded; `key` prevents duplicates. It never contains rules or thresholds.
    """

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="subject_notices")
    fact_zh = models.TextField()
    fact_en = models.TextField()
    basis_zh = models.TextField()
    basis_en = models.TextField()
    remedy_zh = models.TextField()
    remedy_en = models.TextField()
    period_zh = models.TextField(blank=True)
    period_en = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    written_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    delivered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-written_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "written_at"], name="notice_to_deliver", condition=models.Q(delivered_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.fact_en


class TimerStatus(models.TextChoices):
    """State of a timer."""

    WAITING = "waiting"
    FIRED = "fired"
    CANCELLED = "cancelled"


class Timer(models.Model):
    """A running deadline of a process. Its id is never reused, so that it fires once even if the clock changes."""

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="timers")
    timer_id = models.CharField(max_length=120)
    leg = models.CharField(max_length=60, blank=True)
    deadline = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=TimerStatus.choices, default=TimerStatus.WAITING)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "timer_id"], name="one_timer_an_id")]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="timer_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.instance_id}/{self.timer_id}"
