"""What is late: a deadline has passed since the process or leg came to stand where it stands, or passes now."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from fanzha.command.flows.models import Leg, ProcessInstance, Timer
from fanzha.command.flows.models.timer import TimerState
from fanzha.processes.process import Legs, Process


def late_legs(rows: "QuerySet[Leg]", now: datetime) -> "QuerySet[Leg]":
    """Return the open legs among rows that are late, whoever has to act."""
    return rows.filter(Q(due_at__lt=now) | Q(late_since__isnull=False), ended_at=None)


def late_instances(rows: "QuerySet[ProcessInstance]", now: datetime) -> "QuerySet[ProcessInstance]":
    """Return the running processes among rows that are late themselves, not only one of their legs."""
    own = Timer.objects.filter(instance=OuterRef("pk"), leg="")
    passed = own.filter(state=TimerState.FIRED, due_at__gte=OuterRef("changed_at"))
    waiting = own.filter(state=TimerState.WAITING, due_at__lt=now)
    return rows.filter(Q(Exists(passed)) | Q(Exists(waiting)), ended_at=None)


def missed_by_receiver(processes: Mapping[str, Process], now: datetime) -> Exists:
    """Return whether a leg's receiver let a deadline pass; what others had to do is not held against him."""
    own = Q(pk=None)
    for name, process in processes.items():
        if process.legs:
            own |= Q(instance__process=name, deadline__in=receivers_deadlines(process.legs))
    passed = Q(state=TimerState.FIRED) | Q(state=TimerState.WAITING, due_at__lt=now)
    return Exists(Timer.objects.filter(own, passed, instance=OuterRef("instance"), leg=OuterRef("name")))


def receivers_deadlines(legs: Legs) -> list[str]:
    """Return the deadlines of legs that run while the receiver has to act."""
    his = {
        state
        for event in legs.events.values()
        for state in event.sources
        if any(who.startswith("receiver") for who in event.who)
    }
    return [name for name, deadline in legs.deadlines.items() if his.intersection(deadline.during)]
