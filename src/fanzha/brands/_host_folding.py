"""Kernels that split a host at its public suffix and fold the rest."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.brands._arrays import Scratch
from fanzha.brands._hash_index import find, part, prefix_codes, value
from fanzha.kinds.web.public_suffixes import EXCEPTION, PRIVATE, RULE, WILDCARD

DOT, HYPHEN, UNDERSCORE, ZERO, NINE = 46, 45, 95, 48, 57
A, E, I, O, U = 97, 101, 105, 111, 117  # noqa: E741 - the letters themselves
C, D, L, M, N, R, V, W = 99, 100, 108, 109, 110, 114, 118, 119


@compiled
def cut_suffix(
    host: NDArray[np.uint8], first: int, size: int, raw: NDArray[np.uint64], powers: NDArray[np.uint64],
    suffixes: NDArray[np.uint64],
) -> tuple[int, bool]:  # fmt: skip
    """Return the offset of the public suffix of a host (0: the host is one) and whether it is a hosting suffix."""
    starts = np.empty(7, dtype=np.int64)  # label starts, last first; the list has no rule of more than 5 labels
    count = 0
    for position in range(size - 1, -1, -1):
        if (position == 0 or host[first + position - 1] == DOT) and count < 7:
            starts[count] = position
            count += 1
    best, hosting = 1, False
    for labels in range(1, count + 1):
        slot = find(suffixes, part(raw, powers, starts[labels - 1], size), -1)
        if slot < 0:
            continue
        flags = value(suffixes, slot)
        if flags & EXCEPTION:
            return starts[labels - 2], False
        if flags & RULE and labels >= best:
            best, hosting = labels, flags & PRIVATE != 0
        if flags & WILDCARD and labels < count:
            best, hosting = labels + 1, flags & PRIVATE != 0
    return starts[best - 1], hosting


@compiled
def fold_host(
    host: NDArray[np.uint8], first: int, size: int, fold: NDArray[np.uint8], room: Scratch
) -> tuple[int, int]:
    """Fold host[first : first + size] into room.text without hyphens; return its length and the last label's offset."""
    at, last_label, fresh = 0, 0, True
    for index in range(size):
        byte = host[first + index]
        if byte in (HYPHEN, UNDERSCORE):
            fresh = True
            continue
        room.text[at] = fold[byte]
        room.digit[at] = ZERO <= byte <= NINE
        room.vowel[at] = byte in (A, E, I, O, U)
        room.begins[at] = fresh
        fresh = byte == DOT
        at += 1
        if byte == DOT:
            room.begins[at - 1] = True
            last_label = at
    room.begins[at] = True
    prefix_codes(room.text, 0, at, room.codes)
    return at, last_label


@compiled
def fold_pairs(room: Scratch, first: int, last: int) -> int:
    """Fold rn=m, vv=w and cl=d of text[first:last] into room.pair; return its length, 0 if there is no pair."""
    at, position, folded = 0, first, False
    while position < last:
        now, then = room.text[position], room.text[position + 1] if position + 1 < last else np.uint8(0)
        wide = M if now == R and then == N else W if now == V and then == V else D if now == C and then == L else 0
        room.pair[at] = wide if wide else now
        folded = folded or wide != 0
        position += 2 if wide else 1
        at += 1
    prefix_codes(room.pair, 0, at, room.pair_codes)
    return at if folded else 0


@compiled
def dotted_codes(host: NDArray[np.uint8], first: int, size: int, codes: NDArray[np.uint64], room: Scratch) -> None:
    """Compute the prefix codes of a host with hyphens replaced by dots."""
    for index in range(size):
        byte = host[first + index]
        room.pair[index] = DOT if byte == HYPHEN else byte
    prefix_codes(room.pair, 0, size, codes)
