"""Find entries of the log: by case, person, kind and time; the latest first, page after page by place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogBatch, LogEntry
from fanzha.command.organizations.models import Person
from fanzha.processes.log.entry import sequence_number

PAGE = 50
_MANY_PEOPLE = 200


class LogFilter(NamedTuple):
    """What is asked of the log: a reference, a person's name or mail address, a kind, from when until when."""

    case: str = ""
    person: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


class EntryPage(NamedTuple):
    """One page; `next` is None on the last one."""

    rows: Sequence[LogEntry]
    next: int | None


def entry_page(narrowed: LogFilter, before: int | None = None, size: int = PAGE) -> EntryPage:
    """Return the entries that the present viewer may read, the latest first, those before a place."""
    rows = filter_entries(LogEntry.objects.all(), narrowed)
    rows = rows if before is None else rows.filter(place__lt=before)
    found = list(rows.order_by("-place")[: size + 1])
    return EntryPage(found[:size], found[size - 1].place if len(found) > size else None)


def filter_entries(rows: Any, narrowed: LogFilter) -> Any:
    """Return the rows that were asked for."""
    if narrowed.case:
        rows = rows.filter(Q(process=narrowed.case) | Q(about=narrowed.case))
    if narrowed.person:
        rows = rows.filter(actor__in=_people(narrowed.person))
    if narrowed.kind:
        rows = rows.filter(kind=narrowed.kind)
    if narrowed.since:
        rows = rows.filter(place__gte=_first_place(narrowed.since))
    if narrowed.until:
        rows = rows.filter(place__lt=_first_place(narrowed.until))
    return rows


def _people(asked: str) -> list[str]:
    """Return the references of the people somebody means; what is no name is taken for a reference itself."""
    named = Q(email__iexact=asked) | Q(name__icontains=asked) | Q(ref=asked)
    return [*Person.objects.filter(named).values_list("ref", flat=True)[:_MANY_PEOPLE], asked]


def _first_place(moment: datetime) -> int:
    """Return the place behind all that was on record before a moment."""
    first = LogBatch.objects.filter(at__gte=to_ms(moment)).order_by("at", "number").values_list("number", flat=True)
    number = first.first()
    last = LogBatch.objects.order_by("-number").values_list("number", flat=True).first() or 0
    return sequence_number(last + 1 if number is None else number, 0)
