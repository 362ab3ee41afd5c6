"""Searches for each way in which a host can imitate a brand; they define the strengths of matches."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.brands._arrays import (
    ADDED,
    ADDRESS,
    BAIT,
    COMPANION,
    GOV,
    GOVERNMENT,
    HOMOGLYPH,
    INSIDE,
    LOOK,
    NEEDS_BAIT,
    NEEDS_CLEAR,
    NEEDS_GOV,
    NEEDS_WORD,
    PRODUCT,
    REPLACED,
    SPLIT,
    SUBDOMAIN,
    SUFFIX,
    TAIL,
    TOKEN,
    TWO_EDITS,
    WEAK,
    WHOLE,
    NameIndex,
    Scratch,
)
from fanzha.brands._best_match import Best, offer
from fanzha.brands._comparison import companion, edit_kind, edits, is_initials, is_pinyin
from fanzha.brands._hash_index import find, may_hold, part, value, without, without_two

DOT, HYPHEN = 46, 45
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
    needs = names.key_needs[key]
    group, apart = way, way == HOMOGLYPH or (way == LOOK and needs == NEEDS_WORD)  # a disguised word
    if way == LOOK and names.key_raw[key] == written:
        group, apart = SUFFIX, best.bait[0]
        strength = 0.75 if length >= 6 else 0.65 if length == 5 else 0.55 if length == 4 else 0.3
        is_risky_suffix = risk == 2 or (risk == 1 and names.brand_guarded[names.key_brand[key]])
        strength = strength if is_risky_suffix and not hosting else 0.45 if length > 4 else 0.3
        if needs == NEEDS_BAIT and (risk < 2 or length < 5):
            strength = min(strength, 0.45)
        if needs == NEEDS_CLEAR and (risk < 2 or length < 6):
            strength = min(strength, 0.45)
    elif way == HOMOGLYPH:
        strength = 0.97 if length >= 4 else 0.7
    else:
        strength = 0.9 if length >= 5 else 0.65 if length == 4 else 0.3
        strength -= 0.05 if way == SPLIT else 0.0
    offer(names, best, names.key_brand[key], key, group, strength, length, 0, apart)


@compiled
def search_near(
    names: NameIndex, room: Scratch, best: Best, first: int, last: int, disguised: bool, suffix: np.uint64, risk: int
) -> None:  # fmt: skip
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
                _near(names, room, best, first, last, code, disguised, suffix, risk)


@compiled
def _near(
    names: NameIndex, room: Scratch, best: Best, first: int, last: int, code: np.uint64, disguised: bool,
    suffix: np.uint64, risk: int,
) -> None:  # fmt: skip
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
        brand, needs = names.key_brand[key], names.key_needs[key]
        if needs == NEEDS_BAIT and (distance > 1 or not best.bait[0]):
            continue
        home = names.brand_suffix[brand] == suffix
        group, strength = TWO_EDITS, 0.65 if length >= 12 else 0.55
        if distance == 1:
            group, plausible, inside = edit_kind(room.text, first, last, names.key_text, begin, end, names.slips)
            other_pinyin = names.key_pinyin[key] and is_pinyin(names, room, first, last)
            likely = not other_pinyin and (plausible or inside)
            doubtful = other_pinyin and (own < 6 or not names.key_label[key])
            plausible = plausible and not (doubtful and group in (REPLACED, ADDED))
            strength = _one_edit_strength(own, needs, plausible, likely, home, risk)
        elif needs == NEEDS_CLEAR and not home and risk < 2:
            strength = 0.45
        strength += 0.1 if disguised else 0.0
        offer(names, best, brand, key, group, strength, length, distance, best.bait[0])


@compiled
def _one_edit_strength(own: int, needs: int, plausible: bool, likely: bool, home: bool, risk: int) -> float:
    """Return the strength of a name at one edit; `own` is the number of letters of the brand's own.

    Under a suffix that is neither the brand's nor common nor cheap (`risk` 0), the name is most often a word of another
    language. An edit that is no usual slip is `likely` if it spares the first letter and makes no other pinyin.
    """
    if not home and (risk == 0 or (risk == 1 and own < 6)):
        return 0.45
    if needs == NEEDS_CLEAR:
        enough = own >= 9 or (plausible and (own >= 8 or (own >= 6 and risk == 2)))
    else:
        enough = own >= 9 or plausible or (own >= 6 and likely)
    return (0.85 if own >= 8 else 0.75 if own >= 6 else 0.6) if enough else 0.0


@compiled
def search_inside(names: NameIndex, room: Scratch, best: Best, size: int, main: int, risk: int) -> None:
    """Offer brands contained in a label or equal to one of its tokens; `main` is the registrable label's offset."""
    label, end = 0, -1
    for position in range(size - 4):
        if room.text[position] == DOT:
            label, end = position + 1, -1
            continue
        for width in (5, 6, 8, 12):
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
                _inside(names, room, best, key, position, length, label, end, main, risk)


@compiled
def _equal(left: NDArray[np.uint8], first: int, right: NDArray[np.uint8], begin: int, length: int) -> bool:
    index = 0
    while index < length and left[first + index] == right[begin + index]:
        index += 1
    return index == length


@compiled
def _inside(
    names: NameIndex, room: Scratch, best: Best, key: int, position: int, length: int, label: int, end: int, main: int,
    risk: int,
) -> None:  # fmt: skip
    brand, needs = names.key_brand[key], names.key_needs[key]
    before = companion(names, room, label, position) if position > label else 0
    after = companion(names, room, position + length, end) if position + length < end else 0
    apart = room.begins[position] and room.begins[position + length]
    bits = max(before, 0) | max(after, 0)
    helped = needs == NEEDS_GOV and best.government[0]
    covers = before >= 0 and after >= 0 and length < end - label
    baited = bits & BAIT != 0 or helped or (bits & WEAK != 0 and (apart or risk == 2))
    if needs == NEEDS_BAIT and not baited:
        return  # search_baited looks for it
    group, local = INSIDE, names.brand_local[brand] or needs == NEEDS_BAIT
    if brand == names.gov_brand:
        group, strength = GOV, 0.85
    elif covers and baited:
        group, strength = COMPANION, 0.9
    elif apart and (best.bait[0] or helped):
        group, strength = TOKEN, 0.8
    elif covers:
        strength = 0.75 if length >= 8 else 0.65
        common = length < 8 and not names.brand_guarded[brand] and not bits & WEAK
        strength = 0.45 if risk < 2 and (common or bits & PRODUCT) else strength
        strength = 0.75 if bits & (ADDRESS | GOVERNMENT) else strength
    elif apart:
        strength = 0.6 if length >= 8 else 0.45
    else:
        strength = 0.65 if length >= 12 else 0.4 if length >= 8 else 0.0
        strength += 0.05 if risk == 2 and length >= 12 else 0.15 if risk == 2 and length >= 8 else 0.0
    if needs == NEEDS_CLEAR and group == INSIDE and risk < 2:
        strength = min(strength, 0.45)
    if local and group == INSIDE and apart and position < main and risk > 0 and (best.random[0] or risk == 2):
        group, strength = SUBDOMAIN, max(strength, 0.6)
    elif local and group == INSIDE and after < 0 <= before and strength < 0.6 and position >= main:
        may_count = risk == 2 or (risk == 1 and (apart or best.mobile[0]))
        is_tail = may_count and is_initials(room, position + length, end)
        group, strength = (TAIL, 0.6) if is_tail else (group, strength)
    offer(names, best, brand, key, group, strength, length, 0, apart and (group != INSIDE or risk == 2))


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
