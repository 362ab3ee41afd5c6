"""Group windows into families with one log: same source and key columns, within the limits of the kernel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from fanzha.windows._kernel import layout as at
from fanzha.windows.facts import DAY_MS, MOST_EXACT_MS
from fanzha.windows.spec import MODES, Aggregate, WindowSpec

T = TypeVar("T")

MOST_DAYS = 30
MOST_KEY_COLUMNS = 3

_NEEDS_VALUE = MODES | {Aggregate.LAST, Aggregate.DISTINCT, Aggregate.SUM, Aggregate.MIN, Aggregate.MAX}
_FILL_OF_DAYS = {
    Aggregate.SUM: at.ADDED,
    Aggregate.MIN: at.LEAST,
    Aggregate.MAX: at.GREATEST,
    Aggregate.COUNT: at.COUNTED,
}


def is_daily(spec: WindowSpec) -> bool:
    """Return whether a window is kept as one entry a day; most frequent values need every fact of their days."""
    return spec.span > MOST_EXACT_MS and spec.what not in MODES


@dataclass(frozen=True)
class Slot:
    """A word of every entry: the value of the facts that pass a gate; `fill` is how values of a day are combined."""

    gate: str
    value: str
    fill: int = at.AS_IT_IS


#: A part of a log that a window needs: the facts of a gate, a slot, or first moments (gate, span).
StoredPart = str | Slot | tuple[str, int]


@dataclass(frozen=True)
class RequestedWindow:
    """One window and the kinds of facts that evaluate it."""

    spec: WindowSpec
    kinds: frozenset[int]


@dataclass
class FamilyPlan:
    """The content of one log: gates, slots, sums for each span, and outputs for each kind of fact."""

    source: int
    keys: tuple[str, ...]
    daily: bool
    gates: list[str] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    items: list[Slot] = field(default_factory=list)
    sums: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # span -> (form, gate or slot or item)
    lasts: list[str] = field(default_factory=list)  # gates
    ages: list[tuple[str, int]] = field(default_factory=list)  # gate, span
    latest: list[Slot] = field(default_factory=list)
    extremes: list[tuple[Slot, int, int]] = field(default_factory=list)  # slot, span, sign
    views: list[tuple[str, ...]] = field(default_factory=list)
    outputs: list[RequestedWindow] = field(default_factory=list)

    @property
    def spans(self) -> list[int]:
        """All spans, shortest first."""
        return sorted(self.sums)

    @cached_property
    def has_modes(self) -> bool:
        """Return whether some window is a most frequent value or its count; asked once all windows are added."""
        return any(output.spec.what in MODES for output in self.outputs)

    def fits(self, spec: WindowSpec) -> bool:
        """Return whether a window may share this log."""
        if (spec.source, spec.keys, is_daily(spec)) != (self.source, self.keys, self.daily):
            return False
        if self.daily and (spec.what == Aggregate.DISTINCT or self.items):
            return spec.what == Aggregate.DISTINCT and self.items == [Slot(spec.gate, spec.value)]
        gates, items = {*self.gates, spec.gate}, set(self.items)
        if spec.what == Aggregate.DISTINCT:
            items.add(Slot(spec.gate, spec.value))
        return len(gates) <= at.MOST_GATES and len(items) <= at.MOST_ITEMS

    def add(self, window: RequestedWindow) -> None:
        """Add a window that fits."""
        spec = window.spec
        self.outputs.append(window)
        _once(self.views, spec.asking)
        _once(self.gates, spec.gate)
        sums = self.sums.setdefault(spec.span, [])
        if spec.what == Aggregate.GAP:
            _once(self.lasts, spec.gate)
        elif spec.what == Aggregate.AGE:
            _once(self.ages, (spec.gate, spec.span))
        elif spec.what == Aggregate.LAST:
            _once(self.slots, self.window_slot(spec))
            _once(self.latest, self.window_slot(spec))
        elif spec.what in (Aggregate.MIN, Aggregate.MAX):
            _once(self.slots, self.window_slot(spec))
            _once(self.extremes, self.window_extreme(spec))
        else:
            if spec.what != Aggregate.COUNT or self.daily:
                _once(self.slots, self.window_slot(spec))
            if spec.result:
                _once(self.slots, Slot(spec.gate, spec.result))
            if spec.what == Aggregate.DISTINCT:
                _once(self.items, self.window_slot(spec))
            _once(sums, self.window_sum(spec))

    def stored_part(self, spec: WindowSpec) -> StoredPart:
        """Return the part of the log that a window needs: a gate's facts, a slot, or first moments."""
        if spec.what == Aggregate.AGE:
            return spec.gate, spec.span
        if spec.what == Aggregate.GAP or (spec.what == Aggregate.COUNT and not self.daily):
            return spec.gate
        return self.window_slot(spec)

    def stored_parts(self) -> list[StoredPart]:
        """Return all stored parts."""
        return [*self.gates, *self.slots, *self.ages]

    def window_slot(self, spec: WindowSpec) -> Slot:
        """Return the slot a window reads."""
        fill = _FILL_OF_DAYS.get(spec.what, at.AS_IT_IS) if self.daily else at.AS_IT_IS
        return Slot(spec.gate, "" if spec.what == Aggregate.COUNT else spec.value, fill)

    def window_sum(self, spec: WindowSpec) -> tuple[int, int]:
        """Return the form of a window's sum and the index of its gate, slot or item."""
        if spec.what == Aggregate.DISTINCT:
            return at.DISTINCT, self.items.index(self.window_slot(spec))
        if spec.what in MODES or (spec.what == Aggregate.COUNT and not self.daily):
            return at.COUNT, self.gates.index(spec.gate)
        return at.SUM, self.slots.index(self.window_slot(spec))

    def window_extreme(self, spec: WindowSpec) -> tuple[Slot, int, int]:
        """Return slot, span and sign of a minimum or maximum."""
        return self.window_slot(spec), spec.span, 1 if spec.what == Aggregate.MIN else -1


