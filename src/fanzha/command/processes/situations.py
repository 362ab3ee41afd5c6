"""Situations of running processes: stored as JSON and loaded again, and the next events they offer."""

from typing import Any

import msgspec

from fanzha.command.processes.hooks import find_bars, without_computed
from fanzha.command.processes.models import ProcessInstance
from fanzha.processes import engine
from fanzha.processes.parties import Actor, Party
from fanzha.processes.situation import Offer, Situation

_PARTY = frozenset(Party.__struct_fields__)


def dump_situation(situation: Situation) -> dict[str, Any]:
    """Return a situation as JSON values."""
    values = msgspec.to_builtins(situation)
    assert isinstance(values, dict)
    return values


def load_situation(stored: dict[str, Any]) -> Situation:
    """Return the situation from the JSON values of `dump_situation`.

    JSON has no tuples and no parties: lists become tuples, and objects with the fields of a party become parties.
    """
    situation = msgspec.convert(stored, Situation)
    return msgspec.structs.replace(
        situation, facts={name: _restore_value(value) for name, value in situation.facts.items()}
    )


def list_offers(instance: ProcessInstance, actor: Actor) -> list[Offer]:
    """Return the possible next events for this actor; those not allowed state the reason.

    Their evidence is without the fields that the service computes.
    """
    offers = engine.offers(instance.version.process, load_situation(instance.situation), actor)
    allowed = frozenset(offer.event for offer in offers if offer.allowed and not offer.leg)
    barred = find_bars(instance, actor, allowed)
    return [
        msgspec.structs.replace(
            offer,
            evidence=without_computed(instance.process, offer.event, offer.evidence),
            why_not=offer.why_not or (None if offer.leg else barred.get(offer.event)),
            personal=offer.personal or (not offer.leg and offer.event in barred),
        )
        for offer in offers
    ]


def current_situation(instance: ProcessInstance) -> Situation:
    """Return the engine's situation of a process."""
    return load_situation(instance.situation)


def _restore_value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_restore_value(item) for item in value)
    if isinstance(value, dict) and value.keys() == _PARTY:
        return Party(**value)
    return value
