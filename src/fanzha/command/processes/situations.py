"""Situations to and from JSON: organisations among the kept facts become parties again, lists tuples."""

from typing import Any

import msgspec

from fanzha.processes.parties import Party
from fanzha.processes.situation import Situation

_PARTY = frozenset(Party.__struct_fields__)


def dump_situation(situation: Situation) -> dict[str, Any]:
    """Return a situation as JSON values."""
    made = msgspec.to_builtins(situation)
    assert isinstance(made, dict)
    return made


def load_situation(kept: dict[str, Any]) -> Situation:
    """Return the situation that `stored` was given."""
    found = msgspec.convert(kept, Situation)
    return msgspec.structs.replace(found, facts={name: _restore_value(value) for name, value in found.facts.items()})


def _restore_value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_restore_value(one) for one in value)
    if isinstance(value, dict) and value.keys() == _PARTY:
        return Party(**value)
    return value
