"""Objects in a JSON text of any shape, one a line: lines, a list, one after the other, a list inside an answer."""

from collections.abc import Iterator
from itertools import chain

import numpy as np

from fanzha.read._chunks import LONGEST_RECORD, Chunk, chunks
from fanzha.read._json.scan_kernel import OUTSIDE, START, fresh_state, level_of_objects, scan

HEAD = 65_536  # bytes looked at to tell the shape


def strung(blocks: Iterator[bytes], *, wrapped: bool = True) -> Iterator[Chunk]:
    """Yield chunks with one object a line, whatever the text's shape; `wrapped`: one object may hold them all."""
    first = b""
    while len(first) < HEAD and (block := next(blocks, b"")):
        first += block
    line = first.lstrip().split(b"\n", 1)[0].strip()
    blocks = chain([first], blocks)
    if line.startswith(b"{") and (line.endswith(b"}") or b"\n" not in first.strip()):
        return chunks(blocks, quotes=False)
    level = level_of_objects(first[:HEAD])
    return objects_at(level if wrapped else min(level, int(first.lstrip().startswith(b"["))), blocks)


def objects_at(level: int, blocks: Iterator[bytes]) -> Iterator[Chunk]:
    """Find the objects at a level of nesting and put each on a line of its own; `line` counts objects."""
    state, rest, number = fresh_state(), b"", 1
    for block in blocks:
        starts, stops = np.empty(len(block) // 2 + 1, np.int64), np.empty(len(block) // 2 + 1, np.int64)
        found, _ = scan(np.frombuffer(block, np.uint8), level, state, starts, stops)
        data, shift = rest + block, len(rest)
        if found:
            spans = zip((starts[:found] + shift).tolist(), (stops[:found] + shift).tolist(), strict=True)
            lines = [data[start:stop].replace(b"\n", b" ") for start, stop in spans]
            yield Chunk(b"\n".join(lines), number)
            number += found
        inside = state[START] != OUTSIDE
        rest = data[int(state[START]) + shift :] if inside else b""
        state[START] = state[START] - len(block) if inside else OUTSIDE
        if len(rest) > LONGEST_RECORD:
            yield Chunk(rest[:256], number, too_long=True)
            rest, state[START], number = b"", OUTSIDE, number + 1
    if rest:
        yield Chunk(rest[:256].replace(b"\n", b" "), number)
