"""Models of statistics: numbers from outside, values of forms, spreadsheets, and decisions to publish a figure."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class OutsideValue(Scoped):
    """A number of an organisation for a month that the platform cannot count, such as its subscribers.

    `name` is that of its definition, `month` is `YYYY-MM`, `source` says where the number comes from.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    month = models.CharField(max_length=7)
    value = models.PositiveBigIntegerField()
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-month", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name", "month"], name="one_outside_value_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.month}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: those of the own and supervised organisations."""
        return Q(owner__in=viewer.reads)


class FormValue(Scoped):
    """The value of one field of a statutory form; the form itself is a process `statistical_form`.

    `computed` is the platform's figure and `value` what the form says. `reason` says why a person gave another value
    or where a value without rows comes from. `lineage` names figure, version and part, with the counts and the digest
    of the rows at the moment of filling.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    instance = models.ForeignKey("flows.ProcessInstance", models.CASCADE, related_name="+")
    field = models.CharField(max_length=60)
    computed = models.DecimalField(max_digits=24, decimal_places=2, null=True)
    value = models.DecimalField(max_digits=24, decimal_places=2, null=True)
    reason = models.CharField(max_length=300, blank=True)
    lineage = models.JSONField(default=dict)
    changed_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["instance", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "field"], name="one_form_value_a_field")]

    def __str__(self) -> str:
        return f"{self.instance_id} {self.field}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: those of the own and supervised organisations."""
        return Q(owner__in=viewer.reads)


class FormSheet(Scoped):
    """A spreadsheet of the organisation itself, compared with the platform's figures of a form.

    `differences` lists field, value of the sheet, value of the platform; `unknown` the rows that name no field.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    instance = models.ForeignKey("flows.ProcessInstance", models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    equal = models.PositiveIntegerField()
    differences = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    uploaded_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: those of the own and supervised organisations."""
        return Q(owner__in=viewer.reads)


class PublicationState(models.TextChoices):
    """State of the decision to publish a figure."""

    PROPOSED = "proposed", _("waits for a second person")
    PUBLISHED = "published", _("published")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class FigurePublication(Scoped):
    """The decision of a regulator to publish one figure of a period, over the organisations that it supervises.

    Proposed by one person and decided by another. The numbers are those of the moment of the proposal; `organizations`
    is how many organisations they cover.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    figure = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    period = models.CharField(max_length=8)
    numbers = models.JSONField()
    organizations = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=PublicationState.choices, default=PublicationState.PROPOSED)
    reason = models.CharField(max_length=300)
    proposed_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["state", "-period"], name="publication_shown")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "figure", "period"],
                condition=Q(state__in=("proposed", "published")),
                name="one_publication_a_figure",
            )
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.period}"
