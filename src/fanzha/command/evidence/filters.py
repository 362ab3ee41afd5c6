"""Filter log entries by case, person, kind and time, and page through them, the latest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogBatch, LogEntry
from fanzha.command.organizations.models import Person
from fanzha.processes.log.entry import sequence_number

PAGE = 50
_MAX_PEOPLE = 200


class LogFilter(NamedTuple):
    """A filter of log entries: case reference, a person's name or mail address, kind, and period."""

    case: str = ""
    person: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


class EntryPage(NamedTuple):
    """One page; `next` is None on the last one."""

    rows: Sequence[LogEntry]
    next: int | None


def entry_page(log_filter: LogFilter, before: int | None = None, size: int = PAGE) -> EntryPage:
    """Return a page of the entries that the current viewer may read before a place, the latest first."""
    rows = filter_entries(LogEntry.objects.all(), log_filter)
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
        rows = rows.filter(place__gte=_first_place(log_filter.since))
    if log_filter.until:
        rows = rows.filter(place__lt=_first_place(log_filter.until))
    return rows


def _matching_people(text: str) -> list[str]:
    """Return the references of people whose name or address matches, and the text itself as a reference."""
    matches = Q(email__iexact=text) | Q(name__icontains=text) | Q(ref=text)
    return [*Person.objects.filter(matches).values_list("ref", flat=True)[:_MAX_PEOPLE], text]


def _first_place(moment: datetime) -> int:
    """Return the place of the first entry recorded at or after a moment."""
    first = LogBatch.objects.filter(at__gte=to_ms(moment)).order_by("at", "number").values_list("number", flat=True)
    number = first.first()
    last = LogBatch.objects.order_by("-number").values_list("number", flat=True).first() or 0
    return sequence_number(last + 1 if number is None else number, 0)
