"""Fire events on behalf of a receiver, by the report of its system or of our screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fanzha.command.processes.selectors import role_table_kind
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.processes.parties import Actor

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg

#: A system with its organisation's key acts for the whole organisation: it may take each step of a leg.
_ROLES = frozenset({Role.EXECUTOR.value, Role.REVIEWER.value, Role.LIAISON.value, Role.DUTY_OFFICER.value})


def receiver_system(leg: Leg, name: str) -> Actor:
    """Return the system of a leg's receiver as an actor; `name` is that of an endpoint or the screens."""
    receiver = leg.receiver
    return Actor(person=name, organization=receiver.ref, kind=role_table_kind(receiver), roles=_ROLES)


def report_for_receiver(leg: Leg, event: str, evidence: Mapping[str, Any], name: str) -> None:
    """Fire an event of a leg and refresh its row. Raise Refusal."""
    fire(leg.instance.ref, event, receiver_system(leg, name), evidence, leg=leg.name)
    leg.refresh_from_db(fields=["state", "changed_at", "due_at", "ended_at"])
