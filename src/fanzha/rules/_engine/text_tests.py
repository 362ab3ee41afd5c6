"""Tests of a text against several others: `in`, `contains` and `matches`, for columns and for a single text.

Patterns are those of RE2, which takes time in proportion to the text whatever the pattern; both forms use the RE2 of
pyarrow.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute

from fanzha.rules.tree import Member, TextLiteral

pc: Any = pyarrow.compute

_AT_ONCE = 40  # parts that are searched by one pass over the texts


def literal_texts(node: Member) -> tuple[str, ...]:
    """Return the texts that a node lists itself."""
    return tuple(value.value for value in node.values if isinstance(value, TextLiteral))


def text_test(operator: str, members: Sequence[str]) -> Callable[[Any], Any]:
    """Return the test of a column of texts: a function from n texts to n truths."""
    if operator == "in":
        value_set = pa.array(list(members), pa.string())
        return lambda texts: pc.is_in(texts, value_set=value_set)
    patterns = [members[0]] if operator == "matches" else _search_patterns(members)
    return lambda texts: _matches_any(texts, patterns)


def single_text_test(operator: str, members: Sequence[str]) -> Callable[[str], bool]:
    """Return the test of one text, with the same answers as `text_test`."""
    if operator == "in":
        values = frozenset(members)
        return lambda text: text in values
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


def _search_patterns(parts: Sequence[str]) -> list[str]:
    """Return patterns that together find any of the parts."""
    quoted = [re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", part) for part in parts]
    return ["|".join(quoted[begin : begin + _AT_ONCE]) for begin in range(0, len(quoted), _AT_ONCE)]


def _matches_any(texts: Any, patterns: Sequence[str]) -> Any:
    found = pa.repeat(pa.scalar(False), len(texts))
    for pattern in patterns:
        found = pc.or_(found, pc.match_substring_regex(texts, pattern=pattern))
    return found
