"""Select log entries: those about one case, or those that match a filter, page by page."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q

from fanzha.command.audit.selectors import all_entries, entries_readable_by, first_place, log_entries
from fanzha.command.organizations.selectors import search_people
from fanzha.command.processes.selectors import find_instances, is_readable_by
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.audit.models import LogEntry

PAGE = 50
_MAX_PEOPLE = 200
_UNSCOPED = unscoped("a case's entries are filtered by what the viewer may read afterwards")


def case_entries(ref: str, viewer: Viewer | None) -> Any:
    """Return the entries about a reference that the viewer may read (all if None), in the order of the log.

    The owner of a process reads all its steps, and so does the owner's supervisor unless the process is restricted to
    named readers. Other organisations read their own steps.
    """
    instances = find_instances().filter(Q(ref=ref) | Q(about=ref) | Q(campaign=ref))
    refs = [ref, *instances.exclude(ref=ref).values_list("ref", flat=True)]
    entries = all_entries(_UNSCOPED).filter(Q(process__in=refs) | Q(about=ref))
    if viewer is not None:
        fully_readable = instances.filter(is_readable_by(viewer), owner__in=viewer.reads).values_list("ref", flat=True)
        entries = entries.filter(entries_readable_by(viewer) | Q(process__in=list(fully_readable)))
    return entries.order_by("place")


class LogFilter(NamedTuple):
    """A filter of log entries: case reference, a person's name or mail address, kind, and period."""

    case: str = ""
    person: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


class EntryPage(NamedTuple):
    """One page; `next` is None on the last one."""

    rows: "Sequence[LogEntry]"
    next: int | None


def entry_page(log_filter: LogFilter, before: int | None = None, size: int = PAGE) -> EntryPage:
    """Return a page of the entries that the current viewer may read before a place, the latest first."""
    rows = filter_entries(log_entries(), log_filter)
    rows = rows if before is None else rows.filter(place__lt=before)
    entries = list(rows.order_by("-place")[: size + 1])
    return EntryPage(entries[:size], entries[size - 1].place if len(entries) > size else None)


def filter_entries(rows: Any, log_filter: LogFilter) -> Any:
    """Apply a filter to rows."""
    if log_filter.case:
        rows = rows.filter(Q(process=log_filter.case) | Q(about=log_filter.case))
    if log_filter.person:
        rows = rows.filter(actor__in=_matching_people(log_filter.person))
    if log_filter.kind:
        rows = rows.filter(kind=log_filter.kind)
    if log_filter.since:
        rows = rows.filter(place__gte=first_place(log_filter.since))
    if log_filter.until:
        rows = rows.filter(place__lt=first_place(log_filter.until))
    return rows


def _matching_people(text: str) -> list[str]:
    """Return the references of people whose name or address matches, and the text itself as a reference."""
    return [*search_people(text).values_list("ref", flat=True)[:_MAX_PEOPLE], text]
