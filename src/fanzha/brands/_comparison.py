"""Edit distance of names, and recognition of companion words."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.brands._arrays import ADDED, FILLER, LEFT_OUT, REPEATED, REPLACED, SWAPPED, NameIndex, Scratch
from fanzha.brands._hash_index import find, part, value

LONGEST_LABEL = 64


@compiled
def edits(
    left: NDArray[np.uint8], a: int, b: int, right: NDArray[np.uint8], c: int, d: int, limit: int,
) -> int:  # fmt: skip
    """Return the optimal string alignment distance of left[a:b] and right[c:d], or limit + 1 when it is more.

    Insertion, deletion, substitution and transposition of neighbours cost 1 (Damerau 1964, restricted).
    """
    rows, columns = b - a, d - c
    if abs(rows - columns) > limit or rows >= LONGEST_LABEL or columns >= LONGEST_LABEL:
        return limit + 1
    before = np.zeros(LONGEST_LABEL + 1, dtype=np.int64)
    last = np.arange(LONGEST_LABEL + 1)
    now = np.zeros(LONGEST_LABEL + 1, dtype=np.int64)
    for row in range(1, rows + 1):
        now[0] = row
        least = row
        for column in range(1, columns + 1):
            same = left[a + row - 1] == right[c + column - 1]
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (0 if same else 1))
            swapped = (
                row > 1
                and column > 1
                and left[a + row - 1] == right[c + column - 2]
                and left[a + row - 2] == right[c + column - 1]
            )
            if swapped:
                cost = min(cost, before[column - 2] + 1)
            now[column] = cost
            least = min(least, cost)
        if least > limit:
            return limit + 1
        before, last, now = last, now, before
    distance: int = min(last[columns], limit + 1)
    return distance


@compiled
def edit_kind(
    label: NDArray[np.uint8], a: int, b: int, name: NDArray[np.uint8], c: int, d: int, slips: NDArray[np.bool_],
) -> tuple[int, bool, bool]:  # fmt: skip
    """Return the kind of the one edit from name[c:d] to label[a:b], whether it is a plausible slip, and is inside.

    Omitted, doubled or swapped letters and one added at the end are plausible. A replaced or inserted letter is
    plausible only if `slips` (256 × 256) pairs it with its counterpart: keyboard neighbours, vowels, look-alikes, one
    flipped bit. The first letter of names shorter than seven is seldom mistaken, and four letters of five are mostly
    another name. An edit is inside if it spares the first letter, or if the name has seven letters or more.
    """
    position = 0
    while position < min(b - a, d - c) and label[a + position] == name[c + position]:
        position += 1
    inside = position > 0 or d - c >= 7
    if b - a < d - c:
        return LEFT_OUT, position > 0 and d - c > 5, inside
    if b - a > d - c:
        added = label[a + position]
        if position > 0 and added == label[a + position - 1]:
            return REPEATED, True, inside
        beside = position > 0 and slips[added, label[a + position - 1]]
        beside = beside or (position < d - c and slips[added, name[c + position]])
        return ADDED, position == d - c or (inside and beside), inside
    if (
        position + 1 < d - c
        and label[a + position] == name[c + position + 1]
        and label[a + position + 1] == name[c + position]
    ):
        return SWAPPED, inside, inside
    return REPLACED, inside and slips[label[a + position], name[c + position]], inside


@compiled
def companion(names: NameIndex, room: Scratch, first: int, last: int) -> int:
    """Return the class bits of text[first:last] as companion words and digits, -1 if it is something else."""
    while first < last and room.digit[first] and word(names, room, first, last) == 0:
        first += 1
    while first < last and room.digit[last - 1] and word(names, room, first, last) == 0:
        last -= 1
    if first >= last:
        return FILLER
    bits = word(names, room, first, last)
    if bits or last - first > 24:
        return bits if bits else -1
    for middle in range(first + 1, last):
        head = word(names, room, first, middle)
        if head:
            tail = word(names, room, middle, last)
            if tail:
                return head | tail
    return -1


@compiled
def phrase(names: NameIndex, room: Scratch, first: int, last: int) -> int:
    """Return the class bits of text[first:last] as any number of companion words, or as `companion` does.

    Of three words or more each has two letters or more; the longest words are tried first.
    """
    bits = companion(names, room, first, last)
    if bits >= 0 or last - first > 24:
        return bits
    bits, begin = 0, first
    while begin < last:
        end = last
        while end > begin + 1 and word(names, room, begin, end) == 0:
            end -= 1
        if end <= begin + 1:
            if not room.digit[begin]:
                return -1
            end = begin + 1
        bits |= word(names, room, begin, end)
        begin = end
    return bits


@compiled
def is_initials(room: Scratch, first: int, last: int) -> bool:
    """Return whether text[first:last] is one to six consonants, with digits around them."""
    while first < last and room.digit[first]:
        first += 1
    while first < last and room.digit[last - 1]:
        last -= 1
    if not 0 < last - first <= 6:
        return False
    for position in range(first, last):
        if room.vowel[position] or room.digit[position] or room.text[position] == 46:
            return False
    return True


@compiled
def is_random(room: Scratch, first: int, last: int) -> bool:
    """Return whether a label of four to ten letters has no vowel, or four consonants on end."""
    letters, vowels, run, longest = 0, 0, 0, 0
    for position in range(first, last):
        if room.digit[position]:
            continue
        letters += 1
        is_vowel = room.vowel[position]
        vowels += is_vowel
        run = 0 if is_vowel or room.text[position] == 121 else run + 1
        longest = max(longest, run)
    return 4 <= letters <= 10 and (vowels == 0 or longest >= 4)


@compiled
def word(names: NameIndex, room: Scratch, first: int, last: int) -> int:
    """Return the class bits of one companion word, 0 if it is none."""
    slot = find(names.words, part(room.codes, names.powers, first, last), -1)
    return value(names.words, slot) if slot >= 0 else 0


@compiled
def is_pinyin(names: NameIndex, room: Scratch, first: int, last: int) -> bool:
    """Return whether text[first:last], at most 64 bytes, can be read as a sequence of Mandarin syllables."""
    size = last - first
    if size > 64:
        return False
    ends = np.zeros(65, dtype=np.bool_)
    ends[0] = True
    for begin in range(size):
        if not ends[begin]:
            continue
        for length in range(1, min(6, size - begin) + 1):
            code = part(room.codes, names.powers, first + begin, first + begin + length)
            if find(names.syllables, code, -1) >= 0:
                ends[begin + length] = True
    result: bool = ends[size]
    return result
