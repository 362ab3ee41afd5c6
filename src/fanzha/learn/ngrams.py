"""Kernels for hashed character n-grams: counts for training, and direct scores of a linear model."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.learn.codes import CodePoints


class NgramCounts(NamedTuple):
    """A sparse count matrix (CSR): row i has the ascending `columns[offsets[i]:offsets[i + 1]]` and their `counts`."""

    offsets: NDArray[np.int64]
    columns: NDArray[np.int32]
    counts: NDArray[np.float32]


def count(texts: CodePoints, *, shortest: int, longest: int, bits: int) -> NgramCounts:
    """Count the n-grams of each text in 2^bits buckets."""
    size = int(_grams(texts.offsets, shortest, longest))
    columns, counts = np.empty(size, np.int32), np.empty(size, np.float32)
    offsets = np.empty(texts.offsets.size, np.int64)
    used = _count(texts.codes, texts.offsets, shortest, longest, bits, columns, counts, offsets)
    return NgramCounts(offsets, columns[:used], counts[:used])


def add_scores(
    texts: CodePoints,
    weights: NDArray[np.float32],
    rarity: NDArray[np.float32],
    scores: NDArray[np.float32],
    *,
    shortest: int,
    longest: int,
    floor: float,
) -> None:
    """Add the scores of one view to `scores` (texts × classes), in place.

    `rarity` (2^bits) is the inverse document frequency, 0 for buckets unknown to the model; `weights` is 2^bits ×
    classes. The vector of a text, (1 + ln count) × rarity, is divided by the root of its squared norm plus `floor`.
    """
    longest_text = int(np.diff(texts.offsets).max(initial=0))
    scratch = np.empty(longest_text * (longest - shortest + 1) + 1, np.int32)
    _score(texts.codes, texts.offsets, shortest, longest, weights, rarity, floor, scratch, scores)


@compiled
def _grams(offsets: NDArray[np.int64], shortest: int, longest: int) -> int:
    total = 0
    for row in range(offsets.size - 1):
        length = offsets[row + 1] - offsets[row]
        for size in range(shortest, longest + 1):
            total += max(0, length - size + 1)
    return total


@compiled
def _hash(
    codes: NDArray[np.uint32], start: int, stop: int, shortest: int, longest: int, mask: int, out: NDArray[np.int32]
) -> int:
    """Write the bucket of every n-gram of one text; return their number."""
    used = 0
    for position in range(start, stop):
        state = np.uint64(0x51ED270B0A1F39C5)
        for size in range(1, min(longest, stop - position) + 1):
            state = (state ^ np.uint64(codes[position + size - 1])) * np.uint64(0x9E3779B97F4A7C15)
            state ^= state >> np.uint64(29)
            if size >= shortest:
                out[used] = np.int32((state >> np.uint64(11)) & np.uint64(mask))
                used += 1
    return used


@compiled
def _count(
    codes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    shortest: int,
    longest: int,
    bits: int,
    columns: NDArray[np.int32],
    counts: NDArray[np.float32],
    ends: NDArray[np.int64],
) -> int:
    used = 0
    ends[0] = 0
    mask = (1 << bits) - 1
    for row in range(offsets.size - 1):
        many = _hash(codes, offsets[row], offsets[row + 1], shortest, longest, mask, columns[used:])
        part = columns[used : used + many]
        part.sort()
        end = used
        for index in range(many):
            if index > 0 and part[index] == columns[end - 1]:
                counts[end - 1] += np.float32(1)
            else:
                columns[end] = part[index]
                counts[end] = np.float32(1)
                end += 1
        used = end
        ends[row + 1] = used
    return used


@compiled
def _tally(
    buckets: NDArray[np.int32],
    many: int,
    slots: NDArray[np.int32],
    counts: NDArray[np.int32],
) -> int:
    """Replace the first `many` buckets by the distinct ones in order of appearance; return how many there are.

    Afterwards `counts[i]` is how often distinct bucket i appeared. `slots` is a hash table of -1 and stays one.
    """
    size = 16
    while size < 2 * many:
        size *= 2
    mask, distinct = size - 1, 0
    for index in range(many):
        bucket = buckets[index]
        slot = (bucket ^ (bucket >> 10)) & mask
        while slots[slot] >= 0 and buckets[slots[slot]] != bucket:
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            slots[slot] = distinct
            buckets[distinct] = bucket
            counts[distinct] = 1
            distinct += 1
        else:
            counts[slots[slot]] += 1
    slots[:size] = -1
    return distinct


@compiled
def _score(
    codes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    shortest: int,
    longest: int,
    weights: NDArray[np.float32],
    rarity: NDArray[np.float32],
    floor: float,
    scratch: NDArray[np.int32],
    scores: NDArray[np.float32],
) -> None:
    classes = weights.shape[1]
    mask = rarity.size - 1
    sums = np.zeros(classes, np.float64)
    size = 16
    while size < 2 * scratch.size:
        size *= 2
    slots, counts = np.full(size, -1, np.int32), np.empty(scratch.size, np.int32)
    for row in range(offsets.size - 1):
        many = _hash(codes, offsets[row], offsets[row + 1], shortest, longest, mask, scratch)
        known_count = 0
        for index in range(many):
            if rarity[scratch[index]] > 0:
                scratch[known_count] = scratch[index]
                known_count += 1
        distinct = _tally(scratch, known_count, slots, counts)
        sums[:] = 0
        square = np.float64(floor)
        for index in range(distinct):
            bucket = scratch[index]
            value = np.float64(rarity[bucket])
            if counts[index] > 1:
                value *= 1.0 + np.log(float(counts[index]))
            square += value * value
            for class_index in range(classes):
                sums[class_index] += value * weights[bucket, class_index]
        if square > 0:
            scale = 1.0 / np.sqrt(square)
            for class_index in range(classes):
                scores[row, class_index] += np.float32(sums[class_index] * scale)
