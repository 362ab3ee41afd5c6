"""Parties of a process instance: the organisations named in evidence fields, with their standings."""

from collections.abc import Mapping
from typing import Any

from fanzha.processes.evidence import EvidenceField
from fanzha.processes.parties import Party, Standing
from fanzha.processes.process import Process


def naming_fields(process: Process) -> dict[str, EvidenceField]:
    """Return the fields that name a party, by name."""
    fields = (item for event in process.events.values() for item in event.evidence.items())
    return {name: field for name, field in fields if field.names_party}


def find_named_parties(
    process: Process, facts: Mapping[str, Any], standing: Standing | None = None
) -> tuple[Party, ...]:
    """Return the organisations named in kept facts, each once, of one standing if it is given."""
    fields = naming_fields(process)
    named = (
        party
        for name, field in fields.items()
        if standing is None or field.standing is standing
        for party in _parties(facts.get(name))
    )
    return tuple(dict.fromkeys(named))


def party_standings(process: Process, facts: Mapping[str, Any], organization: str) -> frozenset[Standing]:
    """Return the standings of an organisation in a process instance."""
    return frozenset(
        field.standing
        for name, field in naming_fields(process).items()
        if field.standing is not None and organization in [party.organization for party in _parties(facts.get(name))]
    )


def _parties(value: Any) -> tuple[Party, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(item for item in values if isinstance(item, Party))
