"""What a first pass over all facts learns, so that windows keep only the keys that some rule may ask for.

How often each key occurs bounds its counts: a rule that wants fifteen calls of a caller cannot fire for one that made
three. The keys that are asked for where a rule may still fire are all that the windows have to keep.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine.demand import Asker, Demand, Rows, StretchNeeds
from fanzha.rules._engine.evaluate import Evaluator, Numbers
from fanzha.rules._engine.program import Program, present_windows
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules.tree import Expression
from fanzha.rules.window_specs import lower
from fanzha.windows import WindowSpec
from fanzha.windows.key_filters import KeyCounts, KeySet
from fanzha.windows.windows import Windows

Keys = tuple[int, tuple[str, ...]]  # kind code of the selected facts, key columns


class Survey:
    """Counts of keys (first pass), then the keys that are asked for (second pass); bounds for `may_be_true`."""

    def __init__(self, program: Program, demand: Demand, levels: Sequence[Windows], *, seed: int = 0) -> None:
        self._demand, self._levels, self._seed = demand, levels, seed
        counted = dict.fromkeys(
            (spec.source, spec.keys)
            for asker in demand.askers
            if asker.condition is not None
            for window in present_windows(asker.condition)
            if window.what in ("count", "distinct")
            for spec in lower(window).specs
        )
        computed = {name for level in program.levels for name in _computed_columns(level.selected)}
        self._counts = {keys: KeyCounts(seed=seed) for keys in counted if not computed & set(keys[1])}
        self._computed = computed | {name for level in program.levels for name in _computed_columns(level.present)}
        self._sources = sorted({source for windows in levels for source, _ in windows.family_keys()})
        self._facts: dict[int, int] = {}  # how many facts of each kind were counted
        self._asked: dict[tuple[int, int], KeySet | None] = {}  # level, family -> its keys; None: all

    def count(self, stretch: Stretch) -> None:
        """Count the facts and keys of a stretch."""
        for source in self._sources:
            self._facts[source] = self._facts.get(source, 0) + int(np.count_nonzero(stretch.facts.kinds == source))
        for (source, names), counts in self._counts.items():
            rows = stretch.fact_positions(source)
            if rows.size and all(name in stretch.columns for name in names):
                counts.add(_columns(stretch.columns, names, rows))

    def upper(self, spec: WindowSpec, at: Evaluator) -> Numbers | None:
        """Return for each row how often the key occurs that a window is asked for; None if keys were not counted."""
        counts = self._counts.get((spec.source, spec.keys))
        if counts is None or any(name not in at.columns for name in spec.asking):
            return None
        counted = spec.source, spec.keys, spec.asking
        if counted not in at.bounds:
            at.bounds[counted] = counts.read(_columns(at.columns, spec.asking, at.rows))
        return at.bounds[counted]

    def ask(self, stretch: Stretch) -> dict[Asker, Rows]:
        """Add the keys that are asked for in a stretch once all keys are counted; return where each asker asks."""
        rows = self._demand.rows(stretch, self)
        done = set[tuple[int, int, tuple[str, ...], int]]()
        for asker, positions in rows.items():
            for level in range(len(self._levels)):
                for spec, number in self._demand.families_by_spec(level, asker):
                    part = level, number, spec.asking, id(positions)
                    if positions.size and part not in done:
                        done.add(part)
                        self._ask(level, number, spec, stretch.columns, positions)
        return rows

    def _ask(
        self, level: int, number: int, spec: WindowSpec, columns: Mapping[str, NDArray[np.int64]], rows: Rows
    ) -> None:
        if self._computed & {*spec.asking, *spec.keys}:
            self._asked[level, number] = None
        elif all(name in columns for name in spec.asking):
            if (level, number) not in self._asked:
                self._asked[level, number] = KeySet(self._facts.get(spec.source, 0), seed=self._seed)
            if (keys := self._asked[level, number]) is not None:
                keys.add(_columns(columns, spec.asking, rows))

    def needs(self, stretch: Stretch, rows: Mapping[Asker, Rows]) -> StretchNeeds:
        """Return where the windows of a stretch are needed, and which facts they have to keep."""
        roles = []
        for level, windows in enumerate(self._levels):
            selected: dict[int, Rows] = {}
            for number, (source, names) in enumerate(windows.family_keys()):
                keys = self._asked.get((level, number), _NO_KEYS)
                if keys is not None:
                    positions = stretch.fact_positions(source) if keys is not _NO_KEYS else _NO_ROWS
                    if positions.size and all(name in stretch.columns for name in names):
                        positions = positions[keys.contains(_columns(stretch.columns, names, positions))]
                    else:
                        positions = _NO_ROWS
                    selected[number] = positions
            roles.append(self._demand.roles(level, len(stretch.facts), rows, selected))
        return StretchNeeds(rows, roles)

    def save(self) -> bytes:
        """Return the counts of the first pass as bytes."""
        counts = [(counts.slots.tobytes(), counts.counted) for counts in self._counts.values()]
        return msgspec.msgpack.encode((self._facts, counts))

    def restore(self, data: bytes) -> None:
        """Restore the counts of a survey of the same rules."""
        self._facts, saved = msgspec.msgpack.decode(data, type=tuple[dict[int, int], list[tuple[bytes, int]]])
        for keys, (slots, counted) in zip(list(self._counts), saved, strict=True):
            self._counts[keys] = KeyCounts(seed=self._seed, slots=slots, counted=counted)


_NO_KEYS = KeySet()
_NO_ROWS: Rows = np.zeros(0, np.intp)


def _columns(columns: Mapping[str, NDArray[np.int64]], names: Sequence[str], rows: Rows) -> NDArray[np.int64]:
    return np.stack([columns[name][rows] for name in names])


def _computed_columns(nodes_by_fact: Mapping[Any, Mapping[str, Expression]]) -> set[str]:
    return {name for nodes in nodes_by_fact.values() for name in nodes}
