"""Read tracebacks: those of the viewer's organisation, their hops, links, trunks, and how operators answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.db.models import F, QuerySet

from fanzha.command.call_traceback.models import (
    HopState,
    Traceback,
    TracebackHop,
    TracebackLink,
    TracebackMessage,
    TrunkParty,
)
from fanzha.command.processes.selectors import find_instances
from fanzha.command.web.roles import Kind, Role

#: Who begins tracebacks, who reads them, who keeps links and trunks, and at which organisations.
TRACERS = (Role.ANALYST, Role.LIAISON)
READERS = (Role.ANALYST, Role.EXECUTOR, Role.LIAISON, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
MANAGERS = (Role.ADMINISTRATOR,)
TRUNK_KEEPERS = (Role.ANALYST, Role.ADMINISTRATOR)
OWNERS = (Kind.CARRIER, Kind.MVNO)
#: Operators are counted over this time.
COUNTED = timedelta(days=90)


class OperatorCount(NamedTuple):
    """How one operator answers: hops that we asked, in time, late, overdue now, ended there, and the median wait."""

    operator: str
    asked: int
    in_time: int
    late: int
    overdue: int
    ended: int
    median_seconds: float | None


def find_tracebacks(trace: str = "") -> QuerySet[Traceback]:
    """Return the tracebacks that the current viewer may read, the latest first; only those of one trace."""
    rows = Traceback.objects.all().select_related("owner", "asker__partner")
    return rows.filter(trace=trace) if trace else rows


def load_hops(rows: Iterable[Traceback]) -> dict[int, list[TracebackHop]]:
    """Return the hops of tracebacks by primary key, in order."""
    hops: dict[int, list[TracebackHop]] = defaultdict(list)
    for hop in TracebackHop.objects.filter(traceback__in=[row.pk for row in rows]).order_by("number"):
        hops[hop.traceback_id].append(hop)
    return hops


def load_states(rows: Iterable[Traceback]) -> dict[str, str]:
    """Return the states of the processes of tracebacks by reference of the process."""
    instances = find_instances().filter(ref__in=[row.process for row in rows])
    return dict(instances.values_list("ref", "state"))


def load_messages(row: Traceback) -> list[TracebackMessage]:
    """Return the messages of a traceback, the oldest first."""
    return list(TracebackMessage.objects.filter(traceback=row).select_related("link__partner").order_by("pk"))


def list_links() -> QuerySet[TracebackLink]:
    """Return the links of the current viewer's organisation."""
    return TracebackLink.objects.all().select_related("owner", "partner")


def list_trunk_parties() -> QuerySet[TrunkParty]:
    """Return the entries on trunks of the current viewer's organisation."""
    return TrunkParty.objects.all().select_related("operator")


def count_operators(now: datetime) -> list[OperatorCount]:
    """Return how the operators that the current viewer's organisation asked answer, the most overdue first."""
    hops = TracebackHop.objects.filter(number=F("traceback__hop") + 1, asked_at__gt=now - COUNTED)
    columns = ("operator_name", "state", "asked_at", "due_at", "answered_at")
    by_operator: dict[str, list[tuple[str, datetime, datetime | None, datetime | None]]] = defaultdict(list)
    for name, *rest in hops.values_list(*columns):
        by_operator[name].append((rest[0], rest[1], rest[2], rest[3]))
    counts = [_count(name, rows, now) for name, rows in by_operator.items()]
    return sorted(counts, key=lambda count: (-count.overdue, -count.late, count.operator))


def _count(
    name: str, rows: list[tuple[str, datetime, datetime | None, datetime | None]], now: datetime
) -> OperatorCount:
    answered = [(due, at, (at - asked).total_seconds()) for _, asked, due, at in rows if at is not None]
    late = sum(due is not None and at > due for due, at, _ in answered)
    overdue = sum(at is None and due is not None and now > due for _, _, due, at in rows)
    return OperatorCount(
        operator=name,
        asked=len(rows),
        in_time=len(answered) - late,
        late=late,
        overdue=overdue,
        ended=sum(state == HopState.ENDED for state, *_ in rows),
        median_seconds=median(seconds for *_, seconds in answered) if answered else None,
    )
