"""Models of campaigns, their history, and the ties between subjects."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.base.ids import sortable_id
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.command.campaigns.titles import campaign_title
from fanzha.command.web.scoping import Scoped, readable_by_marking, unscoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer


class CampaignState(models.TextChoices):
    """State of the work on a campaign; `assignee` is the person who works on it.

    A campaign is decided in one of two ways: confirmed as fraud (`confirmed_at` is set), or cleared as a false alarm
    (`cleared`, by the transition `set_aside`).
    """

    OPEN = "open"
    SNOOZED = "snoozed"
    ORDERED = "ordered"
    CLEARED = "cleared"
    MERGED = "merged"


class Campaign(Scoped):
    """A campaign of an organisation: subjects that share a tie, their statistics, and the state of work.

    `tie_kind` and `tie_value` are what most of its subjects have in common. `heat` orders the queue: log2 of the sum of
    scores, each weighted by the time of its finding, so that it needs no update as time passes (see
    `fanzha.command.campaigns.stats`). `marking` is the strictest marking of its findings. `victims` counts people to be
    warned, who are not counted in `subjects`; `money` is the reported loss, in fen. `came_back_at` is set when new
    evidence arrives for a cleared or snoozed campaign. `confirmed_at` is when a person confirmed it as fraud.
    Optimistic locking compares `revision`.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    tie_kind = models.CharField(max_length=20, blank=True)
    tie_value = models.CharField(max_length=200, blank=True)
    tie_subjects = models.PositiveIntegerField(default=0)
    detector = models.CharField(max_length=80, blank=True)
    fraud_type = models.CharField(max_length=40, blank=True)
    findings = models.PositiveIntegerField(default=0)
    subjects = models.PositiveIntegerField(default=0)
    victims = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    money = models.BigIntegerField(default=0)
    top_score = models.FloatField(default=0.0)
    heat = models.FloatField(default=0.0)
    simulated = models.BooleanField(default=False)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=CampaignState.choices, default=CampaignState.OPEN)
    assignee = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    handed_over_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    snoozed_until = models.DateTimeField(null=True)
    came_back_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_why = models.CharField(max_length=300, blank=True)
    process = models.CharField(max_length=26, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["-heat", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "state", "-heat", "-id"], name="campaign_queue"),
            models.Index(fields=["assignee", "state", "-heat", "-id"], name="campaign_mine"),
            models.Index(fields=["owner", "first_at"], name="campaign_first_seen"),
            models.Index(fields=["snoozed_until"], name="campaign_wakes", condition=Q(state="snoozed")),
        ]

    def __str__(self) -> str:
        return str(self.title.en)

    @property
    def title(self) -> Words:
        """Return the title, generated from the main tie and the fraud type."""
        return campaign_title(self)

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for campaigns readable by owner and marking."""
        return readable_by_marking(viewer)


_UNSCOPED = unscoped("an action is readable with its campaign")


class CampaignAction(Scoped):
    """A transition applied to a campaign: an entry of its history, which can be undone.

    `before` holds the fields that undo restores; `together` is shared by the actions of one request.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="actions")
    together = models.CharField(max_length=26)
    action = models.CharField(max_length=20)
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    before = models.JSONField(default=dict)
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "-at"], name="action_of_campaign"),
            models.Index(fields=["together"], name="action_together"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.campaign_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for actions on campaigns that the viewer may read."""
        campaigns = _UNSCOPED.rows(Campaign).filter(Campaign.readable(viewer), pk=OuterRef("campaign"))
        return Q(Exists(campaigns))


class BulkRunState(models.TextChoices):
    """State of a run."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BulkRun(Scoped):
    """One transition of many campaigns (`refs`), carried out in the background for a person.

    `revisions` are those that the person saw, by ref: a campaign that changed since is left out. `undoes` is the
    request that an undo reverts. `claim` names the worker that carries the run out. `position` is how many were tried,
    `done` how many changed, `left_out` the first of the others: ref and reason in both languages. `problem` says why a
    run failed. `together` identifies the actions of the run, for undo.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    note = models.CharField(max_length=500, blank=True)
    until = models.DateTimeField(null=True)
    to = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    together = models.CharField(max_length=26)
    refs = models.JSONField(default=list)
    revisions = models.JSONField(default=dict)
    undoes = models.CharField(max_length=26, blank=True)
    claim = models.CharField(max_length=26, blank=True)
    position = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    problem_zh = models.CharField(max_length=300, blank=True)
    problem_en = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=7, choices=BulkRunState.choices, default=BulkRunState.QUEUED)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["touched_at"], name="bulk_run_open", condition=Q(state__in=("queued", "running")))
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {len(self.refs)}"


class Placement(Scoped):
    """The placement of a subject in a campaign of one organisation, with the statistics of its findings.

    The statistics of a campaign are the sum of its placements. `is_held`: a person placed the subject, and clustering
    no longer moves it.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="placements", db_index=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey("subjects.Subject", models.CASCADE, related_name="placements")
    is_held = models.BooleanField(default=False)
    is_victim = models.BooleanField(default=False)
    findings = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    money = models.BigIntegerField(default=0)
    top_score = models.FloatField(default=0.0)
    heat = models.FloatField()
    fraud_type = models.CharField(max_length=40, blank=True)
    detector = models.CharField(max_length=80, blank=True)
    simulated = models.BooleanField(default=False)
    marking = models.CharField(max_length=16)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "subject"], name="one_campaign_a_subject")]
        indexes: ClassVar = [models.Index(fields=["campaign", "-top_score", "-id"], name="placement_listed")]

    def __str__(self) -> str:
        return f"{self.subject_id} in {self.campaign_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for placements in campaigns that the viewer may read."""
        condition = Q(owner=viewer.organization)
        if viewer.supervised:
            condition |= Q(owner__in=viewer.supervised, campaign__marking__in=FOR_SUPERVISORS)
        return condition


class Tie(Scoped):
    """A value that subjects of an organisation share: a trunk, range, device, domain, kit or script.

    `key` is the digest of kind and value. `subjects` counts the subjects that share it. Above the limit of its kind the
    tie becomes a hub (`is_hub`) and joins no subjects: a trunk between two carriers does not link its callers. Below
    the limit all its subjects, except those that a person placed elsewhere, are in `campaign`.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    key = models.CharField(max_length=32)
    subjects = models.PositiveIntegerField(default=0)
    is_hub = models.BooleanField(default=False)
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, related_name="ties")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "key"], name="one_tie_a_key")]
        indexes: ClassVar = [models.Index(fields=["key"], name="tie_of_others")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class TieLink(models.Model):
    """A link between a tie and one subject that has it."""

    tie = models.ForeignKey(Tie, models.CASCADE, related_name="links", db_index=False)
    subject = models.ForeignKey("subjects.Subject", models.CASCADE, related_name="ties")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tie", "subject"], name="one_link_a_subject")]

    def __str__(self) -> str:
        return f"{self.tie_id}: {self.subject_id}"
