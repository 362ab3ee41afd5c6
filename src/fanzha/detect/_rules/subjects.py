"""Whom a firing is about: a number only claimed is never accused, its trunk or the call itself is (design §2)."""

from functools import lru_cache
from typing import NamedTuple

from fanzha.rules.catalog import FACTS
from fanzha.rules.engine import Fired
from fanzha.windows import UNKNOWN


class Subject(NamedTuple):
    """A thing of a kind."""

    kind: str
    value: str


def subjects(fired: Fired) -> list[Subject | None]:
    """Return the subject of each firing of a rule, None where the field that names it is unknown."""
    find = fired.rule.find
    if find == "call":
        return [_call(fired, row) for row in range(len(fired.places))]
    if find != "caller_or_trunk":
        return _of_field(fired, find)
    proven, trunks = _of_field(fired, "proven_caller"), _of_field(fired, "trunk")
    either = enumerate(zip(proven, trunks, strict=True))
    return [caller or trunk or _call(fired, row) for row, (caller, trunk) in either]


def _of_field(fired: Fired, name: str) -> list[Subject | None]:
    kind = FACTS[fired.rule.on.fact][name].kind or name
    text = lru_cache(maxsize=None)(fired.stretch.codes.text)
    codes = fired.stretch.columns[name][fired.places].tolist()
    return [None if code == UNKNOWN else Subject(kind, text(code) or "") for code in codes]


def _call(fired: Fired, row: int) -> Subject | None:
    call = fired.of_event("call_id", row)
    return Subject("call", call) if call else None
