"""Search for brands that a host only mentions: too little for a candidate, enough to look at the page if time is left.

The scores only order mentions among themselves. They lie far below the strengths of matches and accuse nobody.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.brands._arrays import (
    ADDRESS,
    BAIT,
    CHECKED,
    NEEDS_BAIT,
    NEEDS_CLEAR,
    NEEDS_GOV,
    NEEDS_WORD,
    OFF,
    PRODUCT,
    TOKEN,
    WEAK,
    NameIndex,
    Scratch,
)
from fanzha.brands._comparison import companion, edit_kind, edits, is_pinyin, word
from fanzha.brands._hash_index import find, may_hold, part, prefix_codes, value, without
from fanzha.brands._host_folding import cut_suffix, fold_host, fold_pairs

DOT, HYPHEN, UNDERSCORE = 46, 45, 95

#: How a host mentions a brand; `mentions.WAYS` has the words.
DISGUISED, WORD, JOINED, COMPOUND, EDGE, NEAR, BELOW = range(7)

SHORTEST_WORD, SHORTEST_JOINED, SHORTEST_EDGE, SHORTEST_NEAR = 3, 5, 6, 6
LONGEST_NAME = 20
_BASE = np.array([0.30, 0.20, 0.24, 0.20, 0.14, 0.18, 0.12])


class Mentions(NamedTuple):
    """The best mention of each host; brand is -1 without one."""

    brand: NDArray[np.int32]
    key: NDArray[np.int32]
    way: NDArray[np.int8]
    score: NDArray[np.float32]


def empty_mentions(rows: int) -> Mentions:
    """Return empty mentions for `rows` hosts."""
    return Mentions(
        np.full(rows, -1, np.int32), np.full(rows, -1, np.int32), np.zeros(rows, np.int8), np.zeros(rows, np.float32)
    )


@compiled
def mention_hosts(
    text: NDArray[np.uint8], starts: NDArray[np.int64], names: NameIndex, room: Scratch, mentions: Mentions
) -> None:
    """Set the mention of each host text[starts[i] : starts[i + 1]] (lower-case ASCII)."""
    for row in range(starts.size - 1):
        size = starts[row + 1] - starts[row]
        if 3 < size < 254:
            _mention_host(text, starts[row], size, row, names, room, mentions)


@compiled
def _mention_host(
    text: NDArray[np.uint8], first: int, size: int, row: int, names: NameIndex, room: Scratch, mentions: Mentions
) -> None:
    prefix_codes(text, first, first + size, room.raw)
    suffix, _ = cut_suffix(text, first, size, room.raw, names.powers, names.suffixes)
    if suffix == 0:
        return
    slot = find(names.suffixes, part(room.raw, names.powers, suffix, size), -1)
    if slot >= 0 and value(names.suffixes, slot) & CHECKED:
        return
    slot = find(names.suffix_risk, part(room.raw, names.powers, suffix, size), -1)
    risk = value(names.suffix_risk, slot) if slot >= 0 else 0
    label = suffix - 1
    while label > 0 and text[first + label - 1] != DOT:
        label -= 1
    fold_host(text, first, suffix - 1, names.fold, room)
    # Words of the host are walked in the written and in the folded form at once; hyphens are missing in the folded one.
    begin, at, before, earlier, bits = 0, 0, -1, -1, 0
    for index in range(suffix):
        byte = text[first + index] if index < suffix - 1 else np.uint8(DOT)
        if byte not in (HYPHEN, UNDERSCORE, DOT):
            at += 1
            continue
        if index > begin:
            head = at - (index - begin)
            bits |= word(names, room, head, at)
            _search_word(names, room, mentions, row, begin, index, head, begin >= label, risk)
            if before >= 0 and begin >= label:
                _search_joined(names, room, mentions, row, before, earlier, at, risk)
            earlier, before = before, head
        begin = index + 1
        if byte == DOT:
            at, before, earlier = at + 1, -1, -1
    if mentions.brand[row] >= 0 and bits & (BAIT | WEAK | PRODUCT | ADDRESS):
        mentions.score[row] += 0.04


@compiled
def _search_word(
    names: NameIndex, room: Scratch, mentions: Mentions, row: int, begin: int, end: int, first: int, is_main: bool,
    risk: int,
) -> None:  # fmt: skip
    """Offer brands of one word: host[begin:end] as it is written, text[first : first + end - begin] folded."""
    last = first + end - begin
    size = last - first
    slot = find(names.exact, part(room.codes, names.powers, first, last), -1)
    if slot >= 0:
        key = value(names.exact, slot)
        is_written = names.key_raw[key] == part(room.raw, names.powers, begin, end)
        way = (WORD if is_written or names.key_number[key] else DISGUISED) if is_main else BELOW
        if size >= (SHORTEST_WORD if way != DISGUISED else SHORTEST_JOINED) or risk == 2:
            _offer(names, mentions, row, key, way, size, risk)
        return
    if not is_main or size > LONGEST_NAME + 12 or word(names, room, first, last):
        return
    if size >= SHORTEST_JOINED:
        letters = fold_pairs(room, first, last)
        slot = find(names.exact, room.pair_codes[letters], -1) if letters else -1
        if slot >= 0:
            _offer(names, mentions, row, value(names.exact, slot), DISGUISED, letters, risk)
    _search_parts(names, room, mentions, row, first, last, risk)
    if SHORTEST_NEAR - 1 <= size <= LONGEST_NAME:
        _search_near(names, room, mentions, row, first, last, risk)


@compiled
def _search_parts(
    names: NameIndex, room: Scratch, mentions: Mentions, row: int, first: int, last: int, risk: int
) -> None:
    """Offer brands among companion words of text[first:last] (mydhlparcel), and long names at its begin or end."""
    for begin in range(first, last - SHORTEST_WORD + 1):
        is_behind = begin > first and word(names, room, first, begin) != 0
        for length in range(SHORTEST_WORD, min(LONGEST_NAME, last - begin) + 1):
            end = begin + length
            is_edge = begin == first or end == last
            if end - begin == last - first or not (is_behind or is_edge):
                continue
            slot = find(names.exact, part(room.codes, names.powers, begin, end), -1)
            if slot < 0 or room.digit[begin] or room.digit[end - 1]:
                continue
            key = value(names.exact, slot)
            is_before = end == last or (last - end >= 3 and companion(names, room, end, last) > 0)
            if is_before and (is_behind or begin == first):
                _offer(names, mentions, row, key, COMPOUND, length, risk)
            elif is_edge and length >= SHORTEST_EDGE:
                _offer(names, mentions, row, key, EDGE, length, risk)


@compiled
def _search_joined(
    names: NameIndex, room: Scratch, mentions: Mentions, row: int, before: int, earlier: int, last: int, risk: int
) -> None:
    """Offer brands whose name is written as two or three words (pay-pal)."""
    for head in (before, earlier):
        if head < 0 or not SHORTEST_JOINED <= last - head <= LONGEST_NAME:
            continue
        slot = find(names.exact, part(room.codes, names.powers, head, last), -1)
        if slot >= 0 and names.key_raw[value(names.exact, slot)] != np.uint64(0):
            _offer(names, mentions, row, value(names.exact, slot), JOINED, last - head, risk)


@compiled
def _search_near(
    names: NameIndex, room: Scratch, mentions: Mentions, row: int, first: int, last: int, risk: int
) -> None:
    """Offer brands at one edit from a word, unless the word is Mandarin in letters and so most likely another one."""
    size = last - first
    codes = np.empty(size + 1, dtype=np.uint64)
    for length in range(size + 1):
        codes[length] = part(room.codes, names.powers, first, first + length)
    for left in range(-1, size):
        code = codes[size] if left < 0 else without(codes, names.powers, size, left)
        if not may_hold(names.near_bits, code):
            continue
        slot = find(names.near, code, -1)
        while slot >= 0:
            key = value(names.near, slot)
            slot = find(names.near, code, slot)
            begin, end = names.key_starts[key], names.key_starts[key + 1]
            if end - begin < SHORTEST_NEAR or names.key_core[key] < SHORTEST_JOINED:
                continue
            if edits(room.text, first, last, names.key_text, begin, end, 1) != 1:
                continue
            _, _, is_inside = edit_kind(room.text, first, last, names.key_text, begin, end, names.slips)
            if is_inside and not (names.key_pinyin[key] and is_pinyin(names, room, first, last)):
                _offer(names, mentions, row, key, NEAR, end - begin, risk)


@compiled
def _offer(names: NameIndex, mentions: Mentions, row: int, key: int, way: int, length: int, risk: int) -> None:
    """Store a mention if it is better than the best of the host so far."""
    brand, needs = names.key_brand[key], names.key_needs[key]
    if not names.brand_named[brand] or needs in (NEEDS_GOV, NEEDS_CLEAR):
        return
    is_ordinary = needs in (NEEDS_WORD, NEEDS_BAIT)
    if is_ordinary and way in (COMPOUND, EDGE, NEAR):
        return
    score = _BASE[way] + 0.01 * min(length, 8) + 0.025 * risk
    score += 0.03 if names.brand_guarded[brand] else 0.0
    score -= 0.05 if is_ordinary else 0.0
    score -= 0.05 if names.allowed[brand, TOKEN] == OFF else 0.0
    if score > mentions.score[row]:
        mentions.brand[row], mentions.key[row] = brand, key
        mentions.way[row], mentions.score[row] = way, score
