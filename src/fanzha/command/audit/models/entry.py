"""An entry of the log: actor, time, action and its subject."""

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
    """Manager of the entries that the viewer may read."""

    _queryset_class = AppendOnlyRows


class LogEntry(AppendOnly, Scoped):
    """One entry. Its columns match `fanzha.processes.log.verification.LogRow`, which the leaf hashes.

    `place` is the sequence number: batch and position in one number, so that the table has the order of the log.
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
        """Return a condition for the entries of the viewer's own and supervised organisations.

        Entries of supervised organisations about a process or campaign that the viewer may not read are hidden.
        """
        # The registry provides models of higher apps: an entry is as readable as the process or campaign it refers to.
        Organization = apps.get_model("organizations", "Organization")
        ProcessInstance = apps.get_model("flows", "ProcessInstance")
        Campaign = apps.get_model("campaigns", "Campaign")
        organizations = Organization._default_manager.all()
        own = Q(organisation__in=organizations.filter(pk=viewer.organization).values("ref"))
        if not viewer.supervised:
            return own
        processes, campaigns = _UNSCOPED.rows(ProcessInstance), _UNSCOPED.rows(Campaign)
        is_readable = Exists(processes.filter(ProcessInstance.readable(viewer), ref=OuterRef("process")))
        hidden = Q(Exists(processes.filter(~ProcessInstance.readable(viewer), ref=OuterRef("about"))))
        hidden |= Q(Exists(campaigns.filter(~Campaign.readable(viewer), ref=OuterRef("about"))))
        visible = (Q(process="") | is_readable) & ~hidden
        return Q(organisation__in=organizations.filter(pk__in=viewer.reads).values("ref")) & (own | visible)

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
        """Return the time of the action."""
        return from_ms(self.at)
