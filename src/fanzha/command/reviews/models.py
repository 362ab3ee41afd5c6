"""Models of drawn samples and of their marks."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class ReviewSample(Scoped):
    """A sample of the findings of an organisation, for two markers and a third person who settles differences.

    `strata` lists detector, score band, population and rows drawn. `seed` was made by the site; the audit log has it
    with the filter, so that the draw can be repeated. `detector` and `kind` are "" for all; scores are 0-1.
    A marker takes the first place that is free. `first_at` and `second_at` are when the marks were complete,
    `settled_at` is when no difference was left.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    seed = models.BigIntegerField()
    detector = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    score_from = models.FloatField(default=0.0)
    score_to = models.FloatField(default=1.0)
    strata = models.JSONField(default=list)
    simulated = models.BooleanField(default=False)
    drawn_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    first = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    second = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    third = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="review_sample_of_owner")]

    def __str__(self) -> str:
        return f"sample {self.ref}"

    @property
    def is_marked_twice(self) -> bool:
        """Return whether both markers are done: until then marks of other people and scores are hidden."""
        return self.first_at is not None and self.second_at is not None


class ReviewItem(Scoped):
    """One drawn finding with its marks; "" where a mark is missing.

    `stratum` is an index of the sample's `strata`. `golden` is "", or the mark on which two other people agreed in an
    earlier sample: such an item shows how well the markers judge, and counts in no other figure. `is_left_out`: one of
    the markers had marked it or decided on its subject before, so it counts in no figure.
    """

    sample = models.ForeignKey(ReviewSample, models.CASCADE, related_name="items", db_index=False)
    item = models.CharField(max_length=20)
    finding_id = models.CharField(max_length=32)
    stratum = models.PositiveSmallIntegerField()
    first = models.CharField(max_length=10, blank=True)
    second = models.CharField(max_length=10, blank=True)
    third = models.CharField(max_length=10, blank=True)
    golden = models.CharField(max_length=10, blank=True)
    is_left_out = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sample", "item"], name="one_row_a_sampled_item")]

    def __str__(self) -> str:
        return self.item

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for items of the samples of the viewer's organisation."""
        return Q(sample__owner=viewer.organization)