def _once(items: list[T], item: T) -> None:
    if item not in items:
        items.append(item)


def merge_requests(requested: Iterable[tuple[WindowSpec, frozenset[int]]]) -> list[RequestedWindow]:
    """Return every window once, with all the kinds that evaluate it."""
    kinds: dict[WindowSpec, frozenset[int]] = {}
    for spec, asking in requested:
        check_spec(spec)
        kinds[spec] = kinds.get(spec, frozenset()) | asking
    return [RequestedWindow(spec, asking) for spec, asking in kinds.items()]


def plan_families(windows: Sequence[RequestedWindow]) -> list[FamilyPlan]:
    """Group windows into families."""
    families: list[FamilyPlan] = []
    for window in windows:
        spec = window.spec
        family = next((family for family in families if family.fits(spec)), None)
        if family is None:
            family = FamilyPlan(spec.source, spec.keys, is_daily(spec))
            families.append(family)
        family.add(window)
    return families


def check_spec(spec: WindowSpec) -> None:
    """Raise ValueError for an invalid window."""
    days = spec.span > MOST_EXACT_MS
    if spec.span <= 0 or spec.span > MOST_DAYS * DAY_MS or (days and spec.span % DAY_MS):
        raise ValueError(f"a span of {spec.span} ms is neither within 24 hours nor whole days up to {MOST_DAYS}")
    if days and (spec.what in (Aggregate.GAP, Aggregate.LAST) or spec.before):
        raise ValueError("gap, last and before take spans of 24 hours at most, not calendar days")
    if not 1 <= len(spec.keys) <= MOST_KEY_COLUMNS or len(spec.asking) != len(spec.keys):
        raise ValueError(
            f"a key has 1 to {MOST_KEY_COLUMNS} columns, as many asked as selected: {spec.keys}, {spec.asking_keys}"
        )
    if spec.what in _NEEDS_VALUE and not spec.value:
        raise ValueError(f"{spec.what} needs the column of a value")
