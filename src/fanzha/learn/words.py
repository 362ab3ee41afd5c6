"""The words of texts: Chinese text is cut into dictionary words by a unigram model, and each word becomes one code."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.learn.codes import CodePoints

MAX_DISTANCE = 4  # words from the first of a pair to the second
_LONGEST = 5  # Chinese characters of a word in the table
_FIRST_HAN, _END_HAN = 0x4E00, 0xA000
_COST_STEP = np.float32(0.125)
_CHARACTER_COST = np.float32(13.0)  # nats, of one Chinese character that is a word by itself
_SLOTS = 1 << 18


class WordTable(NamedTuple):
    """A hash table with open addressing: `keys` (0 is an empty slot) and the costs of the words in nats."""

    keys: NDArray[np.uint64]
    costs: NDArray[np.float32]


@cache
def word_table() -> WordTable:
    """Load the shipped table."""
    with files("fanzha.learn").joinpath("data/words.npz").open("rb") as file, np.load(file) as data:
        keys, costs = np.zeros(_SLOTS, np.uint64), np.zeros(_SLOTS, np.float32)
        _insert(data["characters"].astype(np.uint32), data["lengths"], data["costs"], keys, costs)
    return WordTable(keys, costs)


@cache
def word_costs() -> dict[str, float]:
    """Return the words of the shipped table with their costs in nats: the rarer a word, the higher."""
    with files("fanzha.learn").joinpath("data/words.npz").open("rb") as file, np.load(file) as data:
        text = data["characters"].astype("<u4").tobytes().decode("utf-32-le")
        ends = np.cumsum(data["lengths"], dtype=np.int64)
        costs = data["costs"] * float(_COST_STEP)
    return {text[start:end]: float(cost) for start, end, cost in zip([0, *ends[:-1]], ends, costs, strict=True)}


def words(texts: CodePoints) -> CodePoints:
    """Return texts with one code for each word: a Chinese word, a run of Latin letters, of digits, or another sign.

    Codes are hashes; gaps are left out.
    """
    table = word_table()
    longest = int(np.diff(texts.offsets).max(initial=0))
    out = np.empty(texts.codes.size, np.uint32)
    ends = np.empty(texts.offsets.size, np.int64)
    best, step = np.empty(longest + 1, np.float32), np.empty(longest + 1, np.int32)
    used = _words(texts.codes, texts.offsets, table.keys, table.costs, best, step, out, ends)
    return CodePoints(out[:used], ends)


def word_pairs(word_codes: CodePoints) -> CodePoints:
    """Return texts with one code for each pair of words that stand 2 to MAX_DISTANCE words apart, in their order."""
    out = np.empty(word_codes.codes.size * (MAX_DISTANCE - 1), np.uint32)
    ends = np.empty(word_codes.offsets.size, np.int64)
    used = _pairs(word_codes.codes, word_codes.offsets, out, ends)
    return CodePoints(out[:used], ends)


@compiled
def _pairs(
    codes: NDArray[np.uint32], offsets: NDArray[np.int64], out: NDArray[np.uint32], ends: NDArray[np.int64]
) -> int:
    used = 0
    ends[0] = 0
    for row in range(offsets.size - 1):
        for position in range(offsets[row], offsets[row + 1]):
            for later in range(position + 2, min(position + MAX_DISTANCE + 1, offsets[row + 1])):
                state = np.uint64(codes[position]) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(codes[later])
                state *= np.uint64(0xC2B2AE3D27D4EB4F)
                out[used] = np.uint32(state >> np.uint64(32))
                used += 1
        ends[row + 1] = used
    return used


@compiled
def _hash(codes: NDArray[np.uint32], start: int, stop: int) -> np.uint64:
    """Return a hash of some characters, never 0."""
    state = np.uint64(0xCBF29CE484222325)
    for position in range(start, stop):
        state = (state ^ np.uint64(codes[position])) * np.uint64(0x9E3779B97F4A7C15)
        state ^= state >> np.uint64(29)
    return state | np.uint64(1)


@compiled
def _insert(
    characters: NDArray[np.uint32],
    lengths: NDArray[np.uint8],
    steps: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    costs: NDArray[np.float32],
) -> None:
    start, mask = 0, np.uint64(keys.size - 1)
    for word in range(lengths.size):
        stop = start + int(lengths[word])
        key = _hash(characters, start, stop)
        slot = np.int64((key >> np.uint64(20)) & mask)
        while keys[slot] != np.uint64(0):
            slot = (slot + 1) & (keys.size - 1)
        keys[slot], costs[slot] = key, np.float32(steps[word]) * _COST_STEP
        start = stop


@compiled
def _cost(key: np.uint64, keys: NDArray[np.uint64], costs: NDArray[np.float32]) -> float:
    """Return the cost of a word, -1 if the table lacks it."""
    slot = np.int64((key >> np.uint64(20)) & np.uint64(keys.size - 1))
    while keys[slot] != np.uint64(0):
        if keys[slot] == key:
            return float(costs[slot])
        slot = (slot + 1) & (keys.size - 1)
    return -1.0


@compiled
def _run_end(codes: NDArray[np.uint32], position: int, stop: int) -> int:
    """Return the end of a run of Latin letters or of digits, else the next position."""
    code = codes[position]
    end = position + 1
    if 97 <= code <= 122:
        while end < stop and 97 <= codes[end] <= 122:
            end += 1
    elif 48 <= code <= 57:
        while end < stop and 48 <= codes[end] <= 57:
            end += 1
    return end


@compiled
def _words(
    codes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    keys: NDArray[np.uint64],
    costs: NDArray[np.float32],
    best: NDArray[np.float32],
    step: NDArray[np.int32],
    out: NDArray[np.uint32],
    ends: NDArray[np.int64],
) -> int:
    used = 0
    ends[0] = 0
    for row in range(offsets.size - 1):
        position, stop = offsets[row], offsets[row + 1]
        while position < stop:
            if _FIRST_HAN <= codes[position] < _END_HAN:
                end = position + 1
                while end < stop and _FIRST_HAN <= codes[end] < _END_HAN:
                    end += 1
                used = _cut(codes, position, end, keys, costs, best, step, out, used)
            else:
                end = _run_end(codes, position, stop)
                if codes[position] > 32:
                    out[used] = np.uint32(_hash(codes, position, end) & np.uint64(0xFFFFFFFF))
                    used += 1
            position = end
        ends[row + 1] = used
    return used


@compiled
def _cut(
    codes: NDArray[np.uint32],
    start: int,
    stop: int,
    keys: NDArray[np.uint64],
    costs: NDArray[np.float32],
    best: NDArray[np.float32],
    step: NDArray[np.int32],
    out: NDArray[np.uint32],
    used: int,
) -> int:
    """Write the codes of the cheapest words of a run of Chinese characters; `best` and `step` are scratch space."""
    size = stop - start
    best[size] = 0.0
    for position in range(size - 1, -1, -1):
        best[position], step[position] = _CHARACTER_COST + best[position + 1], 1
        state = np.uint64(0xCBF29CE484222325)
        for length in range(1, min(_LONGEST, size - position) + 1):
            state = (state ^ np.uint64(codes[start + position + length - 1])) * np.uint64(0x9E3779B97F4A7C15)
            state ^= state >> np.uint64(29)
            if length > 1:
                cost = _cost(state | np.uint64(1), keys, costs)
                if cost >= 0 and cost + best[position + length] < best[position]:
                    best[position], step[position] = cost + best[position + length], length
    position = 0
    while position < size:
        end = position + step[position]
        out[used] = np.uint32(_hash(codes, start + position, start + end) & np.uint64(0xFFFFFFFF))
        used += 1
        position = end
    return used
