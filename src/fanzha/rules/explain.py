"""Explain why a rule fired: conditions that held, and their windows with value, limit and events."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fanzha.base.words import Words
from fanzha.rules._engine.program import present_windows
from fanzha.rules._formatting.expressions import format_expression
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.tree import Binary, Expression, Points, Rule, Unary, WindowExpression
from fanzha.rules.window_specs import lower
from fanzha.rules.window_words import window_words
from fanzha.windows import WindowSpec
from fanzha.windows.spec import Aggregate

MOST_EVENTS = 20  # events shown of a window, the latest
_ORDER = {">=", "<=", ">", "<", "=", "!="}


@dataclass(frozen=True)
class CountedFact:
    """A fact in a window; `value` is the value that was summed, compared or counted as distinct, if any."""

    occurred_at: int
    position: int
    value: int | None


@dataclass(frozen=True)
class ConditionWindow:
    """A window of a condition, as written and in words."""

    window: WindowExpression
    spec: WindowSpec
    text: str
    words: Words


@dataclass(frozen=True)
class RuleComparison:
    """A comparison of a rule that contains windows; `weight` is that of a condition in `points`."""

    node: Binary
    weight: float | None
    text: str
    windows: tuple[ConditionWindow, ...]


@dataclass(frozen=True)
class WindowValue:
    """A window at the moment of firing; `value` is None when unknown, or of a text."""

    condition_window: ConditionWindow
    value: float | None
    text: str | None  # of a window that is a text
    events: tuple[CountedFact, ...]


@dataclass(frozen=True)
class Condition:
    """A comparison that held: `left operator right`, with both values and its windows."""

    ground: RuleComparison
    left: float | None
    right: float | None
    windows: tuple[WindowValue, ...]

    @property
    def margin(self) -> float:
        """Distance of the value from its limit relative to the limit."""
        if self.left is None or self.right is None:
            return np.inf
        return abs(self.left - self.right) / max(abs(self.right), 1e-9)


def explain(engine: RuleEngine, fired: Fired, row: int) -> tuple[Condition, ...]:
    """Return the comparisons with windows that held at one firing, in the order of the text.

    Call it before more facts are settled, while the windows hold the events of the stretch.
    """
    measured: dict[ConditionWindow, WindowValue] = {}
    conditions = []
    for ground in grounds(fired.rule):
        if fired.at.true(ground.node)[row]:
            left, right = (_value(fired, side, row) for side in (ground.node.left, ground.node.right))
            for window in ground.windows:
                if window not in measured:
                    measured[window] = _window_value(engine, fired, window, row)
            conditions.append(Condition(ground, left, right, tuple(measured[window] for window in ground.windows)))
    return tuple(conditions)


def nearest(conditions: tuple[Condition, ...]) -> Condition | None:
    """Return the required condition with the smallest margin."""
    needed = [condition for condition in conditions if condition.ground.weight is None] or list(conditions)
    return min(needed, key=lambda condition: condition.margin, default=None)


@lru_cache(maxsize=1024)
def grounds(rule: Rule) -> tuple[RuleComparison, ...]:
    """Return the comparisons with windows of a checked rule, each once, in the order of the text."""
    comparisons = {
        (node, weight): RuleComparison(
            node, weight, format_expression(node), tuple(_condition_window(window) for window in present_windows(node))
        )
        for node, weight in _comparisons(rule.when, None)
        if any(present_windows(node))
    }
    return tuple(comparisons.values())


def _condition_window(window: WindowExpression) -> ConditionWindow:
    return ConditionWindow(window, lower(window).specs[0], format_expression(window), window_words(window))


def _comparisons(node: Expression, weight: float | None) -> Iterator[tuple[Binary, float | None]]:
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


def _value(fired: Fired, node: Expression, row: int) -> float | None:
    if fired.at.is_truth(node) or fired.at.is_text(node):
        return None
    value = float(fired.at.numbers(node)[row])
    return None if np.isnan(value) else value


def _window_value(engine: RuleEngine, fired: Fired, window: ConditionWindow, row: int) -> WindowValue:
    """Return a window with the latest of its events."""
    key = tuple(int(fired.at.whole(part.present)[row]) for part in window.window.keys)
    windows = engine.find_windows(window.spec)
    position = fired.stretch.facts.first + int(fired.positions[row])
    entries = windows.entries(window.spec, key, int(fired.moments[row]), position)
    latest = slice(-MOST_EVENTS, None)
    with_value = window.window.what != "active_days" and window.spec.what not in (
        Aggregate.COUNT,
        Aggregate.GAP,
        Aggregate.AGE,
    )
    rows = zip(
        entries.moments[latest].tolist(),
        entries.positions[latest].tolist(),
        entries.values[latest].tolist(),
        strict=True,
    )
    events = tuple(CountedFact(moment, where, number if with_value else None) for moment, where, number in rows)
    text = None
    if fired.at.is_text(window.window):
        text = fired.stretch.codes.text(int(fired.at.whole(window.window)[row]))
    return WindowValue(window, _value(fired, window.window, row), text, events)
