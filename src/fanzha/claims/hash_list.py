"""Lists of 4-byte hash prefixes and their updates, as Safe Browsing v5 sends them ("Local Database").

A prefix is the first four bytes of the SHA-256 of an expression (`fanzha.claims.url_expressions`), read as a big-endian
number, so that the order of numbers is that of bytes. Lists are sorted arrays without repeats.
"""

from hashlib import sha256
from math import log2
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PREFIX_BYTES = 4
LEAST_PARAMETER, MOST_PARAMETER = 3, 30
Prefixes = NDArray[np.uint32]


class RiceDeltas(NamedTuple):
    """Sorted numbers of 32 bits as their first one and the differences, in Golomb-Rice code.

    `entries_count` counts the differences. Each is a quotient by 2^`parameter` in ones that a zero ends, and a
    remainder of `parameter` bits; bits fill bytes from the lowest one.
    """

    first_value: int
    parameter: int
    entries_count: int
    data: bytes


class ListUpdate(NamedTuple):
    """What brings a list up to date: places that go (of the list before), prefixes that come, SHA-256 of the result.

    Without `is_partial`, `additions` are the whole list.
    """

    version: bytes
    is_partial: bool
    removals: Prefixes
    additions: Prefixes
    checksum: bytes


def prefix_of(full_hash: bytes) -> int:
    """Return the prefix of a hash."""
    return int.from_bytes(full_hash[:PREFIX_BYTES], "big")


def read_prefixes(data: bytes) -> Prefixes:
    """Return the prefixes of bytes as `write_prefixes` wrote them."""
    return np.frombuffer(data, ">u4").astype(np.uint32)


def write_prefixes(prefixes: Prefixes) -> bytes:
    """Return the bytes of prefixes, one after the other."""
    return prefixes.astype(">u4").tobytes()


def list_checksum(prefixes: Prefixes) -> bytes:
    """Return the SHA-256 of a list."""
    return sha256(write_prefixes(prefixes)).digest()


def apply_update(prefixes: Prefixes, update: ListUpdate) -> Prefixes:
    """Return a list after an update. Raise ValueError if the update does not fit the list or its checksum differs."""
    before = prefixes if update.is_partial else prefixes[:0]
    if len(update.removals) and int(update.removals[-1]) >= len(before):
        raise ValueError("an update removes what is not in the list")
    result = np.union1d(np.delete(before, update.removals.astype(np.int64)), update.additions).astype(np.uint32)
    if list_checksum(result) != update.checksum:
        raise ValueError("the checksum of the list differs")
    return result


def find_removal_places(current: Prefixes, removed: Prefixes, added: Prefixes) -> Prefixes:
    """Return the places that `removed` had in the list before a change, from the list after it.

    All three are sorted; `removed` is not in `current`, `added` is.
    """
    after = np.searchsorted(current, removed) - np.searchsorted(added, removed) + np.arange(len(removed))
    return after.astype(np.uint32)


def encode_rice(numbers: Prefixes) -> RiceDeltas | None:
    """Return sorted numbers without repeats in Golomb-Rice code; None if there are none."""
    if not len(numbers):
        return None
    deltas = np.diff(numbers.astype(np.int64)).astype(np.int64)
    if not len(deltas):
        return RiceDeltas(int(numbers[0]), LEAST_PARAMETER, 0, b"")
    parameter = min(max(round(log2(max(float(deltas.mean()) * 0.7, 1.0))), LEAST_PARAMETER), MOST_PARAMETER)
    return RiceDeltas(int(numbers[0]), parameter, len(deltas), _pack(deltas, parameter))


def _pack(deltas: NDArray[np.int64], parameter: int) -> bytes:
    quotients = deltas >> parameter
    ends = np.cumsum(quotients + 1 + parameter)
    zeros = ends - parameter - 1
    bits = np.zeros(int(ends[-1]) + 1, np.int8)
    np.add.at(bits, zeros - quotients, 1)
    np.add.at(bits, zeros, -1)
    filled = np.cumsum(bits[:-1], dtype=np.int8).astype(np.uint8)
    for place in range(parameter):
        filled[zeros + 1 + place] = (deltas >> place) & 1
    return np.packbits(filled, bitorder="little").tobytes()


def decode_rice(encoded: RiceDeltas | None) -> Prefixes:
    """Return the numbers of a Golomb-Rice code. Raise ValueError if it is damaged."""
    if encoded is None:
        return np.zeros(0, np.uint32)
    first, parameter, count, data = encoded
    if count == 0:
        return _checked(np.array([first], np.int64))
    if not LEAST_PARAMETER <= parameter <= MOST_PARAMETER or count < 0 or count > len(data) * 8:
        raise ValueError("no Golomb-Rice code")
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    # of each bit, the place of the next zero
    zeros = np.where(bits == 0, np.arange(len(bits), dtype=np.int64), len(bits))
    next_zero = np.ascontiguousarray(np.minimum.accumulate(zeros[::-1])[::-1]).data
    starts, ends = np.zeros(count, np.int64), np.zeros(count, np.int64)
    start, step, most = 0, parameter + 1, len(bits) - parameter - 1
    for place in range(count):
        end = next_zero[start] if start < len(bits) else len(bits)
        if end > most:
            raise ValueError("a Golomb-Rice code ends too early")
        starts[place], ends[place] = start, end
        start = end + step
    values = (ends - starts) << parameter
    for place in range(parameter):
        values += bits[ends + 1 + place].astype(np.int64) << place
    return _checked(first + np.concatenate([[0], np.cumsum(values)]))


def _checked(numbers: NDArray[np.int64]) -> Prefixes:
    if int(numbers[0]) < 0 or int(numbers[-1]) > 0xFFFF_FFFF or (np.diff(numbers) <= 0).any():
        raise ValueError("numbers of a Golomb-Rice code are not in order")
    return numbers.astype(np.uint32)
