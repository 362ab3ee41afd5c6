"""Searches for each way in which a host can imitate a brand; they define the strengths of matches."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.brands._arrays import (
    ADDRESS,
    BAIT,
    COMPANION,
    GOV,
    HOMOGLYPH,
    INSIDE,
    LOOK,
    NEEDS_GOV,
    NEEDS_WORD,
    NUMBER,
    PRODUCT,
    SPLIT,
    SUFFIX,
    TOKEN,
    TWO_EDITS,
    WHOLE,
    NameIndex,
    Scratch,
)
from fanzha.brands._best_match import Best, offer
from fanzha.brands._comparison import companion, edit_kind, edits, word
from fanzha.brands._hash_index import find, may_hold, part, value, without, without_two

DOT, HYPHEN, UNDERSCORE, ZERO, NINE = 46, 45, 95, 48, 57
ONE_EDIT_FROM, TWO_EDITS_FROM = 5, 12  # minimum length of names for matches with one and two edits
LONGEST_TWO = 24  # letters; a longer label is not searched for two edits


@compiled
def search_exact(
    names: NameIndex, best: Best, code: np.uint64, written: np.uint64, way: int, risk: int, hosting: bool
) -> None:
    """Offer the brand whose folded name has this code; `written` is the code of the unfolded label.

    `way` is how the name was derived: LOOK (unchanged or with letter pairs folded), SPLIT or HOMOGLYPH. The unchanged
    name under another suffix is strong evidence where names are cheap; under a country's suffix it is often the brand's
    own.
    """
    slot = find(names.exact, code, -1)
    if slot < 0:
        return
    key = value(names.exact, slot)
    length = names.key_starts[key + 1] - names.key_starts[key]
    group, apart = way, way == HOMOGLYPH or (way == LOOK and names.key_needs[key] == NEEDS_WORD)  # a disguised word
    if way == LOOK and names.key_raw[key] == written:
        group, apart = SUFFIX, best.bait[0]
        strength = 0.75 if length >= 6 else 0.65 if length == 5 else 0.55 if length == 4 else 0.3
        is_risky_suffix = risk == 2 or (risk == 1 and names.brand_guarded[names.key_brand[key]])
        strength = strength if is_risky_suffix and not hosting else 0.45 if length > 4 else 0.3
    elif way == HOMOGLYPH:
        strength = 0.97 if length >= 4 else 0.7
    else:
        strength = 0.9 if length >= 5 else 0.65 if length == 4 else 0.3
        strength -= 0.05 if way == SPLIT else 0.0
    offer(names, best, names.key_brand[key], key, group, strength, length, 0, apart)


@compiled
def search_near(names: NameIndex, room: Scratch, best: Best, first: int, last: int, disguised: bool) -> None:
    """Offer brands at one edit, or two for long names, by the codes of the label with letters omitted."""
    size = last - first
    if size < ONE_EDIT_FROM - 1 or size > 60:
        return
    codes = np.empty(size + 1, dtype=np.uint64)
    for length in range(size + 1):
        codes[length] = part(room.codes, names.powers, first, first + length)
    room.checked_keys[:] = -1
    two = TWO_EDITS_FROM - 1 <= size <= LONGEST_TWO
    for left in range(-1, size):
        for right in range(left, size if two and left >= 0 else left + 1):
            if left < 0:
                code = codes[size]
            elif right == left:
                code = without(codes, names.powers, size, left)
            else:
                code = without_two(codes, names.powers, size, left, right)
            if may_hold(names.near_bits, code):
                _near(names, room, best, first, last, code, disguised)


@compiled
def _near(names: NameIndex, room: Scratch, best: Best, first: int, last: int, code: np.uint64, disguised: bool) -> None:
    slot = find(names.near, code, -1)
    while slot >= 0:
        key = value(names.near, slot)
        slot = find(names.near, code, slot)
        if room.checked_keys[key & 15] == key:
            continue
        room.checked_keys[key & 15] = key
        begin, end = names.key_starts[key], names.key_starts[key + 1]
        length, own = end - begin, names.key_core[key]
        limit = 2 if own >= TWO_EDITS_FROM else 1
        distance = edits(room.text, first, last, names.key_text, begin, end, limit)
        if distance == 0 or distance > limit or (own < ONE_EDIT_FROM and length < ONE_EDIT_FROM + 2):
            continue
        group, strength = TWO_EDITS, 0.65 if length >= 12 else 0.55
        if distance == 1:
            group, plausible = edit_kind(room.text, first, last, names.key_text, begin, end, names.slips)
            if own < 9 and not plausible:
                continue
            strength = 0.85 if own >= 8 else 0.75 if own >= 6 else 0.6
        strength += 0.1 if disguised else 0.0
        offer(names, best, names.key_brand[key], key, group, strength, length, distance, best.bait[0])


@compiled
def search_inside(names: NameIndex, room: Scratch, best: Best, size: int, main: int) -> None:
    """Offer brands contained in a label or equal to one of its tokens; `main` is the registrable label's offset."""
    label, end = 0, -1
    for position in range(size - 3):
        if room.text[position] == DOT:
            label, end = position + 1, -1
            continue
        for width in (4, 5, 6, 8, 12):
            if position + width > size:
                break
            slot = find(names.begins, part(room.codes, names.powers, position, position + width), -1)
            while slot >= 0:
                key = value(names.begins, slot)
                slot = find(names.begins, part(room.codes, names.powers, position, position + width), slot)
                begin, length = names.key_starts[key], names.key_starts[key + 1] - names.key_starts[key]
                if position + length > size or (position == main and position + length == size):
                    continue
                if not _equal(room.text, position, names.key_text, begin, length):
                    continue
                if end < 0:
                    end = position
                    while end < size and room.text[end] != DOT:
                        end += 1
                _inside(names, room, best, key, position, length, label, end)


