"""Kernels that recognise mask words, links, mail addresses and numbers, written or masked, for `fold`."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

_NUMBER, _MOBILE, _TELEPHONE, _LINK, _MAIL, _NAME, _HANDLE = (0xE000 + index for index in range(7))


_LONGEST_HOST, _LONGEST_NUMBER = 256, 64  # these bounds keep the running time linear on hostile texts


def _pack_word(word: str) -> int:
    """Pack a word of up to eight ASCII letters into one integer."""
    return int.from_bytes(word.encode(), "big")


_MASKS = (
    ("CELLPHON", _MOBILE, 9), ("HOTLINE", _TELEPHONE, 7), ("PHONE", _TELEPHONE, 5), ("WECHAT", _HANDLE, 6),
    ("DIGIT", _NUMBER, 5), ("PLACE", _NAME, 5), ("NAME", _NAME, 4), ("BANK", _NUMBER, 4),
)  # fmt: skip
_MASK_WORDS = np.array([_pack_word(word) for word, _, _ in _MASKS], np.uint64)
_MASK_BECOMES = np.array([becomes for _, becomes, _ in _MASKS], np.uint32)
_MASK_LENGTH = np.array([size for _, _, size in _MASKS], np.int64)
_ORDINARY = (0x5341, 0x5343, 0x516B, 0x516D, 0x56DB, 0x767E, 0x5E7A, 0x96F6)  # 十千八六四百幺零, not formal
_TOPS = (
    "com cn net org gov edu cc me info top xyz vip tk co uk hk tw io ly biz club site shop online link in us wang ren "
    "icu ltd app live fun work tech pro mobi asia ml ga cf gq cyou cfd sbs buzz bond mo jp kr ru de fr store example eu"
)
_TOP_WORDS = np.array(sorted(_pack_word(word) for word in _TOPS.split()), np.uint64)


@compiled
def mask_word(codes: NDArray[np.uint32], position: int, start: int, stop: int) -> tuple[int, int]:
    """Return placeholder and length of a mask word (PHONE, DIGIT, URLabc …) at `position`, or (0, 0)."""
    if position > start and (65 <= codes[position - 1] <= 90 or 97 <= codes[position - 1] <= 122):
        return 0, 0
    end = position
    while end < stop and end - position < 16 and 65 <= codes[end] <= 90:
        end += 1
    size = end - position
    packed = np.uint64(0)
    for index in range(min(size, 8)):
        packed = (packed << np.uint64(8)) | np.uint64(codes[position + index])
    if size >= 3 and codes[position] == 85 and codes[position + 1] == 82 and codes[position + 2] == 76:  # URL, URLabc
        while end < stop and end - position < 11 and 97 <= codes[end] <= 122:
            end += 1
        return _LINK, end - position
    if (
        size == 0
        and stop - position >= 8
        and codes[position] == 117
        and codes[position + 1] == 114
        and codes[position + 2] == 108
    ):
        end = position + 3
        while end < stop and 97 <= codes[end] <= 122:
            end += 1
        return (_LINK, end - position) if 8 <= end - position <= 11 else (0, 0)
    if end < stop and 97 <= codes[end] <= 122:
        return 0, 0
    for word in range(_MASK_WORDS.size):
        if size == _MASK_LENGTH[word] and packed == _MASK_WORDS[word]:
            return int(_MASK_BECOMES[word]), size
    return 0, 0


@compiled
def link_or_mail(text: NDArray[np.uint32], position: int, size: int) -> tuple[int, int]:
    """Return placeholder and length of a link or mail address that begins at `position`, or (0, 0)."""
    if position > 0:
        before = text[position - 1]
        if (
            97 <= before <= 122
            or 48 <= before <= 57
            or before == 64
            or before == 43
            or before == 46
            or before == 95
            or before == 45
        ):
            return 0, 0
    if _begins_link(text, position, size):
        return _LINK, _printable(text, position, size) - position
    end, at, dot = position, -1, -1
    while end < size and end - position < _LONGEST_HOST:
        code = text[end]
        if code == 64 and at < 0 and end > position:
            at = end
        elif code == 46:
            dot = end
        elif not (97 <= code <= 122 or 48 <= code <= 57 or code == 45 or code == 95 or (code == 43 and at < 0)):
            break
        end += 1
    while end > position and (text[end - 1] == 46 or text[end - 1] == 45 or text[end - 1] == 95):
        end -= 1
    dot = -1
    for back in range(end - 1, position, -1):
        if text[back] == 46:
            dot = back
            break
    if dot <= position or dot == end - 1:
        return 0, 0
    if position < at < dot:
        return _MAIL, end - position
    if at >= 0 or not _is_top(text, dot + 1, end):
        return 0, 0
    if end < size and text[end] in (47, 58, 63):
        end = _printable(text, end, size)
    return _LINK, end - position


@compiled
def _begins_link(text: NDArray[np.uint32], position: int, size: int) -> bool:
    """Return whether `http://`, `https://` or `www.` begins at `position`."""
    if size - position < 5:
        return False
    if text[position] == 119:
        return bool(text[position + 1] == 119 and text[position + 2] == 119 and text[position + 3] == 46)
    if not (
        text[position] == 104 and text[position + 1] == 116 and text[position + 2] == 116 and text[position + 3] == 112
    ):
        return False
    colon = position + (5 if text[position + 4] == 115 else 4)
    return colon + 2 < size and text[colon] == 58 and text[colon + 1] == 47


@compiled
def _printable(text: NDArray[np.uint32], position: int, size: int) -> int:
    """Return the end of the printable ASCII from `position`."""
    while position < size and 33 <= text[position] <= 126:
        position += 1
    return position


@compiled
def _is_top(text: NDArray[np.uint32], start: int, end: int) -> bool:
    """Return whether a label is a known top-level domain."""
    if not 2 <= end - start <= 8:
        return False
    packed = np.uint64(0)
    for position in range(start, end):
        if not 97 <= text[position] <= 122:
            return False
        packed = (packed << np.uint64(8)) | np.uint64(text[position])
    where = np.searchsorted(_TOP_WORDS, packed)
    if where == _TOP_WORDS.size:
        return False
    found: bool = _TOP_WORDS[where] == packed
    return found


@compiled
def _digit(code: int) -> int:
    """Return the value of a digit, 10 for a mask character (x, *, 某), 11-20 for a Chinese digit, else -1."""
    if 48 <= code <= 57:
        return int(code) - 48
    if code < 0x3007:
        return 10 if code == 120 or code == 42 else -1
    if code == 0x67D0:
        return 10
    if code == 0x5E7A:  # 幺, one as it is read out
        return 12
    chinese = (0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D)
    formal = (0x96F6, 0x58F9, 0x8D30, 0x53C1, 0x8086, 0x4F0D, 0x9646, 0x67D2, 0x634C, 0x7396)
    for value in range(10):
        if code == chinese[value] or code == formal[value]:
            return 11 + value
    return -1


@compiled
def _read_out(code: int) -> int:
    """Return 11 plus the value of a digit read out as 洞拐勾两, 10 for 叉 and 星 (masked), else -1."""
    if code == 0x6D1E:
        return 11
    if code == 0x4E24:
        return 13
    if code == 0x62D0:
        return 18
    if code == 0x52FE:
        return 20
    return 10 if code in (0x53C9, 0x661F) else -1


@compiled
def _is_formal(code: int) -> bool:
    """Return whether a character is one of 壹贰叁柒捌玖, which ordinary words seldom have."""
    return code in (0x58F9, 0x8D30, 0x53C1, 0x67D2, 0x634C, 0x7396)


@compiled
def _is_unit(code: int) -> bool:
    """Return whether a character is one of 十百千万亿 or formal 拾佰仟."""
    return code in (0x5341, 0x767E, 0x5343, 0x4E07, 0x4EBF, 0x62FE, 0x4F70, 0x4EDF)


@compiled
def _amount_end(text: NDArray[np.uint32], position: int, size: int) -> int:
    """Return the end of an amount in formal numerals with units (壹仟贰佰, 叁万五, 拾贰), or `position`."""
    code = text[position]
    if position + 1 >= size:
        return position
    after = text[position + 1]
    if code == 0x62FE:
        if not (_is_formal(after) or after == 0x4E07):
            return position
    elif not ((_digit(code) > 10 or code == 0x4E24) and _is_unit(after)):
        return position
    end, formal = position, False
    while end < size and end - position < _LONGEST_NUMBER and (end == position or _is_numeral(text[end])):
        formal = formal or (_is_numeral(text[end]) and text[end] >= 0x4EDF and text[end] not in _ORDINARY)
        end += 1
    return end if formal else position


@compiled
def _is_numeral(code: int) -> bool:
    return _is_unit(code) or _digit(code) > 10


@compiled
def number(text: NDArray[np.uint32], position: int, size: int) -> tuple[int, int]:
    """Return placeholder and length of a number at `position`, written, masked or in Chinese digits, or (0, 0)."""
    code = text[position]
    kind = _digit(code)
    if kind > 10 or code in (0x62FE, 0x4E24):
        end = _amount_end(text, position, size)
        if end > position:
            return _NUMBER, end - position
    if kind < 0 or (position > 0 and (97 <= text[position - 1] <= 122 or 48 <= text[position - 1] <= 57)):
        return 0, 0
    end, digits, chinese, formal = position, 0, 0, 0
    head = 0
    while end < size and end - position < _LONGEST_NUMBER:
        value = _digit(text[end])
        if value < 0 and digits >= 2 and chinese > 0:
            value = _read_out(text[end])
        if value >= 0:
            digits += 1
            chinese += value > 10
            formal += _is_formal(text[end])
            head = head * 10 + (value - 11 if value > 10 else min(value, 9)) if digits <= 3 else head
            end += 1
        elif text[end] in (45, 46, 44, 58, 47) and end + 1 < size and _digit(text[end + 1]) in range(11):
            end += 1
        else:
            break
    plain = digits - chinese
    if (
        (plain == 0 and chinese < 5 and formal < 2)
        or (kind == 10 and digits < 2)
        or (end < size and 97 <= text[end] <= 122)
    ):
        return 0, 0
    if kind > 10 and digits < 5 and formal < 2:
        return 0, 0
    first = kind - 11 if kind > 10 else kind
    if digits == 11 and first in (1, 10):
        return _MOBILE, end - position
    service = head in (400, 800, 950, 951, 952, 953, 954, 955, 956, 957, 958, 959) and 5 <= digits <= 10
    if service or 7 <= digits <= 12:
        return _TELEPHONE, end - position
    while end < size and end - position < _LONGEST_NUMBER and text[end] in (0x62FE, 0x4F70, 0x4EDF):  # 拾佰仟
        end += 1
    return _NUMBER, end - position
