"""Split a text into chunks of complete records, so that memory use is bounded."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fanzha.base.words import Words

UNFINISHED = Words(
    "最后一行没有换行符，可能尚未写完，未使用，计入等待；若文件已写完，请在映射的 [file] 写 complete = true",
    "the last line has no line end and may be half-written: not used, counted as waiting; if the file is complete, "
    "write `complete = true` under the map's [file]",
)
#: A longer record is skipped and rejected.
MAX_RECORD_BYTES = 16 * 1024 * 1024


class Chunk(NamedTuple):
    """Complete lines of UTF-8. `line` is the number of the first line, counted from 1."""

    data: bytes
    line: int
    too_long: bool = False  # `data` is the beginning of a skipped record


def split_chunks(blocks: Iterator[bytes], *, quotes: bool) -> Iterator[Chunk]:
    """Yield chunks that end at a line end. With `quotes`, line ends inside quoted cells do not count."""
    remainder, line = b"", 1
    for block in blocks:
        data = remainder + block
        cut = find_record_end(data, quotes=quotes)
        if cut == 0 and len(data) > MAX_RECORD_BYTES:
            cut = data.rfind(b"\n") + 1  # the quote is never closed: split anyway
            if cut == 0:
                yield Chunk(data[:256], line, too_long=True)
                remainder, line = _skip_line(blocks), line + 1
                continue
        if cut:
            yield Chunk(data[:cut], line)
            line += data.count(b"\n", 0, cut)
        remainder = data[cut:]
    if remainder:
        yield Chunk(remainder, line)


def find_record_end(data: bytes, *, quotes: bool) -> int:
    """Return the position after the last line end outside quotes, or 0."""
    end = data.rfind(b"\n") + 1
    if not quotes or end == 0 or data.count(b'"', 0, end) % 2 == 0:
        return end
    codes = np.frombuffer(data, np.uint8, end)
    ends = np.flatnonzero(codes == 10)
    open_at = np.searchsorted(np.flatnonzero(codes == 34), ends) % 2
    outside = ends[open_at == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def _skip_line(blocks: Iterator[bytes]) -> bytes:
    """Read blocks up to the next line end; return the bytes after it."""
    for block in blocks:
        if (end := block.find(b"\n")) >= 0:
            return block[end + 1 :]
    return b""
