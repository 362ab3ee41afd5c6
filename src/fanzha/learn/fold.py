"""Normalise texts: undo disguises by fraudsters and masking by data sets.

Disguises: full-width and circled forms, look-alike letters, traditional characters, signs set between characters,
invisible characters, homophones of 微信 and QQ. Masks: numbers, links, mail addresses, names and handles become one
placeholder each, whether they are written out or masked (`13800138000`, `138****8000`, `PHONE`).
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.learn._fold_gaps import close_gaps
from fanzha.learn._fold_scan import link_or_mail, mask_word, number
from fanzha.learn.codes import CodePoints

#: Placeholders, in the private use area: number, mobile number, service number, link, mail address, name, contact
#: handle.
NUMBER, MOBILE, TELEPHONE, LINK, MAIL, NAME, HANDLE = (0xE000 + index for index in range(7))
PLACEHOLDER_TEXTS = dict(
    zip(
        range(0xE000, 0xE007),
        ("〔数〕", "〔手机〕", "〔电话〕", "〔链接〕", "〔邮箱〕", "〔名〕", "〔账号〕"),
        strict=True,
    )
)


class FoldingTable(NamedTuple):
    """The replacement of each code point: `pool[first[c] : first[c] + length[c]]`."""

    first: NDArray[np.int32]
    length: NDArray[np.uint8]
    pool: NDArray[np.uint32]


@cache
def folding_table() -> FoldingTable:
    """Load the shipped character table; characters that are not in it stay unchanged."""
    with files("fanzha.learn").joinpath("data/folding.npz").open("rb") as file, np.load(file) as data:
        codes, lengths, pool = data["codes"], data["lengths"], data["pool"]
    first = np.full(0x20000, -1, np.int32)
    length = np.zeros(0x20000, np.uint8)
    first[codes] = np.concatenate([[0], np.cumsum(lengths[:-1], dtype=np.int64)]).astype(np.int32)
    length[codes] = lengths
    return FoldingTable(first, length, pool)


def fold(texts: CodePoints) -> CodePoints:
    """Return the folded texts."""
    table = folding_table()
    scratch = np.empty(4 * texts.codes.size + 4, np.uint32)
    out = np.empty(4 * texts.codes.size + 4, np.uint32)
    ends = np.empty(texts.offsets.size, np.int64)
    longest = int(np.diff(texts.offsets).max(initial=0))
    used = _fold(
        texts.codes, texts.offsets, table.first, table.length, table.pool, scratch[: 4 * longest + 4], out, ends
    )
    return CodePoints(out[:used], ends)


def fold_width(texts: CodePoints) -> CodePoints:
    """Return the texts with width, case and script folded and spaced characters joined; signs and numbers stay."""
    table = folding_table()
    out = np.empty(4 * texts.codes.size + 4, np.uint32)
    ends = np.empty(texts.offsets.size, np.int64)
    used = _fold_width(texts.codes, texts.offsets, table.first, table.length, table.pool, out, ends)
    return CodePoints(out[:used], ends)


@compiled
def _map(
    codes: NDArray[np.uint32],
    start: int,
    stop: int,
    first: NDArray[np.int32],
    length: NDArray[np.uint8],
    pool: NDArray[np.uint32],
    masks: bool,
    out: NDArray[np.uint32],
) -> int:
    """Map one text character by character; with `masks`, mask words become placeholders; return its size."""
    position, used = start, 0
    while position < stop:
        code = codes[position]
        if masks and 65 <= code <= 117:
            found, skip = mask_word(codes, position, start, stop)
            if skip > 0:
                out[used] = found
                used += 1
                position += skip
                continue
        if code >= 0x20000:
            out[used] = code if code < 0x30000 else 32
            used += 1
        elif first[code] < 0:
            out[used] = code
            used += 1
        else:
            for index in range(length[code]):
                out[used] = pool[first[code] + index]
                used += 1
        position += 1
    return used


@compiled
def _fold_width(
    codes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    first: NDArray[np.int32],
    length: NDArray[np.uint8],
    pool: NDArray[np.uint32],
    out: NDArray[np.uint32],
    ends: NDArray[np.int64],
) -> int:
    used = 0
    ends[0] = 0
    for row in range(offsets.size - 1):
        size = _map(codes, offsets[row], offsets[row + 1], first, length, pool, False, out[used:])
        used += close_gaps(out[used:], size)
        ends[row + 1] = used
    return used


@compiled
def _fold(
    codes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    first: NDArray[np.int32],
    length: NDArray[np.uint8],
    pool: NDArray[np.uint32],
    middle: NDArray[np.uint32],
    out: NDArray[np.uint32],
    ends: NDArray[np.int64],
) -> int:
    used = 0
    ends[0] = 0
    for row in range(offsets.size - 1):
        size = _map(codes, offsets[row], offsets[row + 1], first, length, pool, True, middle)
        used = _join(middle, close_gaps(middle, size), out, used)
        ends[row + 1] = used
    return used


@compiled
def _join(text: NDArray[np.uint32], size: int, out: NDArray[np.uint32], used: int) -> int:
    """Write one mapped text: placeholders for links and numbers, no signs, gaps between Latin words only."""
    begun, position, gap = used, 0, False
    while position < size:
        code = text[position]
        latin, digit = 97 <= code <= 122, 48 <= code <= 57
        if latin or digit:
            found, skip = link_or_mail(text, position, size)
            if skip > 0:
                out[used] = found
                used += 1
                position += skip
                gap = False
                continue
        found, skip = number(text, position, size)
        if skip > 0:
            out[used] = found
            used += 1
            position += skip
            gap = False
            continue
        position += 1
        if code < 128 and not latin and not digit:
            gap = True
            continue
        if gap and latin and used > begun and 97 <= out[used - 1] <= 122:
            out[used] = 32
            used += 1
        gap = False
        out[used] = code
        used += 1
        used = _homophones(out, begun, used)
    return used


@compiled
def _homophones(out: NDArray[np.uint32], begun: int, used: int) -> int:
    """Replace homophones of 微信 and qq: 薇芯, v信, vx, wx, 扣扣, 蔻蔻."""
    if used - begun < 2:
        return used
    before_last, last = out[used - 2], out[used - 1]
    wei = before_last in (0x5FAE, 0x8587, 0x5FBD, 0x5A01, 0x8473)
    xin = last in (0x4FE1, 0x82AF, 0x4F08, 0x8A2B)
    alone = used - begun < 3 or not 97 <= out[used - 3] <= 122
    if (wei and xin) or (alone and before_last == 118 and xin) or (alone and before_last in (118, 119) and last == 120):
        out[used - 2], out[used - 1] = 0x5FAE, 0x4FE1
    elif before_last == last and before_last in (0x6263, 0x91E6, 0x5BC7, 0x853B):
        out[used - 2], out[used - 1] = 113, 113
    return used
