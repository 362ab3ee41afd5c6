"""Cells of a Parquet file as text, for a child process: a file of 1 KB can hold values that decompress to gigabytes.

`file_rows` runs the functions in a child with limits. Imports the standard library, and pyarrow at first use: the
child loads this module alone.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fanzha.base.child_worker import ChildRefusal

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

DAMAGED, LONG_CELL, TOO_DEEP = "damaged", "long cell", "too deep"

MAX_CELL_CHARACTERS = 1_000_000
_CHUNK_CHARACTERS = 500_000
_CHUNK_ROWS = 2_000
_BATCH_ROWS = 10_000


def read_names(path: str) -> Iterator[bytes]:
    """Yield one JSON array: the names of the columns. Raise ChildRefusal for a damaged file."""
    with _open_file(path) as file:
        yield _encode(file.schema_arrow.names)


def read_cells(path: str) -> Iterator[bytes]:
    """Yield JSON arrays of rows, each an array of cells. Raise ChildRefusal for a damaged file."""
    with _open_file(path) as file:
        for batch in file.iter_batches(_BATCH_ROWS, use_threads=False):
            rows, characters = [], 0
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                cells = [to_text(value) for value in row]
                if max(map(len, cells)) > MAX_CELL_CHARACTERS:
                    raise ChildRefusal(LONG_CELL)
                rows.append(cells)
                characters += sum(map(len, cells))
                if characters > _CHUNK_CHARACTERS or len(rows) >= _CHUNK_ROWS:
                    yield _encode(rows)
                    rows, characters = [], 0
            yield _encode(rows)


def to_text(value: Any) -> str:
    """Return the text of a value of Parquet or JSON: lists with semicolons, moments as ISO 8601, nothing as ""."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(to_text(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value).strip()


@contextmanager
def _open_file(path: str) -> "Iterator[ParquetFile]":
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_memory_pool(pa.system_memory_pool())  # other pools reserve address space, which is limited
    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            yield file
    except MemoryError:
        raise
    except RecursionError:
        raise ChildRefusal(TOO_DEEP) from None
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError):
        raise ChildRefusal(DAMAGED) from None


def _encode(items: list[Any]) -> bytes:
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
