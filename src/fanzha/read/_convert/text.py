"""Normalise cells to text: remove quoting by Excel and exporters, replace words for "no value" by null."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc

MAX_CELL_BYTES = 1_048_576  # bytes
#: Characters stripped around a value: all kinds of space, the quote by which Excel keeps digits, and ="..." .
_PACKAGING = " \t\r\n\u00a0\u3000\ufeff\u200b'\"=`"
_NULL_WORDS = pa.array(
    ["", "-", "--", "—", "/", "null", "none", "nan", "n/a", "na", "nil", "\\n", "(null)", "<null>", "无", "空", "暂无"]
)
_SCIENTIFIC = r"^[+-]?\d(\.\d+)?[eE]\+?\d{1,3}$"
_LONG_TEXT: pa.DataType = pa.large_string()

LOST_DIGITS = Words(
    "Excel 已将长数字改为科学计数法，末尾数字丢失；请以文本格式重新导出",
    "Excel turned a long number into scientific notation and its last digits are lost; export the column as text",
)
WRONG_ENCODING = Words("字节不属于该文件的编码", "bytes that are not of the file's encoding")
TOO_LONG = Words("单元格超过 1 MB", "the cell is longer than 1 MB")


class ParsedColumn(NamedTuple):
    """Typed values of a column (null for none), and masks of invalid rows with their reasons."""

    values: ArrowColumn
    problems: tuple[tuple[NDArray[np.bool_], Words], ...] = ()


def to_text(column: ArrowColumn) -> ArrowColumn:
    """Return any column as large strings. Whole numbers have no decimals, so that phone numbers are intact."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return to_text(column.dictionary_decode())
    if pa.types.is_floating(kind):
        return _from_floats(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _from_bytes(column)
    if pa.types.is_nested(kind):
        return pa.array([None if cell is None else str(cell) for cell in column.to_pylist()], _LONG_TEXT)
    return column.cast(_LONG_TEXT)


def _from_floats(column: ArrowColumn) -> ArrowColumn:
    numbers = column.cast(pa.float64())
    whole = pc.and_(pc.is_finite(numbers), pc.less(pc.abs(numbers), 9e15))
    whole = pc.and_(whole, pc.equal(numbers, pc.trunc(numbers)))
    integers = pc.if_else(pc.fill_null(whole, False), numbers, 0.0).cast(pa.int64()).cast(_LONG_TEXT)
    return pc.if_else(pc.fill_null(whole, False), integers, numbers.cast(_LONG_TEXT))


def _from_bytes(column: ArrowColumn) -> ArrowColumn:
    try:
        return column.cast(_LONG_TEXT)
    except pa.ArrowInvalid:
        decoded = [None if cell is None else cell.decode("utf-8", "replace") for cell in column.to_pylist()]
        return pa.array(decoded, _LONG_TEXT)


_ARABIC_DIGITS = "[٠-٩۰-۹]"


def normalise_text(column: ArrowColumn) -> ArrowColumn:
    """Return text with full-width and Arabic digits folded, quoting stripped, and words for "no value" as null."""
    text = to_text(column)
    if not _all_ascii(text):
        text = pc.utf8_normalize(text, form="NFKC")
        if pc.any(pc.match_substring_regex(text, _ARABIC_DIGITS), skip_nulls=True).as_py():
            for value, digits in enumerate(zip("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", strict=True)):
                text = pc.replace_substring_regex(text, f"[{''.join(digits)}]", str(value))
    text = pc.utf8_trim(text, characters=_PACKAGING)
    is_null = pc.and_(pc.less(pc.binary_length(text), 8), pc.is_in(pc.ascii_lower(text), value_set=_NULL_WORDS))
    return pc.if_else(is_null, pa.scalar(None, _LONG_TEXT), text)


def _all_ascii(text: ArrowColumn) -> bool:
    return bool(pc.all(pc.string_is_ascii(text), skip_nulls=True).as_py() in (True, None))


def parse_identifiers(column: ArrowColumn) -> ParsedColumn:
    """Parse a column of identifiers: phone numbers, ids, hosts."""
    text = expand_numbers(normalise_text(column))
    damaged = pc.match_substring_regex(text, _SCIENTIFIC)
    return ParsedColumn(
        text, _check_cells(text, (damaged, LOST_DIGITS), (pc.match_substring(text, "\ufffd"), WRONG_ENCODING))
    )


MIN_DIGITS = 5  # shorter values such as 1e0 are identifiers, not shortened numbers


def expand_numbers(text: ArrowColumn) -> ArrowColumn:
    """Restore long numbers that a spreadsheet changed to decimals or scientific notation without losing digits."""
    text = pc.replace_substring_regex(text, r"^(\d{5,})\.0+$", r"\1")
    scientific = pc.fill_null(pc.match_substring_regex(text, _SCIENTIFIC), False)
    if not pc.any(scientific).as_py():
        return text
    expanded = [_expand_number(str(number)) for number in text.filter(scientific).to_pylist()]
    return pc.replace_with_mask(text, scientific, pa.array(expanded, text.type))


def _expand_number(number: str) -> str:
    """Expand 1.3512345678E+10. A number that has lost digits is unchanged."""
    mantissa, _, exponent = number.lower().partition("e")
    whole, _, decimals = mantissa.partition(".")
    shift = int(exponent)
    shifted, lost = decimals[:shift], decimals[shift:].strip("0")
    digits = whole + shifted
    return number if len(shifted) < shift or lost or len(digits) < MIN_DIGITS else digits


def strip_thousands(text: ArrowColumn) -> ArrowColumn:
    """Remove thousands separators from numbers."""
    grouped = pc.match_substring_regex(text, r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?\D*$")
    return pc.if_else(grouped, pc.replace_substring(text, ",", ""), text)


def parse_content(column: ArrowColumn) -> ParsedColumn:
    """Parse a column of communication content: unchanged, except that blank cells become null."""
    text = to_text(column)
    blank = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(text)), 0)
    text = pc.if_else(blank, pa.scalar(None, _LONG_TEXT), text)
    return ParsedColumn(text, _check_cells(text))


def _check_cells(
    text: ArrowColumn, *extra_checks: tuple[ArrowColumn, Words]
) -> tuple[tuple[NDArray[np.bool_], Words], ...]:
    checks = [(pc.greater(pc.binary_length(text), MAX_CELL_BYTES), TOO_LONG), *extra_checks]
    masks = [(to_mask(invalid), reason) for invalid, reason in checks]
    return tuple((invalid, reason) for invalid, reason in masks if invalid.any())


def to_mask(column: ArrowColumn) -> NDArray[np.bool_]:
    """Return a boolean column as a numpy mask. Null becomes False."""
    flags: NDArray[np.bool_] = pc.fill_null(column, False).to_numpy(zero_copy_only=False)
    return flags
