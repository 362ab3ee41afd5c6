"""Search for short names, service names and service numbers beside bait words (jd-lipei, etcrenzheng, 12306-kf)."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.brands._arrays import (
    ADDRESS,
    BAIT,
    COMPANION,
    GOV,
    GOVERNMENT,
    INITIALS,
    LOOK,
    NEEDS_BAIT,
    NEEDS_CLEAR,
    NEEDS_GOV,
    NEEDS_WORD,
    NUMBER,
    PRODUCT,
    REGION,
    REPEATED,
    SUBDOMAIN,
    TAIL,
    TOKEN,
    WEAK,
    NameIndex,
    Scratch,
)
from fanzha.brands._best_match import Best, offer
from fanzha.brands._comparison import companion, is_initials, phrase, word
from fanzha.brands._hash_index import BASE, find, may_hold, part, value
from fanzha.brands._host_folding import fold_pairs
from fanzha.brands._searches import search_near

DOT, HYPHEN, UNDERSCORE, ZERO, ONE, NINE = 46, 45, 95, 48, 49, 57
LETTER_I, LETTER_L, LETTER_O = 105, 108, 111
SHORT = 5  # letters up to which a name counts only beside a bait word
LONGEST_SERVICE = 18  # letters of aliases that need a bait word
LONGEST_HEAD = 8  # letters of a word before such a name


@compiled
def search_baited(names: NameIndex, room: Scratch, best: Best, size: int, main: int, risk: int) -> None:
    """Offer short names and service names of each label: at the begin or end of a token, or after its first word."""
    label = 0
    while label < size:
        end = label
        while end < size and room.text[end] != DOT:
            end += 1
        first = label
        for position in range(label + 1, end + 1):
            if room.begins[position] or position == end:
                _search_token(names, room, best, first, position, label, end, main, size, risk)
                first = position
        label = end + 1


@compiled
def _search_token(
    names: NameIndex, room: Scratch, best: Best, first: int, last: int, label: int, end: int, main: int, size: int,
    risk: int,
) -> None:  # fmt: skip
    # The filter stands here and not in the called function: passing all arrays costs more than the look-up.
    bits, codes, powers = names.baited_bits, room.codes, names.powers
    for length in range(2, min(LONGEST_SERVICE, end - first) + 1):
        over = first + length - last  # a name may have a hyphen (e-cny-rz), and does not end right behind it (jd-lipei)
        if (over <= 0 or over > 2) and may_hold(bits, part(codes, powers, first, first + length)):
            _offer_baited(names, room, best, first, length, label, end, main, size, risk)
        if length < last - first and may_hold(bits, part(codes, powers, last - length, last)):
            _offer_baited(names, room, best, last - length, length, label, end, main, size, risk)
    for head in range(2, min(LONGEST_HEAD, last - first - 3) + 1):
        if find(names.words, part(codes, powers, first, first + head), -1) < 0:
            continue
        begin = first + head
        for length in range(2, min(LONGEST_SERVICE, last - begin - 1) + 1):
            if may_hold(bits, part(codes, powers, begin, begin + length)):
                _offer_baited(names, room, best, begin, length, label, end, main, size, risk)


@compiled
def _offer_baited(
    names: NameIndex, room: Scratch, best: Best, begin: int, length: int, label: int, end: int, main: int, size: int,
    risk: int,
) -> None:  # fmt: skip
    slot = find(names.exact, part(room.codes, names.powers, begin, begin + length), -1)
    if slot < 0:
        return
    key = value(names.exact, slot)
    brand, needs = names.key_brand[key], names.key_needs[key]
    if (length > SHORT and needs != NEEDS_BAIT) or not names.brand_named[brand]:
        return
    apart = room.begins[begin] and room.begins[begin + length]
    if room.digit[begin] and (length < 3 or not apart):
        return  # digits at a name of digits make another number
    local = names.brand_local[brand] or needs == NEEDS_BAIT
    covers, bits = False, 0
    if not apart and length <= SHORT:
        # Most names that begin or end with a short name are other words: leave before the costly split into words.
        if needs != NEEDS_WORD:
            covers, bits = _is_joined(names, room, key, begin, length, label, end, risk, local)
        if not covers and not (best.bait[0] and _is_at_begin(room, begin, length, main)):
            return
    else:
        before = companion(names, room, label, begin) if begin > label else 0
        after = _after(names, room, begin + length, end, local and length >= 3)
        if before > 0 and (risk < 2 or not apart):
            before &= ~WEAK  # weak words stand after the name
        bits = max(before, 0) | max(after, 0)
        covers = before >= 0 and after >= 0 and length < end - label
        covers = covers and (apart or needs != NEEDS_WORD)
    strength = _baited_strength(names, best, brand, needs, length, bits, apart, covers, risk)
    if covers and bits & INITIALS and not bits & BAIT:
        strength = _tail_strength(best, length, apart, risk)
    elif covers and local and risk == 1 and length >= 4 and _is_china_or_year(room, begin + length, end):
        strength = max(strength, 0.55)
    is_below = label != main and apart and local and length >= 3
    if is_below and risk > 0 and (best.random[0] or (risk == 2 and length >= 4)):
        offer(names, best, brand, key, SUBDOMAIN, 0.6 if best.random[0] and risk == 2 else 0.55, length, 0, True)
    around = best.bait[0] or (best.weak[0] and risk == 2) or (best.government[0] and needs == NEEDS_GOV)
    if begin == main and begin + length == end and word(names, room, begin, end) & (BAIT | WEAK):
        around = False  # a name that is a bait word itself is no bait to itself
    around = around or (label != main and _is_forged_suffix(names, room, main, size))
    if apart and not covers and around:
        strength = max(strength, 0.5 + 0.05 * min(length, 6) - (0.1 if length == 2 else 0.0))
    if begin > 0 and best.bait[0] and names.brand_guarded[brand] and _is_at_begin(room, begin, length, main):
        rest = 0
        while begin + length + rest < end and not (rest > 0 and room.begins[begin + length + rest]):
            rest += 1
        if 0 < rest <= 3 and not apart:
            strength = max(strength, 0.55)  # wap.icbcxyz.com: bait before a name with letters at random
    if needs == NEEDS_CLEAR and (length < SHORT or risk < 2):
        strength = min(strength, 0.45)
    if label != main:
        strength -= 0.05
    if strength > 0.0:
        group = GOV if brand == names.gov_brand else COMPANION if covers else TOKEN
        group = TAIL if group == COMPANION and bits & INITIALS and not bits & BAIT else group
        strong = bits & BAIT != 0 or (apart and around) or (risk == 2 and (apart or bits & WEAK != 0))
        offer(names, best, brand, key, group, strength, length, 0, strong or apart)


@compiled
def _after(names: NameIndex, room: Scratch, first: int, last: int, local: bool) -> int:
    """Return the class bits of what follows a name: companion words, or INITIALS after a name known in China."""
    if first == last:
        return 0
    bits = phrase(names, room, first, last) if local else companion(names, room, first, last)
    return INITIALS if bits < 0 and local and is_initials(room, first, last) else bits


@compiled
def _tail_strength(best: Best, length: int, apart: bool, risk: int) -> float:
    """Return the strength of a name of three letters or more with initials or random letters behind it."""
    counts = risk == 2 or (risk == 1 and length >= 4 and (apart or best.mobile[0]))
    return (0.55 if length < 4 else 0.6) if counts else 0.45


@compiled
def _is_china_or_year(room: Scratch, first: int, last: int) -> bool:
    """Return whether text[first:last] is cn set apart, or a year (dcep-cn.com, szrmb2025.com)."""
    if last - first == 2:
        return bool(room.begins[first]) and room.text[first] == 99 and room.text[first + 1] == 110
    is_this_century = room.text[first] == 50 and room.text[first + 1] == 111  # 2o: the folded 0
    return last - first == 4 and is_this_century and bool(room.digit[last - 2] and room.digit[last - 1])


@compiled
def _is_at_begin(room: Scratch, begin: int, length: int, main: int) -> bool:
    """Return whether a name begins the registrable label, or has four letters and begins a token of it."""
    return (begin == main and length >= 3) or (begin > main and length >= 4 and room.begins[begin])


@compiled
def search_slipped(
    names: NameIndex, room: Scratch, best: Best, size: int, main: int, suffix: np.uint64, risk: int
) -> None:
    """Offer the brands whose name is misspelt by a token next to a bait word (taobaao-kf, citiic-card).

    A doubled letter counts for names of four letters or more, another edit as it does for a whole label.
    """
    _offer_doubled(names, room, best, main, size, 0.6 if risk == 2 else 0.55 if risk == 1 else 0.45, True)
    if not (best.bait[0] or best.weak[0] or risk == 2):
        return
    first = main
    for last in range(main + 1, size + 1):
        if last < size and not room.begins[last]:
            continue
        if last - first > SHORT - 1 and last - first < size - main and word(names, room, first, last) == 0:
            _offer_doubled(names, room, best, first, last, 0.6, False)
            _offer_paired(names, room, best, first, last)
            if (best.bait[0] or risk == 2) and find(names.exact, part(room.codes, names.powers, first, last), -1) < 0:
                search_near(names, room, best, first, last, False, suffix, risk)
        first = last


@compiled
def _offer_paired(names: NameIndex, room: Scratch, best: Best, first: int, last: int) -> None:
    """Offer the brand whose name is text[first:last] with rn read as m, vv as w or cl as d."""
    letters = fold_pairs(room, first, last)
    if letters == 0:
        return
    slot = find(names.exact, room.pair_codes[letters], -1)
    if slot >= 0 and names.brand_named[names.key_brand[value(names.exact, slot)]]:
        key = value(names.exact, slot)
        offer(names, best, names.key_brand[key], key, LOOK, 0.8, letters, 0, True)


@compiled
def _offer_doubled(
    names: NameIndex, room: Scratch, best: Best, first: int, last: int, strength: float, is_whole: bool
) -> None:
    """Offer brands whose name with one letter doubled is text[first:last]; a whole label only for brands of China."""
    if not SHORT <= last - first <= LONGEST_SERVICE:
        return
    for position in range(first + 1, last):
        if room.text[position] != room.text[position - 1]:
            continue
        code = part(room.codes, names.powers, first, position) * names.powers[last - position - 1]
        slot = find(names.exact, code + part(room.codes, names.powers, position + 1, last), -1)
        if slot < 0:
            continue
        key, length = value(names.exact, slot), last - first - 1
        brand, needs = names.key_brand[key], names.key_needs[key]
        if names.key_number[key] or (is_whole and (needs == NEEDS_BAIT or not names.brand_local[brand])):
            continue
        if names.brand_named[brand] and needs != NEEDS_CLEAR and needs != NEEDS_WORD:
            offer(names, best, brand, key, REPEATED, strength, length, 1, not is_whole)


@compiled
def _is_joined(
    names: NameIndex, room: Scratch, key: int, begin: int, length: int, label: int, end: int, risk: int, local: bool,
) -> tuple[bool, int]:  # fmt: skip
    """Return whether a short name that is not set apart is joined to a word that makes it count, and the classes.

    Bait words of four letters or more count. Shorter and weak ones count after the name, where names are cheap or where
    the name belongs to a guarded brand and has three letters or more. One word stands before it at most, and one behind
    it; behind a name known in China (`local`) several, initials or random letters, or a number where names are cheap.
    """
    before, letters_before = _one_word(names, room, label, begin)
    after, letters_after = _one_word(names, room, begin + length, end)
    if after < 0 and local and length >= (3 if risk == 2 else 4):
        after, letters_after = _after(names, room, begin + length, end, True), end - begin - length
    if before < 0 or after < 0:
        return False, 0
    if risk < 2:
        before &= ~WEAK
    bits = before | after
    guarded = names.brand_guarded[names.key_brand[key]]
    if length == 2 and (begin > label or not after & BAIT or not (risk == 2 or letters_after >= 6)):
        return False, 0
    if after & INITIALS and before & ~REGION:
        return False, 0
    if after & INITIALS or (before | after == 0 and local and length >= 4 and begin == label):
        return True, bits
    if risk == 2 and local and guarded and length >= 3 and begin + length == end and before & REGION:
        return True, bits  # zgetc.top, quanguogjj.icu
    if (before & BAIT and letters_before >= 4) or (after & BAIT and letters_after >= 4):
        return True, bits
    if risk == 2 and guarded and length >= 4:
        return after > 0 or (length == SHORT and begin + length < end), bits
    return after & (BAIT | WEAK) != 0 and (risk == 2 or (guarded and length >= 3 and begin == label)), bits


@compiled
def _is_forged_suffix(names: NameIndex, room: Scratch, main: int, size: int) -> bool:
    """Return whether the registrable label begins with a token such as com, cn or gov (icbc.com-kf.top)."""
    last = main + 1
    while last < size and not room.begins[last]:
        last += 1
    if last == size:
        return False  # the whole label, as in icbc.com.hosting.example
    is_cn = last == main + 2 and room.text[main] == 99 and room.text[main + 1] == 110
    return is_cn or word(names, room, main, last) & (ADDRESS | GOVERNMENT) != 0


@compiled
def _one_word(names: NameIndex, room: Scratch, first: int, last: int) -> tuple[int, int]:
    """Return the classes and letters of one companion word among digits, (0, 0) for digits alone, (-1, 0) for else."""
    while last > first and room.digit[last - 1]:
        last -= 1
    while first < last and room.digit[first]:
        first += 1
    if first >= last:
        return 0, 0
    bits = word(names, room, first, last)
    return (bits, last - first) if bits else (-1, 0)


@compiled
def _baited_strength(
    names: NameIndex, best: Best, brand: int, needs: int, length: int, bits: int, apart: bool, covers: bool, risk: int,
) -> float:  # fmt: skip
    """Return the strength of a label that consists of a short name and companion words with the classes `bits`."""
    if brand == names.gov_brand:
        return 0.6 if apart and (risk == 2 or best.bait[0] or best.weak[0]) else 0.45 if apart else 0.0
    if not covers:
        return 0.0
    strength = 0.15 + 0.1 * min(length, 4) if length < SHORT else 0.6
    strength = 0.3 if length == 2 else strength
    strength += 0.05 if apart else 0.0
    strength += 0.1 if risk == 2 else -0.1 if risk == 0 else 0.0
    if bits & BAIT or (bits & GOVERNMENT and needs == NEEDS_GOV):
        return strength + 0.2
    if bits & WEAK and (length > 2 or risk == 2):
        return strength + (0.15 if apart else 0.1)
    if bits & (ADDRESS | GOVERNMENT):
        return strength + 0.1
    if bits & PRODUCT:
        return strength + 0.05 if risk == 2 else min(strength, 0.45)
    known = apart or length >= 4 or bits & REGION != 0
    return strength if risk == 2 and known and names.brand_guarded[brand] else min(strength, 0.45)


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
            code = part(room.raw, names.powers, begin, position)
            slot = find(names.numbers, code, -1)
            if slot >= 0:
                _offer_number(
                    names, room, best, host, first, size, label, main, folded, risk, begin, position,
                    value(names.numbers, slot),
                )  # fmt: skip
            elif begin >= label and (risk == 2 or best.bait[0] or best.weak[0]):
                slot = find(names.mistyped_numbers, code, -1)
                if slot >= 0:
                    offer(names, best, value(names.mistyped_numbers, slot), -1, NUMBER, 0.6, position - begin, 1, True)
        position += 1
    _search_disguised_numbers(names, best, host, first + label, first + size)


@compiled
def _search_disguised_numbers(names: NameIndex, best: Best, host: NDArray[np.uint8], first: int, last: int) -> None:
    """Offer brands whose number is written with o for 0, or i and l for 1 (l2306, 1oo86)."""
    begin, digits, letters, code = first, 0, 0, np.uint64(0)
    for position in range(first, last + 1):
        byte = host[position] if position < last else DOT
        is_digit = ZERO <= byte <= NINE
        if is_digit or byte in (LETTER_O, LETTER_L, LETTER_I):
            digits, letters = digits + is_digit, letters + (not is_digit)
            plain = byte if is_digit else ZERO if byte == LETTER_O else ONE
            code = code * BASE + np.uint64(plain)
            continue
        if letters and digits >= 2 and 5 <= position - begin <= 8:
            slot = find(names.numbers, code, -1)
            if slot >= 0:
                offer(names, best, value(names.numbers, slot), -1, NUMBER, 0.8, position - begin, letters, True)
        begin, digits, letters, code = position + 1, 0, 0, np.uint64(0)


@compiled
def _offer_number(
    names: NameIndex, room: Scratch, best: Best, host: NDArray[np.uint8], first: int, size: int, label: int, main: int,
    folded: int, risk: int, begin: int, position: int, brand: int,
) -> None:  # fmt: skip
    alone = begin == label and position == size
    length = position - begin
    at = main + begin - label
    for index in range(label, begin):
        at -= host[first + index] == HYPHEN or host[first + index] == UNDERSCORE
    beside, same = 0, False
    if begin >= label and not alone:
        before = companion(names, room, main, at) if at > main else 0
        after = companion(names, room, at + length, folded) if at + length < folded else 0
        before &= ~WEAK if before > 0 and risk < 2 and not room.begins[at] else -1
        beside = (before | after) if before >= 0 and after >= 0 else -1
        same = _is_name_of(names, room, main, at, brand) or _is_name_of(names, room, at + length, folded, brand)
    helped = best.bait[0] or best.government[0] or (best.weak[0] and risk == 2)
    helped = helped or (begin < label and best.random[0] and risk > 0)
    helped = helped or (beside > 0 and beside & (BAIT | WEAK | ADDRESS) != 0)
    rest = folded - main - length
    strength = 0.75 if (alone and risk == 2) or helped else 0.45
    joined = (risk == 2 and rest <= 8) or (beside >= 0 and risk > 0 and at == main)
    is_tail = begin >= label and at == main and rest >= 2 and is_initials(room, at + length, folded)
    joined = joined or (risk == 1 and is_tail and names.brand_local[brand])
    if begin >= label and not alone and not helped and joined:
        strength = 0.55  # 12306xyz.top
    if same or (brand == best.brand[0] and best.length[0] != length):
        strength = 0.9  # the host has both the name and the number
    offer(names, best, brand, -1, NUMBER, strength, length, 0, helped or same or risk == 2)


@compiled
def _is_name_of(names: NameIndex, room: Scratch, first: int, last: int, brand: int) -> bool:
    if last - first < 2:
        return False
    slot = find(names.exact, part(room.codes, names.powers, first, last), -1)
    return slot >= 0 and names.key_brand[value(names.exact, slot)] == brand
