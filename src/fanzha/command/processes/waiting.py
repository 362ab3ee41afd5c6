"""Conditions that legs and processes wait for a viewer: their state is left by a step that one of his roles may take.

The conditions are databases', so that a count and the list that it counts are made of the same rows. A person may still
be barred from a step by what he did before (`list_offers` says so).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Exists, OuterRef, Q

from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.web.roles import kind_in_table
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.process import Event, Machine
from fanzha.processes.roles import role_table

_UNSCOPED = unscoped("legs of processes that the viewer may read")


def is_expected(event: Event) -> bool:
    """Return whether somebody is expected to take a step: the main one, or one neither harmful nor seldom needed.

    An appeal is expected of nobody: it is filed if somebody comes with it.
    """
    return (event.primary or not (event.harmful or event.rare)) and not event.appeal


def waiting_legs(viewer: Viewer) -> Q:
    """Return the condition that a leg to the viewer's organisation waits for a step of one of his roles."""
    mine = _leg_condition(viewer, "receiver")
    return mine & Q(receiver=viewer.organization, ended_at=None, instance__ended_at=None)


def waiting_instances(viewer: Viewer) -> Q:
    """Return the condition that a process waits for a step of one of the viewer's roles, or one of its legs does."""
    processes = load_processes().items()
    own, others = (
        _in_states({name: _states(process, viewer, party) for name, process in processes}, "process")
        for party in ("owner", "")
    )
    legs_here = waiting_legs(viewer)
    own_legs = _leg_condition(viewer, "owner") & Q(instance__owner=viewer.organization, ended_at=None)
    legs = _UNSCOPED.rows(Leg).filter(legs_here | own_legs, instance=OuterRef("pk"))
    return Q(ended_at=None) & (own & Q(owner=viewer.organization) | others | Q(Exists(legs)))


def for_person(viewer: Viewer) -> Q:
    """Return the condition that a notification is for a person: to him, about no process, or about what waits for him.

    Others to his organisation are for colleagues.
    """
    waiting = _UNSCOPED.rows(ProcessInstance).filter(waiting_instances(viewer), pk=OuterRef("instance"))
    return Q(person=viewer.person or 0) | Q(person=None) & (Q(instance=None) | Q(Exists(waiting)))


def _leg_condition(viewer: Viewer, party: str) -> Q:
    machines = {name: process.legs for name, process in load_processes().items() if process.legs}
    states = {name: _states(machine, viewer, party) for name, machine in machines.items()}
    return _in_states(states, "instance__process")


def _in_states(states: Mapping[str, frozenset[str]], process_column: str) -> Q:
    condition = Q(pk=None)
    for name, found in states.items():
        if found:
            condition |= Q(**{process_column: name, "state__in": sorted(found)})
    return condition


def _states(machine: Machine, viewer: Viewer, party: str) -> frozenset[str]:
    """Return the states left by expected steps of the viewer's roles as `party`; "" for those of a kind by itself."""
    kind = kind_in_table(viewer.kind, viewer.province)
    return frozenset(
        state
        for event in machine.events.values()
        if is_expected(event) and any(_is_for(spec, party, kind, viewer.roles) for spec in event.who)
        for state in event.sources
    )


def _is_for(spec: str, party: str, kind: str, roles: Collection[str]) -> bool:
    named, dot, role = spec.partition(".")
    if not dot or role not in roles:
        return False
    if named in ("owner", "receiver"):
        return named == party
    return not party and kind in role_table().kinds_of(named)
