"""Integer columns of a stretch in few bytes, and their lazy reading: most columns hold few or no values."""

from collections.abc import Callable, ItemsView, Iterator, KeysView
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.windows import UNKNOWN

Whole = NDArray[np.int64]

_LOW = b"low"  # in a field's metadata: the least value, stored as 1; 0 is UNKNOWN
_NARROW = ((np.dtype(np.uint8), 1 << 8), (np.dtype(np.uint16), 1 << 16), (np.dtype(np.uint32), 1 << 32))


def pack_column(name: str, values: Whole) -> tuple["pa.Field[Any]", "pa.Array[Any]"]:
    """Return a column of n whole numbers as an Arrow field and array of the narrowest type that holds them."""
    high = int(values.max(initial=UNKNOWN))
    if high == UNKNOWN:
        return pa.field(name, pa.null()), pa.nulls(len(values))
    known = values != UNKNOWN
    low = int(values.min(where=known, initial=high))
    for narrow, codes_of_type in _NARROW:
        if high - low < codes_of_type - 1:
            codes = (values - (low - 1)).astype(narrow) * known
            return pa.field(name, pa.from_numpy_dtype(narrow), metadata={_LOW: str(low).encode()}), pa.array(codes)
    return pa.field(name, pa.int64()), pa.array(values)


def unpack_column(batch: pa.RecordBatch, name: str) -> Whole:
    """Return a column of `pack_column`."""
    field, column = batch.schema.field(name), batch.column(name)
    if pa.types.is_null(field.type):
        return np.full(len(column), UNKNOWN, np.int64)
    codes: NDArray[Any] = column.to_numpy()
    if not field.metadata:
        return codes
    values: Whole = codes.astype(np.int64)
    missing = codes == 0
    values += int(field.metadata[_LOW]) - 1
    values[missing] = UNKNOWN
    return values


class StoredColumns(dict[str, Whole]):
    """Columns by name that are read when they are first asked for, and others that are added."""

    def __init__(self, readers: dict[str, Callable[[], Whole]]) -> None:
        """`readers` return the columns that are stored."""
        super().__init__()
        self._readers = readers

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch, names: list[str]) -> Self:
        """Return the columns of a batch that `pack_column` made."""
        return cls({name: _reader(batch, name) for name in names})

    def part(self, begin: int, end: int) -> Self:
        """Return the columns from row `begin` to `end`."""
        return type(self)({name: _part_reader(self, name, begin, end) for name in self})

    def __missing__(self, name: str) -> Whole:
        self[name] = column = self._readers[name]()
        return column

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._readers

    def __iter__(self) -> Iterator[str]:
        return iter({**self._readers, **dict.fromkeys(super().__iter__())})

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """Return the names of all columns."""
        return KeysView(self)

    def items(self) -> ItemsView[str, Whole]:  # type: ignore[override]
        """Return all columns by name; reads those that were not read yet."""
        return ItemsView(self)


def _reader(batch: pa.RecordBatch, name: str) -> Callable[[], Whole]:
    return lambda: unpack_column(batch, name)


def _part_reader(columns: StoredColumns, name: str, begin: int, end: int) -> Callable[[], Whole]:
    return lambda: columns[name][begin:end]
