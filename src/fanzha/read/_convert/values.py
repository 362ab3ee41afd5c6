"""Columns of closed words, yes or no, and numbers, with the cells that are none of them."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.text import Cells, mask, tidy, ungrouped

NOT_LISTED = Words(
    "取值不在列表中；请在映射的 values 中写明", "not a known value; say in the map's `values` what it means"
)
NOT_YES_OR_NO = Words("不是“是/否”", "neither yes nor no; say in the map's `values` what it means")
NOT_A_NUMBER = Words("不是数字", "not a number")
NOT_WHOLE = Words("不是整数", "not a whole number")
OUT_OF_RANGE = Words("数值超出可能范围", "the number is outside what can be true")

YES = frozenset(
    {"1", "y", "yes", "t", "true", "是", "有", "已接通", "接通", "应答", "已应答", "成功", "answered", "ok"}
)
NO = frozenset({"0", "n", "no", "f", "false", "否", "没有", "未接通", "未接", "未应答", "失败", "no answer", "busy",
                "failed", "congestion", "未接听", "遇忙", "noanswer", "cancel"})  # fmt: skip


def listed_cells(column: ArrowColumn, allowed: tuple[str, ...], words: dict[str, str]) -> Cells:
    """Translate words of a closed list; each different word is looked at once."""
    known: dict[str, str | bool | None] = {name.lower(): name for name in allowed}
    known |= {word.strip().lower(): ours or None for word, ours in words.items()}
    return _looked_up(column, known, pa.string(), NOT_LISTED)


def yes_no_cells(column: ArrowColumn, words: dict[str, str]) -> Cells:
    """Translate yes and no of many tongues into booleans; the map's `values` say true, false or ""."""
    if pa.types.is_boolean(column.type):
        return Cells(column)
    known: dict[str, str | bool | None] = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
    known |= {word.strip().lower(): {"true": True, "false": False}.get(ours.lower()) for word, ours in words.items()}
    return _looked_up(column, known, pa.bool_(), NOT_YES_OR_NO)


def _looked_up(column: ArrowColumn, known: dict[str, str | bool | None], type_: pa.DataType, reason: Words) -> Cells:
    encoded = tidy(column).dictionary_encode()
    words = [str(word).lower() for word in encoded.dictionary.to_pylist()]
    ours = pa.array([known.get(word) for word in words], type_)
    strange = np.array([word not in known for word in words] + [False], bool)
    index = pc.fill_null(encoded.indices, len(words)).to_numpy(zero_copy_only=False)
    bad: NDArray[np.bool_] = strange[index]
    return Cells(ours.take(encoded.indices), ((bad, reason),) if bad.any() else ())


def number_cells(column: ArrowColumn, type_: pa.DataType, low: float | None, high: float | None) -> Cells:
    """Read numbers, with thousands separators and signs of money or percent taken off."""
    numbers, bad = _numbers(column)
    values = numbers.to_numpy(zero_copy_only=False)
    there = ~numbers.is_null().to_numpy(zero_copy_only=False)
    least, most = low if low is not None else -9e15, high if high is not None else 9e15
    outside = there & ~bad & ~((values >= least) & (values <= most))
    problems = [(bad, NOT_A_NUMBER), (outside, OUT_OF_RANGE)]
    if pa.types.is_integer(type_):
        broken = there & ~bad & ~outside & (np.where(there & ~outside, values, 0) % 1 != 0)
        problems.append((broken, NOT_WHOLE))
    wrong = np.logical_or.reduce([found for found, _ in problems])
    clean = pa.array(np.where(there & ~wrong, values, 0), mask=wrong | ~there)
    return Cells(clean.cast(type_), tuple((found, words) for found, words in problems if found.any()))


def _numbers(column: ArrowColumn) -> tuple[ArrowColumn, NDArray[np.bool_]]:
    """Return float64 with null where there is nothing (NaN counts as nothing), and which cells are no numbers."""
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type):
        source = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
        numbers = source.cast(pa.float64(), safe=False)
        return pc.if_else(pc.is_nan(numbers), None, numbers), np.zeros(len(column), bool)
    text = tidy(column)
    try:
        numbers = text.cast(pa.float64())
        return pc.if_else(pc.is_nan(numbers), None, numbers), np.zeros(len(column), bool)
    except pa.ArrowInvalid:
        text = _bare(text)
    good = pc.match_substring_regex(text, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$")
    bad = mask(pc.invert(good))
    numbers = pc.if_else(pc.fill_null(good, False), text, pa.scalar(None, text.type)).cast(pa.float64())
    return numbers, bad


def _bare(text: ArrowColumn) -> ArrowColumn:
    bare = pc.replace_substring_regex(text, r"^[¥$€]\s*|\s*[%元次个条秒]$", "")
    return ungrouped(bare)
