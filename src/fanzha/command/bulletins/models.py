"""Models of bulletins: one a month and owner, its cases, its figures, and every wording of its text."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.command.processes.selectors import find_legs
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("a company reads its own part of a bulletin once it was sent to it")


def _readable(viewer: Viewer, path: str) -> Q:
    """Return the condition that a viewer reads a bulletin as its owner or its supervisor."""
    prefix = f"{path}__" if path else ""
    condition = Q(**{f"{prefix}owner": viewer.organization})
    if viewer.supervised:
        condition |= Q(**{f"{prefix}owner__in": viewer.supervised})
    return condition


class Bulletin(Scoped):
    """The bulletin of one month (its first day) by one owner. `ref` is that of its process.

    Its figures are of the rows in [`began_at`, `ended_at`), as they stood at `as_of`. `fraud_types` are the reports
    of the month by type. `content` is what was published, in both languages, and `digest` its SHA-256; both are empty
    before. `corrections` are the notices that were published afterwards, each with `at`, `zh`, `en`.
    """

    ref = models.CharField(max_length=26, unique=True)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    month = models.DateField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    as_of = models.DateTimeField()
    simulated = models.BooleanField(default=False)
    fraud_types = models.JSONField(default=list)
    content = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    corrections = models.JSONField(default=list)
    drafted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-month", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "month"], condition=Q(dropped_at=None), name="one_bulletin_a_month"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-published_at", "-id"], name="bulletin_published", condition=Q(published_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"bulletin {self.month:%Y-%m} {self.ref}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the bulletins of the viewer's organisation and of supervised ones, and those sent to it."""
        legs = find_legs(_UNSCOPED).filter(instance__ref=OuterRef("ref"), receiver=viewer.organization)
        return _readable(viewer, "") | Q(Exists(legs))


class BulletinFigure(Scoped):
    """One figure of one company, or of all together (`organization` None), as it was when the draft was made.

    `measure` and `version` name its definition. `part` and `whole` are its numerator and denominator, `value`, `low`
    and `high` are in its unit. Those with `before_` are of the bulletin of the month before, as it was drafted.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="figures")
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    measure = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    part = models.PositiveBigIntegerField(null=True)
    whole = models.PositiveBigIntegerField(null=True)
    n = models.PositiveBigIntegerField()
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    before_n = models.PositiveBigIntegerField(null=True)
    before_value = models.FloatField(null=True)
    before_low = models.FloatField(null=True)
    before_high = models.FloatField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "organization", "measure"], name="one_figure_a_measure"),
            models.UniqueConstraint(
                fields=["bulletin", "measure"], condition=Q(organization=None), name="one_total_a_measure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the figures of the viewer's bulletins; a company reads its own once the draft was sent to it."""
        return _readable(viewer, "bulletin") | _own_part(viewer)


class BulletinCase(Scoped):
    """One row behind a figure: a leg, step, target or process of one company. It is written once and never changed.

    `table` is the table of the row, `process` the ref of its process, `detail` its leg or its place among the targets
    of an order. `is_part`: the numerator counts it; `is_whole`: the denominator does.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="cases")
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    measure = models.CharField(max_length=60)
    table = models.CharField(max_length=20)
    process = models.CharField(max_length=26)
    detail = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    is_part = models.BooleanField()
    is_whole = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["bulletin", "measure", "organization", "id"], name="bulletin_case_of")
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.process}/{self.detail}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the cases of the viewer's bulletins; a company reads its own once the draft was sent to it."""
        return _readable(viewer, "bulletin") | _own_part(viewer)


class BulletinText(Scoped):
    """One wording of a section of a bulletin, with slots for figures. The last one counts; the others are its history.

    `person` is None for the text that the machine made from the template.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="texts")
    section = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    body = models.TextField()
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["bulletin", "section", "language", "-id"], name="bulletin_text_of")]

    def __str__(self) -> str:
        return f"{self.section} {self.language}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the wordings of the viewer's bulletins: companies read the text that is shown, not its history."""
        return _readable(viewer, "bulletin")


def _own_part(viewer: Viewer) -> Q:
    """Return the condition that a row is about the viewer's organisation, and that the bulletin was sent to it."""
    legs = find_legs(_UNSCOPED).filter(instance__ref=OuterRef("bulletin__ref"), receiver=viewer.organization)
    return Q(organization=viewer.organization) & Q(Exists(legs))
