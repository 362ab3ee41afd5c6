"""Match a stream of host names, one a line, and write the imitations as JSON Lines."""

from collections.abc import Callable
from typing import Any

import msgspec
import pyarrow as pa

from fanzha.brands import Matcher, read_lookalikes

MAX_BATCH_BYTES = 1 << 20
MAX_LINE_BYTES = 8_192  # as many as a link may have characters


def match_stream(read: Callable[[int], bytes], write: Callable[[bytes], object], matcher: Matcher) -> tuple[int, int]:
    """Match the lines that `read` returns until it returns b"", and return how many names and imitations there were.

    `read` is asked for at most MAX_BATCH_BYTES and may return less; what has arrived is matched at once. URLs count by
    their host. Bytes that are no UTF-8 match nothing, nor do lines of more than MAX_LINE_BYTES, which are counted but
    not kept in memory.
    """
    names = imitations = 0
    rest = b""
    while chunk := read(MAX_BATCH_BYTES):
        whole, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            rest = (rest + chunk)[: MAX_LINE_BYTES + 1]
            continue
        lines = [line for line in (rest + whole).splitlines() if line]
        rest = tail[: MAX_LINE_BYTES + 1]
        names += len(lines)
        imitations += _match_lines(lines, write, matcher)
    if rest:
        names += 1
        imitations += _match_lines([rest], write, matcher)
    return names, imitations


def _match_lines(lines: list[bytes], write: Callable[[bytes], object], matcher: Matcher) -> int:
    from fanzha.models.domain import hosts_of

    lines = [line for line in lines if len(line) <= MAX_LINE_BYTES]
    texts = b"\n".join(lines).decode("utf-8", "replace").split("\n")
    column: pa.Array[Any] = pa.array(texts, pa.string())
    if any("/" in text or " " in text or ":" in text for text in texts):
        column = hosts_of(column)
    found = list(read_lookalikes(matcher.match(column)))
    if found:
        write(b"".join(msgspec.json.encode(one) + b"\n" for one in found))
    return len(found)
