"""The entries about one case: a running process, a campaign, a subject or a person, by its reference."""

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


def entries_of(ref: str, viewer: Viewer | None) -> Any:
    """Return the rows about a reference in the order of the log: those that a viewer may read, all without one.

    Whoever owns a process reads every step of it, and so does who supervises its owner unless it is for named readers
    only; all others read what they did themselves.
    """
    instances = ProcessInstance.objects.filter(Q(ref=ref) | Q(about=ref) | Q(campaign=ref))
    refs = [ref, *instances.exclude(ref=ref).values_list("ref", flat=True)]
    found = _UNSCOPED.rows(LogEntry).filter(Q(process__in=refs) | Q(about=ref))
    if viewer is not None:
        whole = instances.filter(ProcessInstance.readable(viewer), owner__in=viewer.reads).values_list("ref", flat=True)
        found = found.filter(LogEntry.readable(viewer) | Q(process__in=list(whole)))
    return found.order_by("place")


def entry_of(row: LogEntry) -> SealedEntry:
    """Return a row as it was hashed."""
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


def by_batch(rows: Iterable[LogEntry]) -> dict[int, list[SealedEntry]]:
    """Return entries by the number of their batch."""
    found: dict[int, list[SealedEntry]] = {}
    for row in rows:
        found.setdefault(row.batch, []).append(entry_of(row))
    return found
