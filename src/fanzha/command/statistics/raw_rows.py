"""Export raw rows to Parquet files, and let DuckDB compute figures from them by the SQL of their definitions.

The SQL is written by hand and shares no code with the figures: where both agree, neither the filters of the site nor
its counting is wrong alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.command.statistics.definitions import FigureDefinition, FigureMeasure
from fanzha.command.statistics.figures import (
    Figure,
    build_scope,
    compute_figure,
    counted_organizations,
    last_month_of,
    months_of,
)
from fanzha.command.statistics.models import OutsideValue
from fanzha.command.statistics.row_tables import (
    DISPOSAL_COLUMNS,
    TABLES,
    TIMER_COLUMNS,
    select_false_disposals,
    select_timers,
)
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.organizations.models import Organization
    from fanzha.command.statistics.periods import Period

_UNSCOPED = unscoped("outside numbers of all organisations are exported for a check by the operator")
_CHUNK = 20_000
_OUTSIDE_COLUMNS = {"organization": "owner__ref", "name": "name", "month": "month", "value": "value"}
_TYPES: Mapping[str, pa.DataType] = {
    "simulated": pa.bool_(), "upheld": pa.bool_(), "number": pa.int64(), "place": pa.int64(), "id": pa.int64(),
    "value": pa.int64(), "sample_size": pa.float64(),
}  # fmt: skip
_TOLERANCE = 1e-9


class FigureComparison(NamedTuple):
    """A figure as the site computes it and as DuckDB does; `ours` and `theirs` are its two numbers."""

    name: str
    ours: tuple[float | None, float | None]
    theirs: tuple[float | None, float | None]

    @property
    def is_equal(self) -> bool:
        """Return whether both agree."""
        return all(_are_equal(*pair) for pair in zip(self.ours, self.theirs, strict=True))


def write_raw_rows(folder: Path) -> dict[str, int]:
    """Write every raw table to a Parquet file in a folder; return the rows by table."""
    folder.mkdir(parents=True, exist_ok=True)
    sources: dict[str, tuple[QuerySet[Any], Mapping[str, str]]] = {
        table.name: (table.rows(), table.columns) for table in TABLES.values()
    }
    sources["timers"] = (select_timers(), TIMER_COLUMNS)
    sources["false_disposals"] = (select_false_disposals(), DISPOSAL_COLUMNS)
    sources["outside_numbers"] = (_UNSCOPED.rows(OutsideValue), _OUTSIDE_COLUMNS)
    return {name: _write(folder / f"{name}.parquet", rows, columns) for name, (rows, columns) in sources.items()}


def open_raw_rows(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection with a view for each Parquet file of a folder."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    for path in sorted(folder.glob("*.parquet")):
        name = str(path).replace("'", "''")
        connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{name}')")
    return connection


def recompute_figure(
    connection: duckdb.DuckDBPyConnection,
    definition: FigureDefinition,
    organizations: Sequence[Organization],
    period: Period,
) -> tuple[float | None, float | None]:
    """Return the two numbers of a figure that its SQL yields: numerator and denominator, or value and n."""
    counted = counted_organizations(definition, organizations)
    scope = build_scope(counted, period)
    _fill(connection, "organizations", [organization.ref for organization in counted])
    _fill(connection, "months", months_of(period))
    known = {
        "simulated": scope.is_simulated,
        "since": _naive(scope.since),
        "until": _naive(scope.until),
        "last_month": last_month_of(period),
    }
    found = connection.execute(
        definition.sql, {name: value for name, value in known.items() if f"${name}" in definition.sql}
    ).fetchone()
    assert found is not None
    first, second = found
    return None if first is None else float(first), None if second is None else float(second)


def compare_figures(
    folder: Path, definitions: Iterable[FigureDefinition], organizations: Sequence[Organization], period: Period
) -> Iterator[FigureComparison]:
    """Compute figures by the site and by DuckDB from the files of a folder, and yield both."""
    with open_raw_rows(folder) as connection:
        for definition in definitions:
            figure = compute_figure(definition, organizations, period)
            theirs = recompute_figure(connection, definition, organizations, period)
            yield FigureComparison(definition.name, own_numbers(figure), theirs)


def own_numbers(figure: Figure) -> tuple[float | None, float | None]:
    """Return the two numbers of a figure that are compared: numerator and denominator, or value and n."""
    if figure.definition.measure is FigureMeasure.QUANTILE:
        return figure.value, float(figure.n)
    if figure.definition.denominator is None:
        return figure.numerator, float(figure.n)
    return figure.numerator, figure.denominator


def _fill(connection: duckdb.DuckDBPyConnection, table: str, values: Sequence[str]) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} (value VARCHAR)")
    if values:
        connection.executemany(f"INSERT INTO {table} VALUES (?)", [(value,) for value in values])


def _write(path: Path, rows: QuerySet[Any], columns: Mapping[str, str]) -> int:
    schema = pa.schema([(name, _type_of(name)) for name in columns])
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        for chunk in _chunks(rows.order_by("pk").values_list(*columns.values())):
            cells = [
                pa.array([_cell(value) for value in column], schema.field(number).type)
                for number, column in enumerate(zip(*chunk, strict=True))
            ]
            writer.write_table(pa.Table.from_arrays(cells, schema=schema))
            count += len(chunk)
    return count


def _chunks(rows: QuerySet[Any]) -> Iterator[list[tuple[Any, ...]]]:
    chunk: list[tuple[Any, ...]] = []
    for row in rows.iterator(chunk_size=_CHUNK):
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _type_of(name: str) -> pa.DataType:
    return pa.timestamp("us") if name == "at" or name.endswith("_at") else _TYPES.get(name, pa.string())


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return _naive(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _are_equal(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return math.isclose(ours, theirs, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