@compiled
def _equal(left: NDArray[np.uint8], first: int, right: NDArray[np.uint8], begin: int, length: int) -> bool:
    index = 0
    while index < length and left[first + index] == right[begin + index]:
        index += 1
    return index == length


@compiled
def _inside(
    names: NameIndex, room: Scratch, best: Best, key: int, position: int, length: int, label: int, end: int,
) -> None:  # fmt: skip
    brand = names.key_brand[key]
    before = companion(names, room, label, position) if position > label else 0
    after = companion(names, room, position + length, end) if position + length < end else 0
    apart = room.begins[position] and room.begins[position + length]
    if length < 6 and not apart and not names.brand_named[brand]:
        return
    helped = names.key_needs[key] == NEEDS_GOV and best.government[0]
    around = best.bait[0] or helped
    covers = before >= 0 and after >= 0 and length < end - label
    group = INSIDE
    if brand == names.gov_brand:
        group, strength = GOV, 0.85
    elif covers and ((before | after) & BAIT or helped):
        group, strength = COMPANION, 0.9 if length >= 6 else 0.8 if length == 5 else 0.7
    elif apart and around:
        group, strength = TOKEN, 0.8 if length >= 5 else 0.65
    elif covers:
        strength = 0.75 if length >= 8 else 0.65 if length >= 6 else 0.45
        strength = 0.45 if (before | after) & PRODUCT else strength
        if apart and length < 6 and names.brand_guarded[brand] and names.brand_named[brand]:
            strength = 0.6
        if (before | after) & ADDRESS:
            strength = 0.75 if length >= 5 else 0.5
    elif apart:
        strength = 0.6 if length >= 8 else 0.45
    else:
        strength = 0.65 if length >= 12 else 0.5 if length >= 10 else 0.4 if length >= 8 else 0.0
    offer(names, best, brand, key, group, strength, length, 0, apart and group != INSIDE)


