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

    The cases are those that began in [`began_at`, `ended_at`), as they stood at `as_of`. `fraud_types` are the reports
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
        """Return the bulletins of the viewer, of whom it supervises, and those that were sent to it."""
        legs = find_legs(_UNSCOPED).filter(instance__ref=OuterRef("ref"), receiver=viewer.organization)
        return _readable(viewer, "") | Q(Exists(legs))


class BulletinFigure(Scoped):
    """One measure of one company, or of all together (`organization` None): `part` of `whole` cases.

    `before_part` and `before_whole` are those of the month before, as they stood after as many days.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="figures")
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    measure = models.CharField(max_length=20)
    part = models.PositiveIntegerField()
    whole = models.PositiveIntegerField()
    before_part = models.PositiveIntegerField(default=0)
    before_whole = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "organization", "measure"], name="one_figure_a_measure"),
            models.UniqueConstraint(
                fields=["bulletin", "measure"], condition=Q(organization=None), name="one_total_a_measure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.part}/{self.whole}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the figures of the viewer's bulletins; a company reads its own once the draft was sent to it."""
        return _readable(viewer, "bulletin") | _own_part(viewer)


class BulletinCase(Scoped):
    """One case behind the figures: a leg of a report or order, a limit, an appeal or a warning of one company.

    `process` and `leg` name it; of an order's target `leg` is its number. `is_checked`: it was found true or not,
    `is_true` which. `is_due`: it was done, or its time is over. `is_reversed`: the reporter had it opened again, the
    limit was wrong, or the appeal was upheld. The row is written once and never changed.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="cases")
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    process = models.CharField(max_length=26)
    leg = models.CharField(max_length=60, blank=True)
    began_at = models.DateTimeField()
    is_checked = models.BooleanField(default=False)
    is_true = models.BooleanField(default=False)
    is_handled = models.BooleanField(default=False)
    is_due = models.BooleanField(default=False)
    is_in_time = models.BooleanField(default=False)
    is_reversed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["bulletin", "organization", "kind", "id"], name="bulletin_case_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.process}/{self.leg}"

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
