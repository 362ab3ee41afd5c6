"""Texts as arrays of code points, decoded from Arrow's UTF-8 in a compiled kernel."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

pc: Any = pyarrow.compute


class CodePoints(NamedTuple):
    """Concatenated texts: text i is `codes[offsets[i]:offsets[i + 1]]`."""

    codes: NDArray[np.uint32]
    offsets: NDArray[np.int64]

    def text(self, row: int) -> str:
        """Return one text."""
        part = self.codes[self.offsets[row] : self.offsets[row + 1]]
        return part.astype("<u4").tobytes().decode("utf-32-le", "replace")


def code_points(texts: "pa.Array[Any] | pa.ChunkedArray[Any]", max_characters: int = 0) -> CodePoints:
    """Return the code points of a string column, null as the empty text; `max_characters` > 0 truncates each text."""
    column = pc.fill_null(pc.cast(texts, pa.large_string()), "")
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if max_characters:
        column = pc.utf8_slice_codeunits(column, 0, max_characters)
    _, starts, data = column.buffers()
    size = len(column)
    if not size:
        return CodePoints(np.empty(0, np.uint32), np.zeros(1, np.int64))
    offsets = np.frombuffer(starts, np.int64)[column.offset : column.offset + size + 1]
    utf8 = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    codes = np.empty(int(offsets[-1] - offsets[0]), np.uint32)
    ends = np.empty(size + 1, np.int64)
    used = _decode(utf8, offsets, codes, ends)
    return CodePoints(codes[:used], ends)


@compiled
def _decode(
    utf8: NDArray[np.uint8], offsets: NDArray[np.int64], codes: NDArray[np.uint32], ends: NDArray[np.int64]
) -> int:
    """Decode valid UTF-8; return the number of code points."""
    used = 0
    ends[0] = 0
    for row in range(offsets.size - 1):
        position, stop = offsets[row], offsets[row + 1]
        while position < stop:
            first = np.uint32(utf8[position])
            if first < 0x80:
                code, wide = first, 1
            elif first < 0xE0:
                code, wide = first & np.uint32(0x1F), 2
            elif first < 0xF0:
                code, wide = first & np.uint32(0x0F), 3
            else:
                code, wide = first & np.uint32(0x07), 4
            for index in range(1, wide):
                code = (code << np.uint32(6)) | (np.uint32(utf8[position + index]) & np.uint32(0x3F))
            codes[used] = code
            used += 1
            position += wide
        ends[row + 1] = used
    return used
