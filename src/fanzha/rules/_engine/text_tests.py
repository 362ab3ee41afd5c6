"""Tests of a text against others: `in`, `contains`, `matches`, look-ups and dates, for columns and for a single text.

Patterns are those of RE2, whose time is linear in the length of the text for every pattern; both forms use the RE2 of
pyarrow.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute

from fanzha.base.list_columns import split_members
from fanzha.rules.tree import Member, TextLiteral
from fanzha.windows import CHINA_MS, DAY_MS, UNKNOWN

pc: Any = pyarrow.compute

_DATE = r"^(?:19|20)\d\d-\d\d-\d\d$"
_AT_ONCE = 40  # parts that are searched by one pass over the texts


def literal_texts(node: Member) -> tuple[str, ...]:
    """Return the texts that a node lists itself."""
    return tuple(value.value for value in node.values if isinstance(value, TextLiteral))


def text_test(operator: str, members: Sequence[str], *, prefixes: bool = False) -> Callable[[Any], Any]:
    """Return the test of a column of texts: a function from n texts to n truths.

    If `prefixes`, members of `in` that end in a star are the beginnings of texts.
    """
    if operator == "in":
        beginnings = _beginnings(members) if prefixes else {}
        value_sets = {length: pa.array(sorted(texts), pa.string()) for length, texts in beginnings.items()}
        return lambda texts: _is_in(texts, pa.array(list(members), pa.string()), value_sets)
    patterns = [members[0]] if operator == "matches" else _search_patterns(members)
    return lambda texts: _matches_any(texts, patterns)


def single_text_test(operator: str, members: Sequence[str], *, prefixes: bool = False) -> Callable[[str], bool]:
    """Return the test of one text, with the same answers as `text_test`."""
    if operator == "in":
        values, beginnings = frozenset(members), _beginnings(members) if prefixes else {}
        if not beginnings:
            return lambda text: text in values
        return lambda text: text in values or any(text[:length] in texts for length, texts in beginnings.items())
    if operator == "contains":
        parts = tuple(members)
        return lambda text: any(part in text for part in parts)
    options = pc.MatchSubstringOptions(members[0])

    def matches(text: str) -> bool:
        scalar = pa.scalar(text.encode("utf-8", "replace").decode(), pa.string())
        return bool(pc.call_function("match_substring_regex", [scalar], options).as_py())

    return matches


def attributes_of(members: Sequence[str]) -> Callable[[Any], Any]:
    """Return the look-up of a column of a list: a function from n texts to n attributes, null where unknown.

    The entry that is the text itself decides, else the longest beginning.
    """
    return _column_look_up(tuple(members))


def single_attribute_of(members: Sequence[str]) -> Callable[[str], str | None]:
    """Return the look-up of one text, with the same answers as `attributes_of`."""
    values, beginnings = _entries(members)

    def look_up(text: str) -> str | None:
        if text in values:
            return values[text] or None
        entries = (entries[text[:length]] for length, entries in beginnings.items() if text[:length] in entries)
        return next(entries, "") or None

    return look_up


def dates_of(texts: Any) -> Any:
    """Return when the days that n texts name begin in China, in UTC ms; null for a text that is no day."""
    days = pc.if_else(pc.match_substring_regex(texts, _DATE), texts, None)
    begins = pc.strptime(days, format="%Y-%m-%d", unit="s", error_is_null=True)
    seconds = pc.if_else(pc.equal(pc.strftime(begins, format="%Y-%m-%d"), days), begins, None).cast(pa.int64())
    return pc.subtract(pc.multiply(seconds, 1000), CHINA_MS)


def single_date_of(text: str) -> int:
    """Return the answer of `dates_of` for one text, UNKNOWN for none."""
    if not re.fullmatch(_DATE, text, re.ASCII):
        return UNKNOWN
    try:
        return (date.fromisoformat(text) - date(1970, 1, 1)).days * DAY_MS - CHINA_MS
    except ValueError:
        return UNKNOWN


@lru_cache(maxsize=64)
def _column_look_up(members: tuple[str, ...]) -> Callable[[Any], Any]:
    values, beginnings = _entries(members)
    tables = [
        (length, pa.array(list(starts)), pa.array(list(starts.values()))) for length, starts in beginnings.items()
    ]
    whole, attributes = pa.array(list(values), pa.string()), pa.array(list(values.values()), pa.string())

    def look_up(texts: Any) -> Any:
        found = attributes.take(pc.index_in(texts, value_set=whole))
        for length, starts, of_start in tables:
            begin = pc.utf8_slice_codeunits(texts, 0, length)
            found = pc.coalesce(found, of_start.take(pc.index_in(begin, value_set=starts)))
        return pc.if_else(pc.equal(found, ""), None, found)

    return look_up


def _entries(members: Sequence[str]) -> tuple[dict[str, str], dict[int, dict[str, str]]]:
    """Return the attributes by entry, and by the beginnings among them; the longest beginnings stand first."""
    values = dict(reversed(list(split_members(members))))  # of repeated entries the first counts
    beginnings: dict[int, dict[str, str]] = {}
    for member in sorted(filter(is_prefix, values), key=len, reverse=True):
        beginnings.setdefault(len(member) - 1, {})[member[:-1]] = values[member]
    return values, beginnings


def pattern_error(pattern: str) -> str:
    """Return why a pattern is invalid, "" if it is valid."""
    try:
        pc.match_substring_regex(pa.scalar("", pa.string()), pattern=pattern)
    except pa.ArrowInvalid as error:
        return str(error).removeprefix("Invalid regular expression: ")
    return ""


def is_prefix(member: str) -> bool:
    """Return whether a member of a list is the beginning of texts: it ends in a star."""
    return len(member) > 1 and member.endswith("*")


def _beginnings(members: Sequence[str]) -> dict[int, frozenset[str]]:
    """Return the beginnings among the members by their length."""
    beginnings: dict[int, set[str]] = {}
    for member in filter(is_prefix, members):
        beginnings.setdefault(len(member) - 1, set()).add(member[:-1])
    return {length: frozenset(texts) for length, texts in beginnings.items()}


def _is_in(texts: Any, values: Any, value_sets: Mapping[int, Any]) -> Any:
    found = pc.is_in(texts, value_set=values)
    for length, beginnings in value_sets.items():
        found = pc.or_(found, pc.is_in(pc.utf8_slice_codeunits(texts, 0, length), value_set=beginnings))
    return found


def _search_patterns(parts: Sequence[str]) -> list[str]:
    """Return patterns that together find any of the parts."""
    quoted = [re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", part) for part in parts]
    return ["|".join(quoted[begin : begin + _AT_ONCE]) for begin in range(0, len(quoted), _AT_ONCE)]


def _matches_any(texts: Any, patterns: Sequence[str]) -> Any:
    found = pa.repeat(pa.scalar(False), len(texts))
    for pattern in patterns:
        found = pc.or_(found, pc.match_substring_regex(texts, pattern=pattern))
    return found
