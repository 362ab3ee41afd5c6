"""Score how well the cells of a source column fit an event column: 0 none, 1 all of them."""

import re
from typing import Any

import pyarrow as pa

from fanzha.events import Column
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.columns import is_timestamp
from fanzha.read._convert.identity_numbers import find_identity_numbers
from fanzha.read._convert.sites import split_site
from fanzha.read._convert.text import ParsedColumn, expand_numbers, normalise_text, to_text
from fanzha.read._convert.times import ZERO_MOMENTS, parse_durations, parse_timestamps
from fanzha.read._convert.values import NO, YES, parse_numbers
from fanzha.read._convert.zone import Zone

#: Date orders, in order of preference.
TIME_FORMATS = ("auto", "dmy", "mdy", "ymd")
CLOCK = re.compile(r"^\d{1,2}[:时]\d{1,2}([:分]\d{1,2}(\.\d+)?秒?)?$|^\d{6}$")
_PHONE = r"^(tel:|sips?:)?\+?[0-9*#][0-9\s()*#-]{1,24}(@[\w.:-]+)?$"
DATE_ONLY = (  # a date without a time of day
    r"^(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{8}|\d{1,2}[-/]\d{1,2}[-/]\d{2,4}"
    r"|\d{1,2}-([A-Za-z]{3}|\d{1,2}月\s?)-\d{2,4})$"
)
_HOST = (
    r"^([a-z0-9_\x{80}-\x{10FFFF}-]+\.)+[a-z\x{80}-\x{10FFFF}][a-z0-9\x{80}-\x{10FFFF}-]{1,62}$|^\d{1,3}(\.\d{1,3}){3}$"
)
_SHAPES = {
    "device": r"^\d{14,16}$",
    "sim_card": r"^\d{15}$|^89\d{16,18}[0-9A-F]?$",
}
#: Columns of telephone numbers that have no kind.
NUMBERS = ("caller", "sender", "diversion", "original_callee")
#: Columns of words, which do not hold plain numbers.
_WORDS = ("title", "shown_name", "category", "platform", "icp")
#: Punctuation that no number, date, mask or code has, and the score of cells with it.
_SIGNS, _SIGNS_ALONE = r"""[!"$&';<=>?@\[\]^`{|}~]\s*[!-/:-@\[-`{-~]""", 0.25
#: A number that a spreadsheet shortened was a number, though its digits are lost.
_SHORTENED = r"^\d(\.\d+)?[eE]\+?(0?[5-9]|1\d)$"
#: A code has no space and only ASCII characters. It may be a trunk, a cell or an id, but is no text.
_CODE = r"^[\x21-\x7e]+$"
#: So many characters of a cell tell what it is; a longer cell is a text.
_LONGEST_CELL = 1_000
_UTC = Zone("UTC")
_EXPECTED_MS = 1_262_304_000_000  # 2010-01-01

#: Codes of partial records: complete or first, intermediate, last.
_PARTS = tuple("0123456789")


