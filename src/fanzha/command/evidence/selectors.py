"""Select the entries about one case: a process, campaign, subject or person, by reference."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.db.models import Q

from fanzha.command.audit.models import LogEntry
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import SealedEntry

_UNSCOPED = unscoped("a case's entries are filtered by what the viewer may read afterwards")


def case_entries(ref: str, viewer: Viewer | None) -> Any:
    """Return the entries about a reference that the viewer may read (all if None), in the order of the log.

    The owner of a process reads all its steps, and so does the owner's supervisor unless the process is restricted to
    named readers. Other organisations read their own steps.
    """
    instances = ProcessInstance.objects.filter(Q(ref=ref) | Q(about=ref) | Q(campaign=ref))
    refs = [ref, *instances.exclude(ref=ref).values_list("ref", flat=True)]
    entries = _UNSCOPED.rows(LogEntry).filter(Q(process__in=refs) | Q(about=ref))
    if viewer is not None:
        fully_readable = instances.filter(ProcessInstance.readable(viewer), owner__in=viewer.reads).values_list(
            "ref", flat=True
        )
        entries = entries.filter(LogEntry.readable(viewer) | Q(process__in=list(fully_readable)))
    return entries.order_by("place")


def to_sealed_entry(row: LogEntry) -> SealedEntry:
    """Return a row in the form that is hashed."""
    return SealedEntry(
        row.batch,
        row.position,
        row.at,
        row.kind,
        row.actor,
        row.organisation,
        row.process,
        row.step,
        row.about,
        msgspec.Raw(row.facts.encode()),
        msgspec.Raw(row.personal.encode()),
    )


def group_by_batch(rows: Iterable[LogEntry]) -> dict[int, list[SealedEntry]]:
    """Group entries by batch number."""
    batches: dict[int, list[SealedEntry]] = {}
    for row in rows:
        batches.setdefault(row.batch, []).append(to_sealed_entry(row))
    return batches
