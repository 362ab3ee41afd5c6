"""The operator's allocated ranges as screens need them: what holds now, and what will."""

from pathlib import Path

from fanzha.claims.snapshot import AllocatedRange
from fanzha.kinds.numbering.allocation import operator_code
from fanzha.store.numbering_tables import allocation_rows


def allocated_ranges(at: int, folder: Path | None = None) -> list[AllocatedRange]:
    """Return the ranges of `tables/allocation` that have not ended at a moment (UTC ms); [] where there is no table."""
    table = allocation_rows(folder)
    rows = table.to_pylist() if table is not None else ()
    return [
        AllocatedRange(
            row["prefix"],
            operator_code(row["operator"] or ""),
            row["number_class"] or "",
            row["province"] or "",
            row["city"] or "",
            row["valid_from"],
            row["valid_until"],
        )
        for row in rows
        if row["valid_until"] is None or row["valid_until"] > at
    ]
