"""Operator's tables of ported numbers and allocated ranges, by time."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.lazy_module import lazy_module
from fanzha.kinds.numbering.allocation import apply_allocation, apply_allocation_many, operator_code
from fanzha.kinds.numbering.facts import NumberFacts
from fanzha.kinds.numbering.periods import Periods, number_keys, periods_of

pc = lazy_module("pyarrow.compute")  # untyped: the type stubs lose track in nested calls

#: Times are UTC milliseconds, `valid_from` inclusive and `valid_until` exclusive; null is unlimited.
_PORTABILITY_COLUMNS: dict[str, pa.DataType] = {
    "number": pa.string(),  # canonical, as `normalise` writes it
    "operator": pa.string(),
    "valid_from": pa.int64(),
    "valid_until": pa.int64(),
}
PORTABILITY_SCHEMA: pa.Schema = pa.schema(_PORTABILITY_COLUMNS)
_ALLOCATION_COLUMNS: dict[str, pa.DataType] = {
    "prefix": pa.string(),  # first digits of the national number, without a trunk zero
    "operator": pa.string(),
    "number_class": pa.string(),  # null: mobile
    "province": pa.string(),
    "city": pa.string(),
    "valid_from": pa.int64(),
    "valid_until": pa.int64(),
}
ALLOCATION_SCHEMA: pa.Schema = pa.schema(_ALLOCATION_COLUMNS)

_PORTED, _ALLOCATED, _BY_PLAN = "portability", "allocation", "plan"


class Carrier(NamedTuple):
    """Carrier of a number at a moment, and the table that names it."""

    operator: str
    source: str  # portability, allocation, or plan (the number may have been ported)


class Portability:
    """Table of ported numbers."""

    def __init__(self, table: pa.Table) -> None:
        """Take a table of PORTABILITY_SCHEMA."""
        self._operators = [operator_code(name or "") for name in table["operator"].to_pylist()]
        self._periods = periods_of(number_keys(table["number"]), table, "valid_from", "valid_until")

    def rows(self, numbers: "pa.Array[Any] | pa.ChunkedArray[Any]", moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of the entry that is valid for each canonical number at its moment, or -1."""
        return self._periods.at(number_keys(numbers), moments)

    def operator(self, row: int) -> str:
        """Return the operator of an entry."""
        return self._operators[row]


class Allocation:
    """Table of allocated ranges; the longest prefix that is valid at the moment applies."""

    def __init__(self, table: pa.Table) -> None:
        """Take a table of ALLOCATION_SCHEMA."""
        self._table = table
        self._entries: list[dict[str, Any]] = table.to_pylist()
        self._by_length: dict[int, tuple[NDArray[np.int64], Periods]] = {}
        lengths = pc.utf8_length(table["prefix"])
        for length in sorted(pc.unique(lengths).to_pylist(), reverse=True):
            where = np.flatnonzero(pc.equal(lengths, length).to_numpy())
            part = table.take(where)
            keys = part["prefix"].cast(pa.int64()).to_numpy()
            self._by_length[length] = (where, periods_of(keys, part, "valid_from", "valid_until"))

    def rows(self, numbers: "pa.Array[Any] | pa.ChunkedArray[Any]", moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of the entry that is valid for each canonical number at its moment, or -1."""
        texts = numbers.combine_chunks() if isinstance(numbers, pa.ChunkedArray) else numbers
        home = pc.fill_null(pc.match_substring_regex(texts, r"^\+86[0-9]{3,18}$"), False)
        national = pc.if_else(home, pc.utf8_slice_codeunits(texts, 3), "0")
        found = np.full(len(texts), -1, np.int64)
        for length, (where, periods) in self._by_length.items():
            long_enough = pc.greater_equal(pc.utf8_length(national), length).to_numpy(zero_copy_only=False)
            keys = pc.utf8_slice_codeunits(national, 0, length).cast(pa.int64()).to_numpy(zero_copy_only=False)
            row = periods.at(keys, moments)
            open_ = (found < 0) & (row >= 0) & long_enough & home.to_numpy(zero_copy_only=False)
            found[open_] = where[row[open_]]
        return found

    def entries_at(self, numbers: "pa.Array[Any] | pa.ChunkedArray[Any]", moments: NDArray[np.int64]) -> "pa.Table":
        """Return the entry that is valid for each canonical number at its moment; nulls if there is none."""
        row = self.rows(numbers, moments)
        where: Any = pa.array(row, mask=row < 0)
        return self._table.take(where)

    def entry(self, row: int) -> dict[str, Any]:
        """Return an entry with the columns of ALLOCATION_SCHEMA."""
        return self._entries[row]


class NumberingTables(NamedTuple):
    """The tables that an operator has loaded; both are optional."""

    portability: Portability | None = None
    allocation: Allocation | None = None

    def carrier(self, facts: NumberFacts, at: int) -> Carrier:
        """Return the carrier of a number at a moment (UTC ms): by portability, else by allocation, else by the plan."""
        if self.portability and (row := _row(self.portability, facts, at)) >= 0:
            return Carrier(self.portability.operator(row), _PORTED)
        if self.allocation and (row := _row(self.allocation, facts, at)) >= 0:
            return Carrier(operator_code(self.allocation.entry(row)["operator"] or ""), _ALLOCATED)
        return Carrier(facts.operator.value, _BY_PLAN)

    def allocated(self, facts: NumberFacts, at: int) -> NumberFacts:
        """Return the facts with the allocation at a moment (UTC ms) applied; unchanged if there is no entry.

        An allocated range is valid even if the shipped plan does not have it.
        """
        if not self.allocation or not facts.canonical:
            return facts
        row = _row(self.allocation, facts, at)
        return facts if row < 0 else apply_allocation(facts, self.allocation.entry(row))

    def allocated_many(self, numbers: pa.Table, moments: NDArray[np.int64]) -> pa.Table:
        """Apply `allocated` to rows of `classify_many`, each at its own moment (UTC ms)."""
        if not self.allocation:
            return numbers
        return apply_allocation_many(numbers, self.allocation.entries_at(numbers["canonical"], moments))

    def carriers(self, numbers: "pa.Table", moments: NDArray[np.int64]) -> pa.RecordBatch:
        """Return operator and source for each row of `classify_many`, each at its own moment (UTC ms)."""
        canonical = numbers["canonical"]
        operator = numbers["operator"].cast(pa.string()).to_numpy(zero_copy_only=False).astype(object)
        source = np.full(numbers.num_rows, _BY_PLAN, object)
        if self.allocation:
            row = self.allocation.rows(canonical, moments)
            is_listed = row >= 0
            operator[is_listed] = [operator_code(self.allocation.entry(r)["operator"] or "") for r in row[is_listed]]
            source[is_listed] = _ALLOCATED
        if self.portability:
            row = self.portability.rows(canonical, moments)
            is_listed = row >= 0
            operator[is_listed] = [self.portability.operator(r) for r in row[is_listed]]
            source[is_listed] = _PORTED
        return pa.record_batch({"operator": pa.array(operator, pa.string()), "source": pa.array(source, pa.string())})


def _row(table: Portability | Allocation, facts: NumberFacts, at: int) -> int:
    return int(table.rows(pa.array([facts.canonical], pa.string()), np.array([at], np.int64))[0])
