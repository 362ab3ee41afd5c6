"""Models of saved views: a name for the address of a list with its filters, sort and columns."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer

MAX_QUERY_LENGTH = 1_000


class ListPage(models.TextChoices):
    """The lists that have saved views, by the URL names of their pages."""

    QUEUE = "campaign_queue", _("Queue")
    SUBJECTS = "subjects", _("Subjects")
    ORDERS = "orders", _("Orders")
    PROCESSES = "processes", _("Processes")


class SavedView(Scoped):
    """A named view of a list, for its person alone unless `is_shared` with the organisation.

    `query` is the query string of the address, without the page that was reached and without searched values.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    page = models.CharField(max_length=20, choices=ListPage.choices)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=MAX_QUERY_LENGTH, blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "person", "page", "name"], name="one_view_a_name")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the viewer's own views, and those that colleagues share."""
        return Q(owner=viewer.organization) & (Q(person=viewer.person or 0) | Q(is_shared=True))


class DefaultView(Scoped):
    """The view with which a list opens for one person of an organisation."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    page = models.CharField(max_length=20, choices=ListPage.choices)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "person", "page"], name="one_default_view_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.page}: {self.view_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the viewer's own defaults."""
        return Q(owner=viewer.organization, person=viewer.person or 0)
