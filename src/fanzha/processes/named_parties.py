"""Parties of a process instance: the organisations named in evidence fields, with their roles."""

from collections.abc import Mapping
from typing import Any

from fanzha.processes.evidence import EvidenceField
from fanzha.processes.parties import Party, PartyRole
from fanzha.processes.process import Process


def naming_fields(process: Process) -> dict[str, EvidenceField]:
    """Return the fields that name a party, by name."""
    fields = (item for event in process.events.values() for item in event.evidence.items())
    return {name: field for name, field in fields if field.names_party}


def find_named_parties(
    process: Process, facts: Mapping[str, Any], party_role: PartyRole | None = None
) -> tuple[Party, ...]:
    """Return the organisations named in kept facts, each once; only those with `party_role` if it is given."""
    fields = naming_fields(process)
    named = (
        party
        for name, field in fields.items()
        if party_role is None or field.party_role is party_role
        for party in _parties(facts.get(name))
    )
    return tuple(dict.fromkeys(named))


def find_party_roles(process: Process, facts: Mapping[str, Any], organization: str) -> frozenset[PartyRole]:
    """Return the roles of an organisation in a process instance."""
    return frozenset(
        field.party_role
        for name, field in naming_fields(process).items()
        if field.party_role is not None and organization in [party.organization for party in _parties(facts.get(name))]
    )


def _parties(value: Any) -> tuple[Party, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(item for item in values if isinstance(item, Party))
