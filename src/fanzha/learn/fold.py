"""Normalise texts: undo disguises by fraudsters and masking by data sets.

Disguises: full-width and circled forms, look-alike letters, traditional characters, signs set between characters,
invisible characters, homophones of 微信 and QQ. Masks: numbers, links, mail addresses, names and handles become one
placeholder each, whether they are written out or masked (`13800138000`, `138****8000`, `PHONE`).
"""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.learn._fold_gaps import close_gaps
from fanzha.learn._fold_parts import HEART_MARK, FoldingTable, is_emoji, is_repeated, is_wei, join_parts, recompose
from fanzha.learn._fold_scan import link_or_mail, mask_word, number
from fanzha.learn._fold_words import HomophoneTable, homophone_table, restore_words
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


@cache
def folding_table() -> FoldingTable:
    """Load the shipped tables; characters that are not in them stay unchanged."""
    with files("fanzha.learn").joinpath("data/folding.npz").open("rb") as file, np.load(file) as data:
        codes, lengths, pool = data["codes"], data["lengths"], data["pool"]
        pairs, whole = data["pairs"], data["whole"]
    first = np.full(0x20000, -1, np.int32)
    length = np.zeros(0x20000, np.uint8)
    first[codes] = np.concatenate([[0], np.cumsum(lengths[:-1], dtype=np.int64)]).astype(np.int32)
    length[codes] = lengths
    part = np.zeros(0x30000, np.uint8)
    part[(pairs >> np.uint64(32)).astype(np.int64)] |= 1
    part[(pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)] |= 2
    return FoldingTable(first, length, pool, part, pairs, whole)


def fold(texts: CodePoints) -> CodePoints:
    """Return the folded texts."""
    scratch = np.empty(4 * texts.codes.size + 4, np.uint32)
    out = np.empty(4 * texts.codes.size + 4, np.uint32)
    ends = np.empty(texts.offsets.size, np.int64)
    longest = int(np.diff(texts.offsets).max(initial=0))
    used = _fold(texts.codes, texts.offsets, folding_table(), homophone_table(), scratch[: 4 * longest + 4], out, ends)
    return CodePoints(out[:used], ends)


def fold_width(texts: CodePoints) -> CodePoints:
    """Return the texts with single characters folded and split or spaced ones joined; signs and numbers stay."""
    out = np.empty(4 * texts.codes.size + 4, np.uint32)
    ends = np.empty(texts.offsets.size, np.int64)
    used = _fold_width(texts.codes, texts.offsets, folding_table(), homophone_table(), out, ends)
    return CodePoints(out[:used], ends)


@compiled
def _fold_width(
    codes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    table: FoldingTable,
    homophones: HomophoneTable,
    out: NDArray[np.uint32],
    ends: NDArray[np.int64],
) -> int:
    used = 0
    ends[0] = 0
    for row in range(offsets.size - 1):
        size = _reveal(codes, offsets[row], offsets[row + 1], table, False, out[used:])
        restore_words(out[used:], size, homophones)
        used += size
        ends[row + 1] = used
    return used


@compiled
def _fold(
    codes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    table: FoldingTable,
    homophones: HomophoneTable,
    middle: NDArray[np.uint32],
    out: NDArray[np.uint32],
    ends: NDArray[np.int64],
) -> int:
    used = 0
    ends[0] = 0
    for row in range(offsets.size - 1):
        size = _reveal(codes, offsets[row], offsets[row + 1], table, True, middle)
        restore_words(middle, size, homophones)
        used = _join(middle, size, out, used)
        ends[row + 1] = used
    return used


@compiled
def _reveal(
    codes: NDArray[np.uint32], start: int, stop: int, table: FoldingTable, masks: bool, out: NDArray[np.uint32]
) -> int:
    """Write one text with single characters folded, components recomposed and gaps closed; return its size."""
    mapped, split = _map(codes, start, stop, table, masks, out)
    size = recompose(out, mapped, table, True) if split else mapped
    closed = close_gaps(out, size)
    if closed < size:
        size = recompose(out, closed, table, split)
        closed = recompose(out, size, table, True) if size < closed else size
    return closed


@compiled
def _map(
    codes: NDArray[np.uint32], start: int, stop: int, table: FoldingTable, masks: bool, out: NDArray[np.uint32]
) -> tuple[int, bool]:
    """Map one text character by character, recompose sure pairs; return its size and whether there was such a pair.

    With `masks`, mask words become placeholders.
    """
    first, length, pool, part = table.first, table.length, table.pool, table.part
    position, used, split = start, 0, False
    while position < stop:
        code = codes[position]
        if masks and 65 <= code <= 117:
            found, skip = mask_word(codes, position, start, stop)
            if skip > 0:
                out[used] = found
                used += 1
                position += skip
                continue
        position += 1
        if code >= 0x20000:
            out[used] = code if code < 0x30000 else 32
            used += 1
            continue
        if first[code] < 0:
            out[used] = code
            used += 1
        elif is_emoji(code) and is_repeated(codes, position - 1, start, stop):
            out[used] = 32
            used += 1
        else:
            for index in range(length[code]):
                becomes = pool[first[code] + index]
                if becomes == HEART_MARK:
                    becomes = 0x4FE1 if used > 0 and is_wei(out[used - 1]) else 32
                out[used] = becomes
                used += 1
        if used > 1 and part[out[used - 1]] & 2 and part[out[used - 2]] & 1:
            size = join_parts(out, used, part, table.pairs, table.whole, False)
            split = split or size < used
            used = size
    return used, split


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
            if code == 43 and position < size and _is_contact(text[position]):  # +v, +薇信
                out[used] = 0x52A0
                used += 1
            continue
        if gap and latin and used > begun and 97 <= out[used - 1] <= 122 and not _is_split_name(out, begun, used, code):
            out[used] = 32
            used += 1
        gap = False
        out[used] = code
        used += 1
        used = _homophones(out, begun, used)
    return used


@compiled
def _is_contact(code: int) -> bool:
    """Return whether a code point begins the name of a contact app or a group: 微薇徽威葳vq扣裙群."""
    return is_wei(code) or code in (113, 0x6263, 0x88D9, 0x7FA4)


@compiled
def _is_split_name(out: NDArray[np.uint32], begun: int, used: int, code: int) -> bool:
    """Return whether the last letter and `code` are the letters of qq, vx or wx, each set apart."""
    if used - begun > 1 and 97 <= out[used - 2] <= 122:
        return False
    before = out[used - 1]
    return (code == 113 and before == 113) or (code == 120 and before in (118, 119))


@compiled
def _homophones(out: NDArray[np.uint32], begun: int, used: int) -> int:
    """Replace homophones of 微信 and qq: 薇芯, v信, vx, wx, 扣扣, 蔻蔻."""
    if used - begun < 2:
        return used
    before_last, last = out[used - 2], out[used - 1]
    wei = is_wei(before_last) and before_last != 118
    xin = last in (0x4FE1, 0x82AF, 0x4F08, 0x8A2B)
    alone = used - begun < 3 or not 97 <= out[used - 3] <= 122
    if (wei and xin) or (alone and before_last == 118 and xin) or (alone and before_last in (118, 119) and last == 120):
        out[used - 2], out[used - 1] = 0x5FAE, 0x4FE1
    elif before_last == last and before_last in (0x6263, 0x91E6, 0x5BC7, 0x853B):
        out[used - 2], out[used - 1] = 113, 113
    return used
