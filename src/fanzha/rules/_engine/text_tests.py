"""Tests of a text against several others: `in`, `contains` and `matches`, for columns and for a single text.

Patterns are those of RE2, which takes time in proportion to the text whatever the pattern; both forms use the RE2 of
pyarrow.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute

from fanzha.rules.tree import Member, TextLiteral

pc: Any = pyarrow.compute

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
