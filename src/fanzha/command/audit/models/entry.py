"""An entry of the log: who did what, when, about what."""

from datetime import datetime
from typing import ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.base.clock import from_ms
from fanzha.command.audit.models.append_only import AppendOnly, AppendOnlyRows
from fanzha.command.web.scoping import Scoped, ScopedManager, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import split_sequence_number

_UNSCOPED = unscoped("an entry is hidden because of a process or campaign that the viewer may not read")


class _ScopedRows(ScopedManager["LogEntry"]):
    """Finds what the viewer may read."""

    _queryset_class = AppendOnlyRows


class LogEntry(AppendOnly, Scoped):
    """One entry; columns as `fanzha.processes.log.verification.LogRow`, of which its leaf is made.

    `place` is the sequence number of the entry: batch and position in one number. The table is in the order of the log.
    """

    place = models.BigIntegerField(primary_key=True)
    at = models.BigIntegerField()  # UTC ms, as it is hashed
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    organisation = models.CharField(max_length=64)
    process = models.CharField(max_length=64)
    step = models.IntegerField()
    about = models.CharField(max_length=200)
    facts = models.TextField()
    personal = models.TextField()
    leaf = models.BinaryField()

    objects: ClassVar[ScopedManager["LogEntry"]] = _ScopedRows()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["process", "step"], name="entry_of_process", condition=~Q(process="")),
            models.Index(fields=["about"], name="entry_about", condition=~Q(about="")),
            models.Index(fields=["organisation", "place"], name="entry_of_organisation"),
            models.Index(fields=["organisation", "kind", "place"], name="entry_of_kind"),
            models.Index(fields=["actor", "place"], name="entry_of_actor", condition=~Q(actor="")),
        ]

    def __str__(self) -> str:
        return f"{self.batch}/{self.position} {self.kind}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return what was done for a viewer's own organisation, and for those it supervises what the marking lets it.

        Of these it reads no step of a process that it may not read, and nothing about such a process or campaign.
        """
        # Models of higher apps, looked up in the registry: an entry is as readable as the process or campaign it names.
        Organization = apps.get_model("organizations", "Organization")
        ProcessInstance = apps.get_model("flows", "ProcessInstance")
        Campaign = apps.get_model("campaigns", "Campaign")
        organizations = Organization._default_manager.all()
        own = Q(organisation__in=organizations.filter(pk=viewer.organization).values("ref"))
        if not viewer.supervised:
            return own
        processes, campaigns = _UNSCOPED.rows(ProcessInstance), _UNSCOPED.rows(Campaign)
        read = Exists(processes.filter(ProcessInstance.readable(viewer), ref=OuterRef("process")))
        shut = Q(Exists(processes.filter(~ProcessInstance.readable(viewer), ref=OuterRef("about"))))
        shut |= Q(Exists(campaigns.filter(~Campaign.readable(viewer), ref=OuterRef("about"))))
        theirs = (Q(process="") | read) & ~shut
        return Q(organisation__in=organizations.filter(pk__in=viewer.reads).values("ref")) & (own | theirs)

    @property
    def batch(self) -> int:
        """Return the number of its batch."""
        return split_sequence_number(self.place)[0]

    @property
    def position(self) -> int:
        """Return its position in the batch."""
        return split_sequence_number(self.place)[1]

    @property
    def moment(self) -> datetime:
        """Return when it was done."""
        return from_ms(self.at)
