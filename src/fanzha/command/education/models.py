"""Models of education: items, their versions, how often they are read, and anonymous quizzes."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from fanzha.base.ids import sortable_id
from fanzha.command.education.topics import ItemKind
from fanzha.command.web.scoping import Scoped


class VersionState(models.TextChoices):
    """The state of a version: being written, or the state of its process."""

    WRITING = "writing"
    DRAFT = "draft"
    TO_REVISE = "to_revise"
    APPROVED = "approved"
    TRIAL = "trial"
    LIVE = "live"
    STALE = "stale"
    RETIRED = "retired"
    REFUSED = "refused"


#: The text of such a version may be edited.
EDITABLE = (VersionState.WRITING, VersionState.TO_REVISE)
#: Such a version is shown to the public, or may be.
SHOWN = (VersionState.LIVE, VersionState.STALE)


class EducationItem(Scoped):
    """A lesson for the public; one of its versions is shown.

    `slug` is its address below /learn/. `situation` is the entry of the front page that leads to it, "" for all of
    them. `teaches` is the slug of the item that a quiz measures. `live` is the shown version, `trial` the one that
    every second reader gets instead. `is_shipped`: it is part of the platform.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=60)
    kind = models.CharField(max_length=8, choices=ItemKind.choices)
    situation = models.CharField(max_length=16, blank=True)
    fraud_type = models.CharField(max_length=20, blank=True)
    audience = models.CharField(max_length=12, default="everybody")
    teaches = models.CharField(max_length=60, blank=True)
    live = models.ForeignKey("EducationVersion", models.SET_NULL, null=True, related_name="+")
    trial = models.ForeignKey("EducationVersion", models.SET_NULL, null=True, related_name="+")
    is_shipped = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "slug"], name="education_slug")]

    def __str__(self) -> str:
        return self.slug


class EducationVersion(Scoped):
    """One version of an item in both languages.

    `process` is the ref of the process by which it is checked and published, "" while it is written; the process's
    steps say who wrote and who approved it. `figures` are the figures of a white paper with what they were counted
    from. `shown_at` is when it was first shown, `trial_since` when its trial began, `checked_at` when it was last found
    right.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    item = models.ForeignKey(EducationItem, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    summary_zh = models.CharField(max_length=200, blank=True)
    summary_en = models.CharField(max_length=300, blank=True)
    body_zh = models.TextField()
    body_en = models.TextField()
    urgency = models.CharField(max_length=8, default="usual")
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.WRITING)
    process = models.CharField(max_length=26, blank=True)
    figures = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    trial_since = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "number"], name="education_number")]
        indexes: ClassVar = [models.Index(fields=["process"], name="education_process")]

    def __str__(self) -> str:
        return f"{self.item_id} version {self.number}"


class ReadCount(Scoped):
    """How often a version was shown on a day (of the site's time zone), in a language. Nothing is kept of who read."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    version = models.ForeignKey(EducationVersion, models.CASCADE, related_name="+")
    day = models.DateField()
    language = models.CharField(max_length=8)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "day", "language"], name="education_reads_of_day")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.day}: {self.count}"


class QuizRun(Scoped):
    """One quiz that somebody finished, before and after reading. Nothing is kept of who that was.

    `lesson` is the version that was read between. Of each set it says how many messages were frauds (`frauds`) and how
    many of them were found (`hits`), how many were genuine (`genuine`) and how many of them were taken for a fraud
    (`alarms`). `nonce` is that of the form: what is sent twice is stored once.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    quiz = models.ForeignKey(EducationVersion, models.CASCADE, related_name="+")
    lesson = models.ForeignKey(EducationVersion, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=32, unique=True)
    day = models.DateField()
    language = models.CharField(max_length=8)
    in_trial = models.BooleanField(default=False)
    frauds_before = models.PositiveSmallIntegerField()
    hits_before = models.PositiveSmallIntegerField()
    genuine_before = models.PositiveSmallIntegerField()
    alarms_before = models.PositiveSmallIntegerField()
    frauds_after = models.PositiveSmallIntegerField()
    hits_after = models.PositiveSmallIntegerField()
    genuine_after = models.PositiveSmallIntegerField()
    alarms_after = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["lesson", "day"], name="education_runs_of_lesson")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(hits_before__lte=F("frauds_before"), hits_after__lte=F("frauds_after")),
                name="education_hits_are_frauds",
            )
        ]

    def __str__(self) -> str:
        return f"quiz {self.quiz_id} on {self.day}"