@compiled
def search_short(names: NameIndex, room: Scratch, best: Best, size: int, main: int) -> None:
    """Offer names of two or three letters that are a token beside a bait word, or joined to one."""
    first = 0
    for position in range(1, size + 1):
        at_token = room.begins[position] and 2 <= position - first <= 3
        joins = main < position - 1 and position - main <= 3 or position == size
        for length in range(2, 4):
            begin = position - length
            if begin < main and not at_token:
                continue
            slot = find(names.exact, part(room.codes, names.powers, begin, position), -1) if at_token or joins else -1
            if slot < 0:
                continue
            key = value(names.exact, slot)
            whole = at_token and begin == first
            beside = 0
            if begin == main and size - position >= 4:
                beside = word(names, room, position, size)
            elif position == size and begin - main >= 4:
                beside = word(names, room, main, begin)
            helped = best.bait[0] or (best.government[0] and names.key_needs[key] == NEEDS_GOV)
            if not (beside & BAIT) and not (whole and helped):
                continue
            group = COMPANION if beside & BAIT else TOKEN
            strength = 0.6 if length == 3 else 0.5
            offer(names, best, names.key_brand[key], key, group, strength, length, 0, whole)
        if room.begins[position]:
            first = position + 1 if position < size and room.text[position] == DOT else position


@compiled
def search_whole(
    names: NameIndex, room: Scratch, best: Best, host: NDArray[np.uint8], first: int, size: int, suffix: int,
) -> None:  # fmt: skip
    """Offer brands whose whole domain is part of the host, with dots or hyphens (icbc-com-cn.example)."""
    starts = np.empty(64, dtype=np.int64)
    count = 0
    for position in range(size + 1):
        is_start = (
            position == 0
            or position == size + 1
            or host[first + position - 1] == DOT
            or host[first + position - 1] == HYPHEN
        )
        if is_start and count < 63:
            starts[count] = position
            count += 1
    starts[count] = size + 1
    for left in range(count):
        if starts[left] >= suffix:
            break
        for right in range(left + 2, min(left + 5, count + 1)):
            begin, end = starts[left], starts[right] - 1
            slot = find(names.own, part(room.dotted, names.powers, begin, end), -1)
            if slot < 0 or starts[left + 1] - begin < 4 or end - begin < 6:
                continue
            hyphens = part(room.raw, names.powers, begin, end) != part(room.dotted, names.powers, begin, end)
            if end >= suffix and not hyphens:
                continue  # the label with its suffix is no embedded domain
            brand, length = value(names.own, slot), end - begin
            forged = brand == names.gov_brand
            strength = 0.85 if forged else 0.92 if length >= 8 else 0.75
            offer(names, best, brand, -1, GOV if forged else WHOLE, strength, length, 0, forged or best.bait[0])


@compiled
def search_numbers(
    names: NameIndex, room: Scratch, best: Best, host: NDArray[np.uint8], first: int, size: int, label: int, main: int,
    folded: int, risk: int,
) -> None:  # fmt: skip
    """Offer brands whose service number (95588, 12306) is a run of digits of the host."""
    position = 0
    while position < size:
        begin = position
        while position < size and ZERO <= host[first + position] <= NINE:
            position += 1
        if 5 <= position - begin <= 8:
            slot = find(names.numbers, part(room.raw, names.powers, begin, position), -1)
            if slot >= 0:
                alone = begin == label and position == size
                brand = value(names.numbers, slot)
                at = main + begin - label
                for gone in range(label, begin):
                    at -= host[first + gone] == HYPHEN or host[first + gone] == UNDERSCORE
                beside = 0
                if begin >= label and not alone:
                    beside = companion(names, room, main, at) | companion(names, room, at + position - begin, folded)
                helped = best.bait[0] or best.government[0] or (beside > 0 and beside & BAIT != 0)
                strength = 0.75 if alone or helped else 0.45
                strength = (
                    0.9 if brand == best.brand[0] and best.length[0] != position - begin else strength
                )  # the host has both the name and the number
                offer(names, best, brand, -1, NUMBER, strength, position - begin, 0, helped or (alone and risk == 2))
        position += 1
