"""Split a JSON text of any shape into one object per line: lines, a list, concatenated objects, a wrapped list."""

from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.read._chunks import MAX_RECORD_BYTES, Chunk, split_chunks

DEPTH, IN_TEXT, ESCAPED, START = 0, 1, 2, 3  # indexes in the state array
OUTSIDE = -(1 << 60)  # value of START outside an object


def initial_state() -> NDArray[np.int64]:
    """Return the scanner state before the first byte."""
    return np.array([0, 0, 0, OUTSIDE], np.int64)


@compiled
def scan_objects(
    data: NDArray[np.uint8], base: int, state: NDArray[np.int64], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> tuple[int, int]:
    """Find objects that start at nesting depth `base`; return (their number, the greatest depth).

    `state` is kept between blocks of a text. After each block, the caller subtracts its length from state[START], so
    that an object that started in an earlier block has a negative start.
    """
    depth, in_text, escaped, start = state[0], state[1], state[2], state[3]
    count, deepest = 0, depth
    for position in range(len(data)):
        byte = data[position]
        if in_text:
            if escaped:
                escaped = 0
            elif byte == 92:
                escaped = 1
            elif byte == 34:
                in_text = 0
        elif byte == 34:
            in_text = 1
        elif byte == 123 or byte == 91:
            if byte == 123 and depth == base and start == OUTSIDE:
                start = position
            depth += 1
            deepest = max(deepest, depth)
        elif byte == 125 or byte == 93:
            depth = max(0, depth - 1)
            if byte == 125 and depth == base and start != OUTSIDE:
                if count < len(starts):
                    starts[count] = start
                    stops[count] = position + 1
                count += 1
                start = OUTSIDE
    state[0], state[1], state[2], state[3] = depth, in_text, escaped, start
    return count, deepest


def measure_depth(data: bytes) -> int:
    """Return the greatest nesting depth of a JSON text."""
    no_room = np.zeros(0, np.int64)
    return int(scan_objects(np.frombuffer(data, np.uint8), -1, initial_state(), no_room, no_room)[1])


def find_object_level(head: bytes) -> int:
    """Return the nesting depth of a text's records.

    It is 1 if the text is a list, else 0, unless the text is one object with a list of several objects inside (a
    response that wraps its records).
    """
    if head.lstrip().startswith(b"["):
        return 1
    buffer = np.empty(len(head) // 2 + 1, np.int64)
    data = np.frombuffer(head, np.uint8)
    list_level = _find_list_level(head)
    if not list_level or scan_objects(data, 0, initial_state(), buffer, buffer)[0] > 1:
        return 0
    return list_level if scan_objects(data, list_level, initial_state(), buffer, buffer)[0] > 1 else 0


def _find_list_level(head: bytes) -> int:
    """Return the depth of the first object directly inside a list, or 0."""
    depth, in_text, escaped, last = 0, False, False, 0
    for byte in head:
        if in_text:
            in_text, escaped = (escaped or byte != 34), (not escaped and byte == 92)
        elif byte == 34:
            in_text = True
        elif byte in (123, 91):
            if byte == 123 and last == 91:
                return depth
            depth += 1
        elif byte in (125, 93):
            depth -= 1
        if not in_text and byte not in b" \t\r\n":
            last = byte
    return 0


SHAPE_BYTES = 65_536  # bytes inspected to detect the shape


def split_objects(blocks: Iterator[bytes], *, wrapped: bool = True) -> Iterator[Chunk]:
    """Yield chunks with one object per line. `wrapped`: records may be a list inside a single object."""
    beginning = b""
    while len(beginning) < SHAPE_BYTES and (block := next(blocks, b"")):
        beginning += block
    line = beginning.lstrip().split(b"\n", 1)[0].strip()
    blocks = chain([beginning], blocks)
    if line.startswith(b"{") and (line.endswith(b"}") or b"\n" not in beginning.strip()):
        return split_chunks(blocks, quotes=False)
    level = find_object_level(beginning[:SHAPE_BYTES])
    return split_at_level(level if wrapped else min(level, int(beginning.lstrip().startswith(b"["))), blocks)


def split_at_level(level: int, blocks: Iterator[bytes]) -> Iterator[Chunk]:
    """Yield the objects at a nesting level, one per line. Chunk.line counts objects."""
    state, remainder, number = initial_state(), b"", 1
    for block in blocks:
        starts, stops = np.empty(len(block) // 2 + 1, np.int64), np.empty(len(block) // 2 + 1, np.int64)
        count, _ = scan_objects(np.frombuffer(block, np.uint8), level, state, starts, stops)
        data, shift = remainder + block, len(remainder)
        if count:
            spans = zip((starts[:count] + shift).tolist(), (stops[:count] + shift).tolist(), strict=True)
            lines = [data[start:stop].replace(b"\n", b" ") for start, stop in spans]
            yield Chunk(b"\n".join(lines), number)
            number += count
        is_open = state[START] != OUTSIDE
        remainder = data[int(state[START]) + shift :] if is_open else b""
        state[START] = state[START] - len(block) if is_open else OUTSIDE
        if len(remainder) > MAX_RECORD_BYTES:
            yield Chunk(remainder[:256], number, too_long=True)
            remainder, state[START], number = b"", OUTSIDE, number + 1
    if remainder:
        yield Chunk(remainder[:256].replace(b"\n", b" "), number)
