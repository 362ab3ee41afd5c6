"""Why a rule fired: each condition that held, its windows with value, limit and events, and what would differ."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fanzha.rules._engine.lower import lower
from fanzha.rules._engine.program import windows_in
from fanzha.rules.engine import Engine, Fired
from fanzha.rules.tree import Binary, Node, Points, Unary, Window
from fanzha.windows.spec import What

MOST_EVENTS = 20  # events shown of a window, the latest
_ORDER = {">=", "<=", ">", "<", "=", "!="}


@dataclass(frozen=True)
class Seen:
    """A fact that a window counted; `value` is what was summed, compared or told apart, if anything."""

    occurred_at: int
    place: int
    value: int | None


@dataclass(frozen=True)
class Measured:
    """A window at the moment of firing; `value` is None when unknown."""

    window: Window
    value: float | None
    events: tuple[Seen, ...] = ()


@dataclass(frozen=True)
class Condition:
    """A comparison of the rule that held: `left operator right`, with both values and the windows in them."""

    node: Binary
    left: float | None
    right: float | None
    windows: tuple[Measured, ...]
    weight: float | None = None  # of a condition in `points`

    @property
    def margin(self) -> float:
        """How far the value is over its limit, in parts of the limit; the smallest margin would differ first."""
        if self.left is None or self.right is None:
            return np.inf
        return abs(self.left - self.right) / max(abs(self.right), 1e-9)


def explain(engine: Engine, fired: Fired, row: int) -> tuple[Condition, ...]:
    """Return the comparisons with windows that held at one firing, in the order of the text.

    The windows still hold the events of the stretch: call it before more is settled.
    """
    found = []
    for node, weight in _comparisons(fired.rule.when, None):
        if not fired.at.truths(node).true[row] or not any(windows_in(node)):
            continue
        left, right = (_value(fired, side, row) for side in (node.left, node.right))
        measured = tuple(_measured(engine, fired, window, row) for window in windows_in(node))
        found.append(Condition(node, left, right, measured, weight))
    return tuple(dict.fromkeys(found))


def nearest(conditions: tuple[Condition, ...]) -> Condition | None:
    """Return the condition that would have failed first had the fact been a little different."""
    needed = [one for one in conditions if one.weight is None] or list(conditions)
    return min(needed, key=lambda one: one.margin, default=None)


def _comparisons(node: Node, weight: float | None) -> Iterator[tuple[Binary, float | None]]:
    match node:
        case Binary(operator="and" | "or", left=left, right=right):
            yield from _comparisons(left, weight)
            yield from _comparisons(right, weight)
        case Binary(operator=operator, left=left, right=right) if operator in _ORDER:
            for side in (left, right):
                if isinstance(side, Points):
                    for points, condition in side.terms:
                        yield from _comparisons(condition, getattr(points, "value", None))
            if not isinstance(left, Points):
                yield node, weight
        case Unary(operator="not", operand=operand):
            yield from _comparisons(operand, weight)
        case _:
            return


def _value(fired: Fired, node: Node, row: int) -> float | None:
    if fired.at.is_truth(node) or fired.at.is_text(node):
        return None
    value = float(fired.at.numbers(node)[row])
    return None if np.isnan(value) else value


def _measured(engine: Engine, fired: Fired, window: Window, row: int) -> Measured:
    spec = lower(window).specs[0]
    value = _value(fired, window, row)
    key = tuple(int(fired.at.whole(part.present)[row]) for part in window.keys)
    for level, windows in zip(engine.program.levels, engine.levels, strict=True):
        if spec in level.asked:
            place = fired.stretch.facts.first + int(fired.places[row])
            seen = windows.entries(spec, key, int(fired.moments[row]), place)
            shown = zip(seen.moments.tolist(), seen.places.tolist(), seen.values.tolist(), strict=True)
            with_value = spec.what not in (What.COUNT, What.GAP, What.AGE)
            events = [Seen(moment, where, number if with_value else None) for moment, where, number in shown]
            return Measured(window, value, tuple(events[-MOST_EVENTS:]))
    return Measured(window, value)
