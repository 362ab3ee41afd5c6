"""Whom a firing is about: a number only claimed is never accused, its trunk or the call itself is (design §2)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.cooldown import Cooldown
from fanzha.rules.catalog import FACTS
from fanzha.rules.engine import Fired
from fanzha.rules.tree import Rule
from fanzha.windows import UNKNOWN

CALL = "call"
CALLER_OR_TRUNK = "caller_or_trunk"
_FIELDS = {CALL: (), CALLER_OR_TRUNK: ("proven_caller", "trunk")}


class Subject(NamedTuple):
    """A thing of a kind."""

    kind: str
    value: str


def told(fired: Fired, quiet: Cooldown, rule: str) -> Iterator[tuple[int, Subject]]:
    """Yield the firings of a rule that are told, with their subjects: all but those in the quiet time of a subject.

    A firing whose subject is unknown is not told. `rule` is the name under which the quiet times are kept.
    """
    moments, again_after = fired.moments.tolist(), fired.rule.again_after
    for row, subject in enumerate(subjects(fired)):
        if subject is not None and quiet.admit(rule, *subject, moments[row], again_after):
            yield row, subject


def subjects(fired: Fired) -> Iterator[Subject | None]:
    """Yield the subject of each firing, None where what names it is unknown; a subject met again is the same object."""
    find = fired.rule.find
    fields = _FIELDS.get(find, (find,))
    may_be_call = find in _FIELDS
    met: dict[tuple[int, int], Subject] = {}
    which, codes = _first_known([fired.stretch.columns[name][fired.places] for name in fields], len(fired.places))
    for row, key in enumerate(zip(which.tolist(), codes.tolist(), strict=True)):
        if key[1] == UNKNOWN:
            yield _call(fired, row) if may_be_call else None
        elif key in met:
            yield met[key]
        else:
            yield met.setdefault(key, _named(fired, fields[key[0]], key[1]))


def subject_at(rule: Rule, text: Callable[[str], str | None], call_id: str | None) -> Subject | None:
    """Return the subject of a rule that fires at one fact, whose fields `text` gives."""
    for field in _FIELDS.get(rule.find, (rule.find,)):
        if (value := text(field)) is not None:
            return Subject(FACTS[rule.on.fact][field].kind or field, value)
    return Subject(CALL, call_id) if rule.find in _FIELDS and call_id else None


def _first_known(columns: list[NDArray[np.int64]], count: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return for each row the first column that is known there, and its code; UNKNOWN where none is."""
    table = np.stack([*columns, np.full(count, UNKNOWN)])
    which = np.argmax(table != UNKNOWN, axis=0)
    return which, table[which, np.arange(count)]


def _named(fired: Fired, field: str, code: int) -> Subject:
    return Subject(FACTS[fired.rule.on.fact][field].kind or field, fired.stretch.codes.text(code) or "")


def _call(fired: Fired, row: int) -> Subject | None:
    call = fired.of_event("call_id", row)
    return Subject(CALL, call) if call else None
