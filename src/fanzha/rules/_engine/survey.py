"""What a first pass over all facts learns, so that windows keep only the keys that some rule may ask for.

How often each key occurs bounds its counts: a rule that wants fifteen calls of a caller cannot fire for one that made
three. The keys that are asked for where a rule may still fire are all that the windows have to keep. A computed column
that windows select by is needed only at the facts that these windows keep, so it asks after those who read it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine.demand import Asker, Rows, StretchNeeds, WindowDemand
from fanzha.rules._engine.evaluate import Evaluator, Numbers
from fanzha.rules._engine.possible import may_be_true
from fanzha.rules._engine.program import Program, present_windows
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules.tree import Expression
from fanzha.rules.window_specs import lower
from fanzha.windows import WindowSpec
from fanzha.windows.key_filters import KeyCounts, KeySet
from fanzha.windows.windows import Windows

Keys = tuple[int, tuple[str, ...]]  # kind code of the selected facts, key columns
PackedRows = dict[Asker, NDArray[np.uint8]]  # a bit for each fact of the asker's point


class Survey:
    """Counts of keys (first pass), then the keys that are asked for; bounds for `may_be_true`."""

    def __init__(self, program: Program, demand: WindowDemand, levels: Sequence[Windows], *, seed: int = 0) -> None:
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
        self._asked: dict[tuple[int, int], KeySet | None] = {}  # level, family -> its keys; None: all
        self._readers = demand.readers_of_columns(program, levels)

    def count(self, stretch: Stretch) -> None:
        """Count the keys of a stretch."""
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

    def ask(self, stretches: Callable[[], Iterator[Stretch]]) -> list[PackedRows]:
        """Add the keys that are asked for once all keys are counted; return where each asker asks in each stretch.

        Each level of columns is a pass over all stretches. The counts are freed.
        """
        of_columns = set(self._readers)
        found = [
            self._ask_all(stretch, self._demand.rows(stretch, self, set(self._demand.askers) - of_columns))
            for stretch in stretches()
        ]
        for level in range(len(self._levels) - 1, 0, -1):
            askers = [asker for asker in self._readers if min(self._readers[asker])[0] == level]
            if askers:
                for nth, stretch in enumerate(stretches()):
                    found[nth].update(self._ask_all(stretch, {asker: self._rows(stretch, asker) for asker in askers}))
        self._counts.clear()
        return found

    def _rows(self, stretch: Stretch, asker: Asker) -> Rows:
        """Return where a computed column is needed: at the facts kept by windows that read it."""
        rows = stretch.fact_positions(self._demand.point_code(asker.point))
        if not rows.size:
            return rows
        needed = np.zeros(len(rows), np.bool_)
        for level, number in self._readers[asker]:
            needed |= self._keeps(level, number, stretch, rows)
        rows = rows[needed]
        if asker.condition is None or not rows.size:
            return rows
        return rows[may_be_true(asker.condition, Evaluator(asker.point.fact, stretch.columns, {}, rows), self)]

    def _keeps(self, level: int, number: int, stretch: Stretch, rows: Rows) -> NDArray[np.bool_]:
        """Return which of these facts, of the kind that a family selects, it has to keep."""
        keys = self._asked.get((level, number), _NO_KEYS)
        if keys is None:
            return np.ones(len(rows), np.bool_)
        _, names = self._levels[level].family_keys()[number]
        if keys is _NO_KEYS or any(name not in stretch.columns for name in names):
            return np.zeros(len(rows), np.bool_)
        return keys.contains(_columns(stretch.columns, names, rows))

    def _ask_all(self, stretch: Stretch, rows: Mapping[Asker, Rows]) -> PackedRows:
        """Add the keys that are asked for at these rows; return the rows packed."""
        done = set[tuple[int, int, tuple[str, ...], int]]()
        for asker, positions in rows.items():
            for level in range(len(self._levels)):
                for spec, number in self._demand.families_by_spec(level, asker):
                    part = level, number, spec.asking, id(positions)
                    if positions.size and part not in done:
                        done.add(part)
                        self._ask(level, number, spec, stretch.columns, positions)
        return self._pack(stretch, rows)

    def _ask(
        self, level: int, number: int, spec: WindowSpec, columns: Mapping[str, NDArray[np.int64]], rows: Rows
    ) -> None:
        if self._computed & {*spec.asking, *spec.keys}:
            self._asked[level, number] = None
        elif all(name in columns for name in spec.asking):
            if (level, number) not in self._asked:
                self._asked[level, number] = KeySet(seed=self._seed)
            if (keys := self._asked[level, number]) is not None:
                keys.add(_columns(columns, spec.asking, rows))

    def needs(self, stretch: Stretch, packed: PackedRows) -> StretchNeeds:
        """Return where the windows of a stretch are needed, and which facts they have to keep."""
        rows = {asker: self._unpack(stretch, asker, packed.get(asker)) for asker in self._demand.askers}
        roles = []
        for level, windows in enumerate(self._levels):
            selected: dict[int, Rows] = {}
            for number, (source, _) in enumerate(windows.family_keys()):
                positions = stretch.fact_positions(source)
                if self._asked.get((level, number), _NO_KEYS) is not None and positions.size:
                    positions = positions[self._keeps(level, number, stretch, positions)]
                selected[number] = positions
            roles.append(self._demand.roles(level, len(stretch.facts), rows, selected))
        return StretchNeeds(rows, roles)

    def _pack(self, stretch: Stretch, rows: Mapping[Asker, Rows]) -> PackedRows:
        packed: PackedRows = {}
        for asker, positions in rows.items():
            if positions.size:
                is_asked = np.zeros(len(stretch.facts), np.bool_)
                is_asked[positions] = True
                packed[asker] = np.packbits(is_asked[stretch.fact_positions(self._demand.point_code(asker.point))])
        return packed

    def _unpack(self, stretch: Stretch, asker: Asker, bits: NDArray[np.uint8] | None) -> Rows:
        if bits is None:
            return _NO_ROWS
        positions = stretch.fact_positions(self._demand.point_code(asker.point))
        return positions[np.unpackbits(bits, count=len(positions)).view(np.bool_)]

    def save(self) -> bytes:
        """Return the counts of the first pass as bytes."""
        counts = [(counts.slots.tobytes(), counts.counted) for counts in self._counts.values()]
        return msgspec.msgpack.encode(counts)

    def restore(self, data: bytes) -> None:
        """Restore the counts of a survey of the same rules."""
        saved = msgspec.msgpack.decode(data, type=list[tuple[bytes, int]])
        for keys, (slots, counted) in zip(list(self._counts), saved, strict=True):
            self._counts[keys] = KeyCounts(seed=self._seed, slots=slots, counted=counted)


_NO_KEYS = KeySet()
_NO_ROWS: Rows = np.zeros(0, np.intp)


def _columns(columns: Mapping[str, NDArray[np.int64]], names: Sequence[str], rows: Rows) -> NDArray[np.int64]:
    return np.stack([columns[name][rows] for name in names])


def _computed_columns(nodes_by_fact: Mapping[Any, Mapping[str, Expression]]) -> set[str]:
    return {name for nodes in nodes_by_fact.values() for name in nodes}
