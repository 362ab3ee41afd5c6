"""Parse columns of choices, booleans and numbers."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.text import ParsedColumn, normalise_text, strip_thousands, to_mask

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


def parse_choices(column: ArrowColumn, allowed: tuple[str, ...], words: dict[str, str]) -> ParsedColumn:
    """Translate words to the allowed values of a column."""
    translations: dict[str, str | bool | None] = {name.lower(): name for name in allowed}
    translations |= {word.strip().lower(): value or None for word, value in words.items()}
    return _translate(column, translations, pa.string(), NOT_LISTED)


def parse_booleans(column: ArrowColumn, words: dict[str, str]) -> ParsedColumn:
    """Translate words for yes and no to booleans. `words` of the map translate to true, false or ""."""
    if pa.types.is_boolean(column.type):
        return ParsedColumn(column)
    translations: dict[str, str | bool | None] = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
    translations |= {
        word.strip().lower(): {"true": True, "false": False}.get(value.lower()) for word, value in words.items()
    }
    return _translate(column, translations, pa.bool_(), NOT_YES_OR_NO)


def _translate(
    column: ArrowColumn, translations: dict[str, str | bool | None], type_: pa.DataType, reason: Words
) -> ParsedColumn:
    encoded = normalise_text(column).dictionary_encode()
    words = [str(word).lower() for word in encoded.dictionary.to_pylist()]
    keys = [_find_translation(word, translations) for word in words]
    values = pa.array([None if key is None else translations[key] for key in keys], type_)
    is_unknown = np.array([key is None for key in keys] + [False], bool)
    index = pc.fill_null(encoded.indices, len(words)).to_numpy(zero_copy_only=False)
    unknown_rows: NDArray[np.bool_] = is_unknown[index]
    return ParsedColumn(values.take(encoded.indices), ((unknown_rows, reason),) if unknown_rows.any() else ())


def _find_translation(word: str, translations: Mapping[str, object]) -> str | None:
    """Return the key for a word: the word itself, else the first pattern that fits it, such as `igw-*`; or None."""
    if word in translations:
        return word
    return next((key for key in translations if ("*" in key or "?" in key) and fnmatchcase(word, key)), None)


def parse_numbers(column: ArrowColumn, type_: pa.DataType, low: float | None, high: float | None) -> ParsedColumn:
    """Parse numbers, with optional thousands separators and currency, percent or counting units."""
    numbers, not_a_number = _to_floats(column)
    values = numbers.to_numpy(zero_copy_only=False)
    is_present = ~numbers.is_null().to_numpy(zero_copy_only=False)
    minimum, maximum = low if low is not None else -9e15, high if high is not None else 9e15
    is_outside = is_present & ~not_a_number & ~((values >= minimum) & (values <= maximum))
    problems = [(not_a_number, NOT_A_NUMBER), (is_outside, OUT_OF_RANGE)]
    if pa.types.is_integer(type_):
        is_fraction = (
            is_present & ~not_a_number & ~is_outside & (np.where(is_present & ~is_outside, values, 0) % 1 != 0)
        )
        problems.append((is_fraction, NOT_WHOLE))
    is_invalid = np.logical_or.reduce([invalid for invalid, _ in problems])
    clean = pa.array(np.where(is_present & ~is_invalid, values, 0), mask=is_invalid | ~is_present)
    return ParsedColumn(clean.cast(type_), tuple((invalid, reason) for invalid, reason in problems if invalid.any()))


def _to_floats(column: ArrowColumn) -> tuple[ArrowColumn, NDArray[np.bool_]]:
    """Return float64 values (null for empty cells and NaN), and a mask of cells that are not numbers."""
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type):
        source = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
        numbers = source.cast(pa.float64(), safe=False)
        return pc.if_else(pc.is_nan(numbers), None, numbers), np.zeros(len(column), bool)
    text = normalise_text(column)
    try:
        numbers = text.cast(pa.float64())
        return pc.if_else(pc.is_nan(numbers), None, numbers), np.zeros(len(column), bool)
    except pa.ArrowInvalid:
        text = _strip_units(text)
    is_number = pc.match_substring_regex(text, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$")
    not_a_number = to_mask(pc.invert(is_number))
    numbers = pc.if_else(pc.fill_null(is_number, False), text, pa.scalar(None, text.type)).cast(pa.float64())
    return numbers, not_a_number


def _strip_units(text: ArrowColumn) -> ArrowColumn:
    bare = pc.replace_substring_regex(text, r"^[¥$€]\s*|\s*[%元次个条秒]$", "")
    return strip_thousands(bare)
