"""What is late: a deadline has passed since the process or leg came to stand where it stands, or passes now."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import Leg, ProcessInstance, Timer
from fanzha.command.processes.models.timer import TimerState
from fanzha.command.processes.situations import load_situation
from fanzha.command.web.viewer import Viewer
from fanzha.processes.named_parties import parties_named, standings_held
from fanzha.processes.parties import Standing
from fanzha.processes.process import Legs, Process

#: The deadline that counts, the first that was missed or else the next, earliest first.
URGENT = Coalesce("late_since", "due_at").asc(nulls_last=True)


def late_legs(rows: "QuerySet[Leg]", now: datetime) -> "QuerySet[Leg]":
    """Return the open legs among rows that are late, whoever has to act."""
    return rows.filter(Q(due_at__lt=now) | Q(late_since__isnull=False), ended_at=None)


def is_late(now: datetime) -> Q:
    """Return what running processes are late: themselves, or by a leg that the reader may see."""
    passed = ProcessInstance._base_manager.filter(ended_at=None, late_since__isnull=False).values("pk")
    waiting = Timer.objects.filter(state=TimerState.WAITING, due_at__lt=now, leg="").values("instance")
    return Q(pk__in=passed.union(waiting, late_legs(Leg.objects.all(), now).values("instance")), ended_at=None)


def missed_by_receiver(processes: Mapping[str, Process], now: datetime) -> Exists:
    """Return whether a leg's receiver let a deadline pass; what others had to do is not held against him."""
    own = Q(pk=None)
    for name, process in processes.items():
        if process.legs:
            own |= Q(instance__process=name, deadline__in=receiver_deadlines(process.legs))
    passed = Q(state=TimerState.FIRED) | Q(state=TimerState.WAITING, due_at__lt=now)
    return Exists(Timer.objects.filter(own, passed, instance=OuterRef("instance"), leg=OuterRef("name")))


def receiver_deadlines(legs: Legs) -> list[str]:
    """Return the deadlines of legs that run while the receiver has to act."""
    his = {
        state
        for event in legs.events.values()
        for state in event.sources
        if any(who.startswith("receiver") for who in event.who)
    }
    return [name for name, deadline in legs.deadlines.items() if his.intersection(deadline.during)]


def viewer_standings(instance: ProcessInstance, viewer: Viewer) -> frozenset[Standing]:
    """Return the standings that follow from the facts the process keeps."""
    ref = Organization.objects.values_list("ref", flat=True).get(pk=viewer.organization)
    return standings_held(instance.version.process, load_situation(instance.situation).facts, ref)


def named_organizations(instance: ProcessInstance, standing: Standing | None = None) -> list[Organization]:
    """Return the organisations that evidence made parties; those of one standing alone where it is given."""
    named = parties_named(instance.version.process, load_situation(instance.situation).facts, standing)
    return list(Organization.objects.filter(ref__in=[party.organization for party in named]).order_by("pk"))
