"""Serialise situations to JSON and back; organisations become parties again, lists tuples."""

from typing import Any

import msgspec

from fanzha.processes.parties import Party
from fanzha.processes.situation import Situation

_PARTY = frozenset(Party.__struct_fields__)


def dump_situation(situation: Situation) -> dict[str, Any]:
    """Return a situation as JSON values."""
    values = msgspec.to_builtins(situation)
    assert isinstance(values, dict)
    return values


def load_situation(stored: dict[str, Any]) -> Situation:
    """Return the situation from the JSON values of `dump_situation`."""
    situation = msgspec.convert(stored, Situation)
    return msgspec.structs.replace(
        situation, facts={name: _restore_value(value) for name, value in situation.facts.items()}
    )


def _restore_value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_restore_value(item) for item in value)
    if isinstance(value, dict) and value.keys() == _PARTY:
        return Party(**value)
    return value
