"""Pinyin initials of Chinese text.

The 3,755 characters of level one of GB/T 2312-1980 are ordered by pinyin, so that a character's code gives its initial.
Level two is ordered by radical: the characters of it that are common in names are listed, the others have none.
"""

from bisect import bisect_right
from functools import lru_cache
from itertools import product

#: First code of each initial in level one; `_AFTER` is the first code behind it.
_FIRST = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
_AFTER = 0xD7FA
_CODES = [code for code, _letter in _FIRST]
#: Characters of level two in names of people and places.
_LEVEL_TWO = {
    character: letter
    for letter, characters in {
        "b": "亳", "c": "岑谌宸琛", "f": "霏", "g": "珙", "h": "昊皓晗灏珩骅", "j": "婧珺璟靖隽",
        "k": "珂恺邝", "l": "璐珞泷漯", "m": "淼玟", "p": "邳莆", "q": "倩琪琦祺衢邛", "r": "睿芮", "s": "佘晟歙嵊",
        "t": "婷佟滕郯", "w": "雯炜玮邬", "x": "璇馨曦鑫莘煊", "y": "怡瑶煜妍玥琰闫鄢昱弋鄞", "z": "臻哲郅柘漳",
    }.items()
    for character in characters
}  # fmt: skip
#: Characters that are read in more than one way.
_SEVERAL = {
    "行": "hx", "重": "cz", "长": "cz", "厦": "xs", "调": "dt", "传": "cz", "曾": "cz", "朝": "cz", "单": "ds",
    "覃": "tq", "解": "jx", "乐": "ly", "会": "hk", "都": "d", "藏": "cz", "卡": "kq", "省": "sx", "折": "zs",
}  # fmt: skip
_MOST_VARIANTS = 16


def initials(text: str) -> tuple[str, ...]:
    """Return the initials of a text, one string for each way of reading it, at most 16; () without Chinese.

    A Latin word or a number counts with its first character.
    """
    letters = [choices for choices in map(_initial, _units(text)) if choices]
    if not any("\u4e00" <= character <= "\u9fff" for character in text):
        return ()
    variants = product(*letters)
    return tuple("".join(variant) for variant, _ in zip(variants, range(_MOST_VARIANTS), strict=False))


def _units(text: str) -> list[str]:
    """Return the Chinese characters of a text and the first characters of its other words."""
    units, is_inside_word = [], False
    for character in text:
        if "\u4e00" <= character <= "\u9fff":
            units.append(character)
            is_inside_word = False
        elif not character.isalnum():
            is_inside_word = False
        elif not is_inside_word:
            units.append(character)
            is_inside_word = True
    return units


@lru_cache(maxsize=8_192)
def _initial(character: str) -> str:
    """Return the possible initials of a character, "" if it has none."""
    if character in _SEVERAL:
        return _SEVERAL[character]
    if not "\u4e00" <= character <= "\u9fff":
        return character
    if character in _LEVEL_TWO:
        return _LEVEL_TWO[character]
    try:
        code = int.from_bytes(character.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    return _FIRST[bisect_right(_CODES, code) - 1][1] if _CODES[0] <= code < _AFTER else ""
