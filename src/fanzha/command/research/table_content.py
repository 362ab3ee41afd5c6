"""Build the sums of a table, withhold small cells, and write the rest as JSON, CSV and packed membership."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fanzha.command.research.small_cells import (
    LEAST_OPERATORS,
    AuditTarget,
    PublishedSums,
    are_own,
    list_margins,
    margin_sums,
    operator_targets,
    withhold,
)
from fanzha.command.research.table_dimensions import CLEARED, CONFIRMED, OUTCOMES, SubjectRecords
from fanzha.command.research.table_services import COUNT, RATE

if TYPE_CHECKING:
    from fanzha.command.research.small_cells import Bools, Integers

_ALL = "*"


class TableEntry(NamedTuple):
    """A line of a table: the value of each dimension, "*" for all, and the sums that it shows."""

    key: dict[str, str]
    sums: tuple[int, ...]


class TableLayout(NamedTuple):
    """The atoms of a table by dimension, its sums over them, and its lines."""

    names: tuple[str, ...]
    shape: tuple[int, ...]
    sums: list[Integers]
    entries: list[TableEntry]


class ComputedTable(NamedTuple):
    """A table with small cells withheld, and what later tables are compared with."""

    content: dict[str, Any]
    published: PublishedSums


def build_layout(labels: Mapping[str, Sequence[str]], measure: str) -> TableLayout:
    """Return the layout of a table by these dimensions with their values.

    A count is one sum a line. A rate needs two, the decided and the confirmed; its atoms differ by outcome.
    """
    names = tuple(labels)
    shape = tuple(len(values) for values in labels.values())
    kept = [tuple(range(len(names))), *list_margins(len(names))]
    sums: list[Integers] = []
    entries = []
    whole = shape if measure == COUNT else (*shape, len(OUTCOMES))
    for margin in kept:
        parts = margin_sums(whole, margin if measure == COUNT else (*margin, len(shape)))
        keys = product(*(list(labels.values())[place] for place in margin))
        for number, key in enumerate(keys):
            chosen = dict(zip((names[place] for place in margin), key, strict=True))
            line = {name: chosen.get(name, _ALL) for name in names}
            entries.append(TableEntry(line, tuple(range(len(sums), len(sums) + (1 if measure == COUNT else 2)))))
            if measure == COUNT:
                sums.append(parts[number])
            else:
                by_outcome = parts[number * len(OUTCOMES) : (number + 1) * len(OUTCOMES)]
                confirmed, cleared = (by_outcome[OUTCOMES.index(name)] for name in (CONFIRMED, CLEARED))
                sums += [np.concatenate([confirmed, cleared]), confirmed]
    return TableLayout(names, whole, sums, entries)


def number_atoms(records: SubjectRecords, layout: TableLayout, measure: str) -> Integers:
    """Return the atom of each subject."""
    places = [records.values[name] for name in layout.names]
    places += [records.outcomes] if measure == RATE else []
    if not places:
        return np.zeros(len(records.subjects), np.int64)
    return np.ravel_multi_index(places, layout.shape).astype(np.int64)


def compute_table(
    records: SubjectRecords, measure: str, least: int, owner: int, deadline: float = np.inf
) -> ComputedTable:
    """Return a table of records for its owner: sums below `least` are withheld, and what would give them away.

    Raise AuditTimeout at the deadline (`time.monotonic`).
    """
    layout = build_layout(records.labels, measure)
    atoms = number_atoms(records, layout, measure)
    counts = np.bincount(atoms, minlength=int(np.prod(layout.shape, dtype=np.int64))).astype(np.int64)
    blocked = _find_blocked(layout, atoms, counts, records.operators, least, owner)
    targets = [AuditTarget(np.array([atom]), least, False) for atom in np.flatnonzero(counts < least)]
    targets += operator_targets(atoms, records.operators, counts, least, owner)
    published = withhold(counts, layout.sums, targets, blocked, _find_totals(layout), deadline)
    shown = [entry for entry in layout.entries if all(published[place] for place in entry.sums)]
    lines = [_line(entry, layout, counts, measure) for entry in shown]
    sums = [layout.sums[place] for entry in shown for place in entry.sums]
    named = np.unique(np.concatenate(sums)) if sums else np.empty(0, np.int64)
    inside = np.isin(atoms, named)
    content = {"dimensions": list(layout.names), "measure": measure, "least_cell": least, "lines": lines}
    content["lines_withheld"] = len(layout.entries) > len(shown)
    return ComputedTable(content, PublishedSums(records.subjects[inside], atoms[inside], sums))


def _find_blocked(
    layout: TableLayout, atoms: Integers, counts: Integers, operators: Integers, least: int, owner: int
) -> Bools:
    """Return which sums are small, or have too few operators if others than the owner report."""
    totals = np.array([counts[part].sum() for part in layout.sums])
    blocked = totals < least
    reporting = np.unique(operators)
    if not are_own(operators, owner):
        cells = np.zeros((len(reporting), len(counts)), np.bool_)
        cells[np.searchsorted(reporting, operators), atoms] = True
        blocked |= np.array([cells[:, part].any(axis=1).sum() < LEAST_OPERATORS for part in layout.sums])
    return blocked


def _find_totals(layout: TableLayout) -> Bools:
    """Return which sums are of a line over all values of a dimension."""
    totals = np.zeros(len(layout.sums), np.bool_)
    for entry in layout.entries:
        totals[list(entry.sums)] = _ALL in entry.key.values()
    return totals


def _line(entry: TableEntry, layout: TableLayout, counts: Integers, measure: str) -> dict[str, Any]:
    totals = [int(counts[layout.sums[place]].sum()) for place in entry.sums]
    if measure == COUNT:
        return entry.key | {COUNT: totals[0]}
    decided, confirmed = totals
    return entry.key | {"decided": decided, CONFIRMED: confirmed, RATE: round(confirmed / decided, 2)}


def write_csv(content: Mapping[str, Any], notes: Sequence[str]) -> bytes:
    """Return a table as CSV with a byte order mark; notes stand above it as comments."""
    sink = io.StringIO(newline="")
    sink.write("\ufeff")
    writer = csv.writer(sink)
    for note in notes:
        writer.writerow([f"# {note}"])
    measures = [COUNT] if content["measure"] == COUNT else ["decided", CONFIRMED, RATE]
    head = [*content["dimensions"], *measures]
    writer.writerow(head)
    writer.writerows([[line[name] for name in head] for line in content["lines"]])
    return sink.getvalue().encode()


def pack_sums(published: PublishedSums) -> bytes:
    """Return packed bytes of what a table publishes."""
    sink = io.BytesIO()
    sizes = np.array([len(part) for part in published.sums], np.int64)
    parts = np.concatenate(published.sums) if published.sums else np.empty(0, np.int64)
    np.savez(sink, subjects=published.subjects, atoms=published.atoms, sizes=sizes, parts=parts)
    return zlib.compress(sink.getvalue(), 6)


def unpack_sums(packed: bytes | memoryview) -> PublishedSums:
    """Return what `pack_sums` packed."""
    with np.load(io.BytesIO(zlib.decompress(bytes(packed)))) as arrays:
        parts = np.split(arrays["parts"], np.cumsum(arrays["sizes"])[:-1]) if len(arrays["sizes"]) else []
        return PublishedSums(arrays["subjects"], arrays["atoms"], list(parts))


def iter_lines(content: Mapping[str, Any]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Yield the dimension values and the whole of each line of a table."""
    for line in content.get("lines", ()):
        yield [line[name] for name in content["dimensions"]], line
