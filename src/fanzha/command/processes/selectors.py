"""Select late processes and legs, and the organisations of a process by standing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from fanzha.command.organizations.selectors import all_organizations, get_organization_ref
from fanzha.command.processes.models import Leg, ProcessInstance, Timer, TimerStatus
from fanzha.command.processes.situations import load_situation
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.named_parties import find_named_parties, party_standings
from fanzha.processes.parties import Standing
from fanzha.processes.process import Legs, Process

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("deadlines are compared for all processes")

#: Order by the effective deadline: the first missed one, else the next one; earliest first.
URGENT = Coalesce("late_since", "due_at").asc(nulls_last=True)


def late_legs(rows: QuerySet[Leg], now: datetime) -> QuerySet[Leg]:
    """Return the open legs that are late, independent of who must act."""
    return rows.filter(Q(due_at__lt=now) | Q(late_since__isnull=False), ended_at=None)


def is_late(now: datetime) -> Q:
    """Return the condition that a running process is late, or has a late leg that the reader may see."""
    passed = _UNSCOPED.rows(ProcessInstance).filter(ended_at=None, late_since__isnull=False).values("pk")
    waiting = Timer.objects.filter(state=TimerStatus.WAITING, due_at__lt=now, leg="").values("instance")
    return Q(pk__in=passed.union(waiting, late_legs(Leg.objects.all(), now).values("instance")), ended_at=None)


def missed_by_receiver(processes: Mapping[str, Process], now: datetime) -> Exists:
    """Return the condition that a leg's receiver missed a deadline; deadlines of others do not count."""
    own_deadline = Q(pk=None)
    for name, process in processes.items():
        if process.legs:
            own_deadline |= Q(instance__process=name, deadline__in=receiver_deadlines(process.legs))
    passed = Q(state=TimerStatus.FIRED) | Q(state=TimerStatus.WAITING, due_at__lt=now)
    return Exists(Timer.objects.filter(own_deadline, passed, instance=OuterRef("instance"), leg=OuterRef("name")))


def receiver_deadlines(legs: Legs) -> list[str]:
    """Return the deadlines of legs that run while the receiver has to act."""
    receiver_states = {
        state
        for event in legs.events.values()
        for state in event.sources
        if any(role.startswith("receiver") for role in event.who)
    }
    return [name for name, deadline in legs.deadlines.items() if receiver_states.intersection(deadline.during)]


def viewer_standings(instance: ProcessInstance, viewer: Viewer) -> frozenset[Standing]:
    """Return the standings of the viewer's organisation by the facts of the process."""
    ref = get_organization_ref(viewer.organization)
    return party_standings(instance.version.process, load_situation(instance.situation).facts, ref)


def select_named_organizations(instance: ProcessInstance, standing: Standing | None = None) -> list[Organization]:
    """Return the organisations that the evidence names, or only those of one standing."""
    parties = find_named_parties(instance.version.process, load_situation(instance.situation).facts, standing)
    return list(all_organizations().filter(ref__in=[party.organization for party in parties]).order_by("pk"))
