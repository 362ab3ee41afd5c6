"""Kernel that closes the gaps in texts whose characters are set apart, for `fold`."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

_SHORTEST_RUN, _SHORTEST_RUN_WITH_DIGITS = 3, 4
_LONGEST_GAP = 4
_FEWEST_HAN = 6  # a shorter text is not called spaced as a whole


@compiled
def close_gaps(text: NDArray[np.uint32], size: int) -> int:
    """Close the gaps of one mapped text in place; return its new size.

    In a run of characters that each stand alone (`兼 职 点 赞`, `提.现.失.败`, `h k . t o p`) spaces go away, and so
    does the one sign between two of them. In a text whose Chinese characters mostly stand alone, each space beside a
    Chinese character goes away.
    """
    han, alone, gap, before = 0, 0, True, False
    for position in range(size):
        code = text[position]
        word = _is_word_sign(code)
        alone += before and not word  # a Chinese character between two gaps
        before = word and gap and _is_han(code)
        han += _is_han(code)
        gap = not word
    alone += before
    spaced = han >= _FEWEST_HAN and 2 * alone >= han
    used, position = 0, 0
    while position < size:
        end = position
        if _begins_run(text, position, size):
            end = _run_end(text, position, size)
        if end > position:
            used = _write_run(text, position, end, used)
            position = end
            continue
        code = text[position]
        if code == 32 and spaced:
            before = used > 0 and _is_han(text[used - 1])
            if before or (position + 1 < size and _is_han(text[position + 1])):
                position += 1
                continue
        text[used] = code
        used += 1
        position += 1
    return used


@compiled
def _is_han(code: int) -> bool:
    return 0x3400 <= code <= 0x9FFF


@compiled
def _is_word_sign(code: int) -> bool:
    """Return whether a code point is a letter, a digit or a character of a word (not an ASCII sign or space)."""
    return code >= 128 or 48 <= code <= 57 or 97 <= code <= 122


@compiled
def _stands_alone(text: NDArray[np.uint32], position: int, size: int) -> bool:
    if position > 0 and _is_word_sign(text[position - 1]):
        return False
    return not (position + 1 < size and _is_word_sign(text[position + 1]))


@compiled
def _begins_run(text: NDArray[np.uint32], position: int, size: int) -> bool:
    """Return whether a character stands alone; a Latin letter does also right after a Chinese character."""
    code = text[position]
    if position > 0 and _is_word_sign(text[position - 1]) and not (97 <= code <= 122 and text[position - 1] >= 128):
        return False
    return _is_word_sign(code) and not (position + 1 < size and _is_word_sign(text[position + 1]))


@compiled
def _run_end(text: NDArray[np.uint32], start: int, size: int) -> int:
    """Return the end of the run of single characters that begins at `start`, or `start` if it is too short.

    All gaps of a run have spaces, or none has.
    """
    many, digits, by_spaces = 1, 48 <= text[start] <= 57, False
    position = start
    while position < size:
        after = position + 1
        spaces, signs = 0, 0
        while after < size and after - position <= _LONGEST_GAP and not _is_word_sign(text[after]):
            spaces += text[after] == 32
            signs += text[after] != 32
            after += 1
        if after >= size or not _is_word_sign(text[after]) or not _stands_alone(text, after, size):
            break
        if spaces == 0 and (signs != 1 or not _is_divider(text[position + 1])):
            break
        if many > 1 and by_spaces != (spaces > 0):
            break
        by_spaces = spaces > 0
        digits = digits or 48 <= text[after] <= 57
        position = after
        many += 1
    return position + 1 if many >= (_SHORTEST_RUN_WITH_DIGITS if digits else _SHORTEST_RUN) else start


@compiled
def _is_divider(code: int) -> bool:
    """Return whether a sign is one that is set between characters: . * _ - ~ | ^ ` # = / or an apostrophe."""
    return code in (46, 42, 95, 45, 126, 124, 94, 96, 35, 61, 47, 39)


@compiled
def _write_run(text: NDArray[np.uint32], start: int, end: int, used: int) -> int:
    """Write a run without its gaps; between Latin letters, two spaces or more stay one space."""
    position = start
    while position < end:
        code = text[position]
        if _is_word_sign(code):
            text[used] = code
            used += 1
            position += 1
            continue
        stop = position
        while stop < end and not _is_word_sign(text[stop]):
            stop += 1
        latin = 97 <= text[position - 1] <= 122 and 97 <= text[stop] <= 122
        spaces, divided = 0, False
        for index in range(position, stop):
            spaces += text[index] == 32
            divided = divided or _is_divider(text[index])
        divided = divided and stop - position - spaces == 1
        if spaces == stop - position:
            if spaces > 1 and latin:
                text[used] = 32
                used += 1
        elif spaces > 0 and not (divided and text[position - 1] >= 128 and text[stop] >= 128):
            for index in range(position, stop):
                if text[index] != 32:
                    text[used] = text[index]
                    used += 1
        position = stop
    return used
