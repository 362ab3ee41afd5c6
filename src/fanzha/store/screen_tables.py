"""The operator's numbering tables as screens need them: who carries a number now or next, and what ranges there are."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from fanzha.claims._snapshot.keys import SHORT
from fanzha.claims._snapshot.lists import MINUTE_MS, NO_END
from fanzha.claims.snapshot import Ports, Range
from fanzha.kinds._numbering.allocated import operator_code
from fanzha.kinds._numbering.periods import number_keys
from fanzha.store.numbering_tables import numbering_rows

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_FOREVER = np.iinfo(np.int64).max


def screen_tables(at: int, folder: Path | None = None) -> tuple[Ports | None, list[Range] | None]:
    """Return `tables/portability` and `tables/allocation` for a moment (UTC ms); None for one that is not there."""
    ported, ranges = numbering_rows(folder)
    return _ports(ported, at) if ported is not None else None, _ranges(ranges, at) if ranges is not None else None


def _ports(table: pa.Table, at: int) -> Ports:
    """Take of each number the entry that holds; where none does, the next that will."""
    keys = number_keys(table["number"])
    since = pc.fill_null(table["valid_from"], 0).to_numpy()
    until = pc.fill_null(table["valid_until"], _FOREVER).to_numpy()
    kept = np.flatnonzero((keys > 0) & (keys < SHORT) & (until > at))
    later = since[kept] > at
    order = kept[np.lexsort((np.where(later, since[kept], -since[kept]), later, keys[kept]))]
    first = np.ones(len(order), np.bool_)
    first[1:] = keys[order[1:]] != keys[order[:-1]]
    rows = order[first]
    names = pc.fill_null(table["operator"], "").combine_chunks().dictionary_encode()
    codes = [operator_code(name) for name in names.dictionary.to_pylist()]
    known = tuple(sorted(set(codes)))
    spelled = np.array([known.index(code) for code in codes], np.uint64)
    return Ports(
        keys[rows].astype(np.uint64),
        known,
        spelled[names.indices.to_numpy()[rows]] if len(rows) else np.zeros(0, np.uint64),
        (since[rows] // MINUTE_MS).astype(np.uint64),
        np.minimum(until[rows] // MINUTE_MS, NO_END).astype(np.uint64),
    )


def _ranges(table: pa.Table, at: int) -> list[Range]:
    return [
        Range(
            row["prefix"],
            operator_code(row["operator"] or ""),
            row["number_class"] or "",
            row["province"] or "",
            row["city"] or "",
            row["valid_from"],
            row["valid_until"],
        )
        for row in table.to_pylist()
        if row["valid_until"] is None or row["valid_until"] > at
    ]
