"""Models of health."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.words import Words
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class ComponentKind(models.TextChoices):
    """What is watched over."""

    SOURCE = "source", _("source of events")
    SCREEN = "screen", _("screen")


class ReportedComponent(Scoped):
    """The state of a source or screen of an organisation, as it was last reported.

    The titles are for people; `name` is shown if they are empty. `last_at` is when a source last brought events, or a
    screen last was ready. `hours` are the events of the last hours, the running one last; `usual_gap_seconds` and
    `usual_count` (events an hour) what is usual at this time, null if unknown. `is_less` says that it brings clearly
    less than usual. `tables` are event tables.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=ComponentKind.choices, default=ComponentKind.SOURCE)
    name = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    tables = models.JSONField(default=list)
    last_at = models.DateTimeField(null=True)
    silent_after_seconds = models.PositiveIntegerField(default=900)
    usual_gap_seconds = models.PositiveIntegerField(null=True)
    usual_count = models.PositiveBigIntegerField(null=True)
    hours = models.JSONField(default=list)
    is_less = models.BooleanField(default=False)
    problem = models.CharField(max_length=300, blank=True)
    reported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "kind", "name"], name="one_component_of_owner")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return the title in the reader's language."""
        return localize(Words(self.title_zh or self.name, self.title_en or self.name))

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: those of the own and of supervised organisations."""
        return Q(owner__in=viewer.reads)
