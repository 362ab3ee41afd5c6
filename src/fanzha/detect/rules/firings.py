"""Subject and trigger of a rule's firing.

A number that is only claimed is never the subject: its trunk or the call is.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.allowlist import Trigger
from fanzha.claims.cooldown import Cooldown
from fanzha.rules.catalog import FACTS
from fanzha.rules.engine import Fired
from fanzha.rules.tree import Rule
from fanzha.windows import UNKNOWN

CALL = "call"
CALLER_OR_TRUNK = "caller_or_trunk"
_FIELDS = {CALL: (), CALLER_OR_TRUNK: ("proven_caller", "trunk")}


class FiringSubject(NamedTuple):
    """Kind and value of the subject of a firing."""

    kind: str
    value: str


def reported_firings(fired: Fired, cooldown: Cooldown, rule: str) -> Iterator[tuple[int, FiringSubject]]:
    """Yield row and subject of the firings to report: those with a known subject that is not in its cooldown.

    `rule` is the name under which cooldowns are stored.
    """
    occurred_at, again_after = fired.moments.tolist(), fired.rule.again_after
    for row, subject in enumerate(firing_subjects(fired)):
        if subject is not None and cooldown.admit(rule, *subject, occurred_at[row], again_after):
            yield row, subject


def firing_subjects(fired: Fired) -> Iterator[FiringSubject | None]:
    """Yield the subject of each firing, None if it is unknown; equal subjects are the same object."""
    find = fired.rule.find
    fields = _FIELDS.get(find, (find,))
    allows_call = find in _FIELDS
    subjects: dict[tuple[int, int], FiringSubject] = {}
    column_indices, codes = _first_known(
        [fired.stretch.columns[name][fired.positions] for name in fields], len(fired.positions)
    )
    for row, key in enumerate(zip(column_indices.tolist(), codes.tolist(), strict=True)):
        if key[1] == UNKNOWN:
            yield _call_subject(fired, row) if allows_call else None
        elif key in subjects:
            yield subjects[key]
        else:
            yield subjects.setdefault(key, _subject(fired, fields[key[0]], key[1]))


def subject_at(rule: Rule, text: Callable[[str], str | None], call_id: str | None) -> FiringSubject | None:
    """Return the subject of a rule that fires on one fact; `text` returns the fact's field of a name."""
    for field in _FIELDS.get(rule.find, (rule.find,)):
        if (value := text(field)) is not None:
            return FiringSubject(FACTS[rule.on.fact][field].kind or field, value)
    return FiringSubject(CALL, call_id) if rule.find in _FIELDS and call_id else None


def _first_known(columns: list[NDArray[np.int64]], count: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return for each row the index of its first column that is not UNKNOWN, and the code there."""
    table = np.stack([*columns, np.full(count, UNKNOWN)])
    column_indices = np.argmax(table != UNKNOWN, axis=0)
    return column_indices, table[column_indices, np.arange(count)]


def _subject(fired: Fired, field: str, code: int) -> FiringSubject:
    return FiringSubject(FACTS[fired.rule.on.fact][field].kind or field, fired.stretch.codes.text(code) or "")


def _call_subject(fired: Fired, row: int) -> FiringSubject | None:
    call = fired.of_event("call_id", row)
    return FiringSubject(CALL, call) if call else None


def firing_trigger(fired: Fired, row: int) -> Trigger:
    """Return number, proven number, trunk and ingress of one firing; None for fields that its fact lacks."""
    return fact_trigger(fired.rule.on.fact, lambda name: fired.text(name, row))


def fact_trigger(fact: str, text: Callable[[str], str | None]) -> Trigger:
    """Return the trigger for one fact; `text` returns the fact's field of a name."""
    fields = FACTS[fact]
    number = text("caller") if "caller" in fields else text("sender") if "sender" in fields else None
    proven, trunk, ingress = (text(name) if name in fields else None for name in ("proven_caller", "trunk", "ingress"))
    return Trigger(number, proven, trunk, ingress)
