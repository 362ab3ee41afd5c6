"""Models of what comes in: feeds, the objects that they brought, and when they were last reached."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.base.marking import Marking
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class FeedFormat(models.TextChoices):
    """What a feed speaks."""

    TAXII = "taxii", _("TAXII 2.1 collection")
    MISP = "misp", _("MISP feed")
    CSV = "csv", _("CSV list")


class Feed(Scoped):
    """A feed of another organisation, `source`, which the owner subscribed to.

    `trust` (0–1) multiplies what it is sure of, `confidence` stands where it says none. What it states is worth half
    after `half_life_days`, and nothing after its own end or eight half-lives. `marking` stands where it gives none;
    `licence` states what may be passed on. It is silent if nothing new arrived for `silent_after_hours`.
    `secret_file` names a file in `keys/`. With a `token_url` user and secret are of an OAuth2 client,
    which asks there for access tokens of `token_scope`. `only_kind` is of a bare list. `limit_a_day` bounds what
    one day takes in. `failing_since` is when it could be reached no more.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    source = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    format = models.CharField(max_length=5, choices=FeedFormat.choices)
    url = models.CharField(max_length=400)
    user = models.CharField(max_length=80, blank=True)
    secret_file = models.CharField(max_length=80, blank=True)
    token_url = models.CharField(max_length=400, blank=True)
    token_scope = models.CharField(max_length=200, blank=True)
    only_kind = models.CharField(max_length=20, blank=True)
    every_seconds = models.PositiveIntegerField(default=60)
    trust = models.FloatField(default=0.5)
    confidence = models.FloatField(default=0.7)
    half_life_days = models.FloatField(default=30.0)
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    licence = models.CharField(max_length=300, blank=True)
    limit_a_day = models.PositiveIntegerField(default=100_000)
    silent_after_hours = models.PositiveIntegerField(default=24)
    is_active = models.BooleanField(default=True)
    made_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True)
    brought_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    alarmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], condition=Q(ended_at=None), name="one_feed_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class FeedItem(Scoped):
    """One statement of a feed that was used: the object, its subject, and the opinion that it became.

    `object_id` is the id at the source. `first_received_at` stays when it comes again. `stated_score` is what the
    source was sure of, `modified_at` when it said so. `weighed_at` is when the opinion was last weighed by age. `about`
    is the object of another that an opinion is about, "" for what the feed states itself.
    """

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="items", db_index=False)
    object_id = models.CharField(max_length=120)
    about = models.CharField(max_length=120, blank=True)
    subject = models.ForeignKey("subjects.Subject", models.CASCADE, related_name="+")
    opinion_id = models.CharField(max_length=32, blank=True)
    level = models.CharField(max_length=10)
    stated_score = models.FloatField()
    fraud_type = models.CharField(max_length=40, blank=True)
    marking = models.CharField(max_length=16)
    licence = models.CharField(max_length=300, blank=True)
    modified_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    first_received_at = models.DateTimeField(null=True)
    weighed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "object_id", "subject"], name="one_item_an_object")
        ]
        indexes: ClassVar = [
            models.Index(fields=["weighed_at"], name="feed_item_to_weigh", condition=Q(withdrawn_at=None)),
            models.Index(fields=["feed", "-id"], name="feed_item_of_feed"),
            models.Index(fields=["about"], name="feed_item_about", condition=~Q(about="")),
        ]

    def __str__(self) -> str:
        return self.object_id

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for items of feeds of the own organisation."""
        return Q(feed__owner=viewer.organization)


class FeedCount(Scoped):
    """How many objects of a feed were used on one UTC day, or not used for a reason."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="counts")
    day = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-day", "outcome"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "day", "outcome"], name="one_feed_count_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.count}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for counts of feeds of the own organisation."""
        return Q(feed__owner=viewer.organization)
