"""Most frequent values and their counts, from the log of a family; the kernel itself only counts the facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanzha.windows._families.family import WindowFamily
from fanzha.windows._families.log_entries import first_moment, read_history
from fanzha.windows._families.plan import Slot
from fanzha.windows._families.sliding_mode import find_modes
from fanzha.windows._kernel import layout as at
from fanzha.windows.facts import UNKNOWN, FactBatch
from fanzha.windows.spec import MODES, Aggregate, WindowSpec

Numbers = NDArray[np.int64]

#: Log entries for each asked key from which the keys are looked up one by one instead of scanning the log.
SCANNED_PER_KEY = 64


@dataclass(frozen=True)
class _Questions:
    """The m facts that ask a window, by the number of their key and in order."""

    rows: NDArray[np.intp]
    groups: Numbers
    positions: Numbers
    starts: Numbers  # the first moment in the window of each


@dataclass(frozen=True)
class _KeyEntries:
    """The n entries of the asked keys that a window may hold, by the number of their key and in order."""

    groups: Numbers
    entries: Numbers  # [n, entry width]


def most_frequent_values(family: WindowFamily, facts: FactBatch, values: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Return the windows of a family that are most frequent values or their counts, by name, for n facts just fed.

    `values` holds for each the number of facts in it, UNKNOWN where it is not asked or its key is unknown.
    """
    alike: dict[tuple[object, ...], list[WindowSpec]] = {}
    for output in family.plan.outputs:
        spec = output.spec
        if spec.what in MODES:
            alike.setdefault((spec.gate, spec.value, spec.span, spec.before, spec.asking), []).append(spec)
    found: dict[str, Numbers] = {}
    for specs in alike.values():
        found.update(_compute(family, specs, facts, values))
    return found


def _compute(
    family: WindowFamily, specs: list[WindowSpec], facts: FactBatch, values: Mapping[str, Numbers]
) -> Iterable[tuple[str, Numbers]]:
    """Return name and values of windows over the same facts: the value, another column of its fact, or its count."""
    results = [np.full(len(facts), UNKNOWN, np.int64) for _ in specs]
    rows = np.flatnonzero(np.any([values[spec.name] > 0 for spec in specs], axis=0))
    if rows.size:
        questions, held = _read(family, specs[0], facts, rows)
        begins, ends = _find_windows(questions, held, specs[0].before)
        index, counts = find_modes(_column(family, specs[0].gate, specs[0].value, held.entries), begins, ends)
        for spec, result in zip(specs, results, strict=True):
            answered = (index >= 0) & (values[spec.name][questions.rows] > 0)
            if spec.what == Aggregate.MODE_COUNT:
                result[questions.rows[answered]] = counts[answered]
            else:
                column = _column(family, spec.gate, spec.result or spec.value, held.entries)
                result[questions.rows[answered]] = column[index[answered]]
    return zip((spec.name for spec in specs), results, strict=True)


def _column(family: WindowFamily, gate: str, value: str, entries: Numbers) -> Numbers:
    """Return the values that entries hold of a column."""
    column: Numbers = entries[:, at.VALUES + family.plan.slots.index(Slot(gate, value))]
    return column


def _read(
    family: WindowFamily, spec: WindowSpec, facts: FactBatch, rows: NDArray[np.intp]
) -> tuple[_Questions, _KeyEntries]:
    """Return the facts at these rows as questions, and the entries of the keys that they ask for."""
    keys = np.stack([facts.columns[name][rows] for name in spec.asking])
    groups = _number(keys)
    starts = first_moment(spec, facts.moments[rows])
    _, first_of_group = np.unique(groups, return_index=True)
    read = _look_up if len(first_of_group) * SCANNED_PER_KEY < family.entry_count else _scan
    held = read(family, keys[:, first_of_group], int(starts.min()))
    entries = held.entries
    is_held = (entries[:, at.FLAGS] >> (at.MASK_BIT + family.plan.gates.index(spec.gate))) & 1 == 1
    is_held &= _column(family, spec.gate, spec.value, entries) != UNKNOWN
    order = np.argsort(groups, kind="stable")
    questions = _Questions(rows[order], groups[order], facts.first + rows[order], starts[order])
    return questions, _KeyEntries(held.groups[is_held], entries[is_held])


def _look_up(family: WindowFamily, keys: Numbers, start: int) -> _KeyEntries:
    """Return the entries of keys [parts, keys] from a moment on, one key after the other."""
    found = [np.zeros((0, family.entry_width), np.int64)]
    for key in keys.T:
        found.append(read_history(family, tuple(key.tolist()), start - 1))
    groups = np.repeat(np.arange(-1, len(found) - 1), [len(entries) for entries in found])
    return _KeyEntries(groups, np.concatenate(found))


def _scan(family: WindowFamily, keys: Numbers, start: int) -> _KeyEntries:
    """Return the entries of keys [parts, keys] from a moment on, out of the whole log."""
    entries = family.entries()
    entries = entries[(entries[:, at.MOMENT] >= start) & (entries[:, at.FLAGS] & at.FORGOTTEN == 0)]
    rows, row_of_entry = np.unique(entries[:, at.LINK] >> 32, return_inverse=True)
    keys_of_rows = family.rows.reshape(-1, family.row_width)[rows, : len(keys)].T
    numbers = _number(np.concatenate((keys, keys_of_rows), axis=1))
    group_of_number = np.full(int(numbers.max()) + 1, -1)
    group_of_number[numbers[: keys.shape[1]]] = np.arange(keys.shape[1])
    groups = group_of_number[numbers[keys.shape[1] :]][row_of_entry]
    order = np.argsort(groups, kind="stable")
    order = order[groups[order] >= 0]
    return _KeyEntries(groups[order], entries[order])


def _number(keys: Numbers) -> Numbers:
    """Return for each of n keys [parts, n] a number from 0 on, in the order of the keys."""
    numbers: Numbers = np.unique(keys[0], return_inverse=True)[1].reshape(-1)
    for part in keys[1:]:
        codes = np.unique(part, return_inverse=True)[1].reshape(-1)
        numbers = np.unique(numbers * (int(codes.max()) + 1) + codes, return_inverse=True)[1].reshape(-1)
    return numbers


def _find_windows(questions: _Questions, held: _KeyEntries, before: bool) -> tuple[Numbers, Numbers]:
    """Return for each question the index of the first entry of its window, and of the first after it."""
    places, moments = held.entries[:, at.PLACE], held.entries[:, at.MOMENT]
    begins = _search(held.groups, moments, questions.groups, questions.starts)
    return begins, _search(held.groups, places, questions.groups, questions.positions + (0 if before else 1))


def _search(groups: Numbers, numbers: Numbers, asked_groups: Numbers, limits: Numbers) -> Numbers:
    """Return for each limit the index of the first number of its group that is not below; both are sorted by group."""
    least = int(min(numbers.min(initial=limits[0]), limits.min()))
    width = int(max(numbers.max(initial=limits[0]), limits.max())) - least + 1
    return np.searchsorted(groups * width + (numbers - least), asked_groups * width + (limits - least))