def shorten_cells(cells: ArrowColumn) -> ArrowColumn:
    """Return cells of text without what follows their first 1,000 characters, so that a long one costs no time."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        return cells
    longest = pc.max(pc.binary_length(cells)).as_py() or 0
    return cells if longest <= _LONGEST_CELL else pc.utf8_slice_codeunits(cells, 0, _LONGEST_CELL)


def score_cells(column: Column, cells: ArrowColumn, header: str = "") -> float:
    """Return the share of cells that are valid for the column, or 0.5 if any value is valid.

    A column `国际来话` with yes and no fits `ingress`.
    """
    text = normalise_text(cells)
    if not len(text) or text.null_count == len(text):
        return 0.5
    if is_timestamp(column):
        return max(time_share(cells, format_) for format_ in TIME_FORMATS)
    if column.unit == "ms":
        return _valid_share(parse_durations(cells, "s"), text)
    if column.values:
        if column.name == "ingress" and "国际" in header and _word_share(text, YES | NO) == 1.0:
            return 1.0
        return _word_share(text, {*column.values, *(word for word, _ in column.words)})
    if pa.types.is_boolean(column.type):
        return _word_share(text, {*YES, *NO, *_PARTS} if column.name == "partial" else YES | NO)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return _valid_share(parse_numbers(cells, column.type, column.low, column.high), text)
    if column.content:
        words = _true_share(pc.match_substring_regex(text, r"[^\d\s\x21-\x40\[-`{-~]{2}"))
        return max(words, _SIGNS_ALONE * _true_share(pc.match_substring_regex(text, _SIGNS))) * (1.0 - site_share(text))
    if column.kind == "website" or column.name == "url":
        return site_share(text)
    if column.name in _WORDS:
        return 1.0 - _true_share(pc.match_substring_regex(text, r"^[-+]?[\d.]+$"))
    if column.kind == "phone_number" or column.name in NUMBERS:
        has_shape = pc.match_substring_regex(expand_numbers(text), _PHONE)
        share = _true_share(pc.or_(has_shape, pc.match_substring_regex(text, _SHORTENED)))
        return share * (1.0 - identity_share(text))
    shape = _SHAPES.get(column.kind)
    return _true_share(pc.match_substring_regex(expand_numbers(text), shape)) if shape else 0.5


def time_coverage(cells: ArrowColumn, format_: str) -> tuple[bool, int]:
    """Return whether the latest time is before 2010 (implausible), and the number of days covered."""
    times = parse_timestamps(cells, format_, _UTC, 0).values
    first, last = pc.min(times).as_py() or 0, pc.max(times).as_py() or 0
    return last < _EXPECTED_MS, (last - first) // 86_400_000


def time_share(cells: ArrowColumn, format_: str) -> float:
    """Return the share of cells that are timestamps in this format. A zero is no moment and does not count."""
    text = normalise_text(cells)
    if pa.types.is_temporal(cells.type):
        return _valid_share(parse_timestamps(cells, format_, _UTC, 0), text)
    present = text.filter(pc.invert(pc.is_in(text, value_set=ZERO_MOMENTS)))
    return _valid_share(parse_timestamps(present, format_, _UTC, 0), present)


def identity_share(text: ArrowColumn) -> float:
    """Return the share of cells that are resident identity numbers by their check digit and birth date (GB 11643)."""
    return _true_share(pa.array(find_identity_numbers(text))) if len(text) else 0.0


def phone_share(text: ArrowColumn) -> float:
    """Return the share of cells that look like telephone numbers, not like identity numbers, times or small counts."""
    is_shortened = pc.match_substring_regex(text, _SHORTENED)
    is_identity = pa.array(find_identity_numbers(text))
    text = expand_numbers(text)
    digits = pc.replace_substring_regex(text, r"[^0-9]", "")
    has_length = pc.and_(pc.greater_equal(pc.utf8_length(digits), 5), pc.less_equal(pc.utf8_length(digits), 21))
    is_time = pc.match_substring_regex(text, r"^(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])\d{0,9}$|[:/]")
    is_number_like = pc.match_substring_regex(text, _PHONE)
    is_number = pc.and_(pc.and_(is_number_like, has_length), pc.invert(is_time))
    return _true_share(pc.and_not(pc.or_(is_number, is_shortened), is_identity))


def site_share(text: ArrowColumn) -> float:
    """Return the share of cells that hold a host or a URL."""
    host, _ = split_site(text)
    return _true_share(pc.fill_null(pc.match_substring_regex(host, _HOST), False))


def text_share(text: ArrowColumn) -> float:
    """Return the share of cells that are natural-language text. Codes such as IGW-GZ-01 are none."""
    letters = pc.replace_substring_regex(text, r"[\d\s\x21-\x2f:;<=>?@\[\]^_]", "")
    is_text = pc.and_(pc.greater_equal(pc.utf8_length(letters), 4), pc.greater_equal(pc.utf8_length(text), 6))
    is_text = pc.and_not(is_text, pc.match_substring_regex(text, _CODE))
    return _true_share(is_text) * (1.0 - site_share(text))


def is_date_only(text: ArrowColumn) -> bool:
    """Return whether the cells are dates without a time of day."""
    return _true_share(pc.match_substring_regex(text, DATE_ONLY)) > 0.9


def is_clock(text: ArrowColumn) -> bool:
    """Return whether the cells are times of day without a date."""
    return _true_share(pc.match_substring_regex(text, CLOCK.pattern)) > 0.9


def list_distinct(cells: ArrowColumn) -> list[str]:
    """Return the distinct values of a column, the most frequent first."""
    counts = pc.value_counts(normalise_text(to_text(cells)).drop_null())
    ranked = sorted(
        zip(counts.field("counts").to_pylist(), counts.field("values").to_pylist(), strict=True), key=_frequency_key
    )
    return [str(word) for _, word in ranked]


def _frequency_key(pair: tuple[Any, Any]) -> tuple[int, str]:
    return -int(pair[0]), str(pair[1])


def _valid_share(cells: ParsedColumn, text: ArrowColumn) -> float:
    present = len(text) - text.null_count
    return (len(cells.values) - cells.values.null_count) / present if present else 0.5


def _word_share(text: ArrowColumn, words: set[str] | frozenset[str]) -> float:
    word_set = pa.array(sorted(word.lower() for word in words), text.type)
    return _true_share(pc.is_in(pc.utf8_lower(text.drop_null()), value_set=word_set))


def _true_share(flags: ArrowColumn) -> float:
    return float(pc.mean(pc.cast(flags, pa.float64())).as_py() or 0.0)
