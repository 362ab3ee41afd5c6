"""Find the phone numbers and links in a text: of a picture, or of what somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fanzha.base.errors import Malformed
from fanzha.command.subjects.services import canonicalize
from fanzha.kinds.website import find_links

MOST_VALUES = 20
_NUMBER = re.compile(
    r"(?<![\d+])(?:\+?86[\s-]?)?(?:1[3-9]\d(?:[\s-]?\d{4}){2}|0\d{2,3}-?\d{7,8}|(?:400|800)(?:-?\d){7}|95\d{3,6})(?!\d)"
)
#: A line break within a number.
_BROKEN = re.compile(r"(?<=[\d-])\n(?=[\d-])")


class FoundValue(NamedTuple):
    """A number or link in a text: kind of subject and canonical value."""

    kind: str
    value: str


def find_values(text: str) -> list[FoundValue]:
    """Return the phone numbers and the hosts of links in a text, each once, in their order."""
    joined = _BROKEN.sub("", text)
    return list(dict.fromkeys([*_find_numbers(joined), *_find_hosts(text)]))[:MOST_VALUES]


def _find_numbers(text: str) -> Iterator[FoundValue]:
    for found in _NUMBER.finditer(text):
        written = found[0]
        kind = "short_code" if written.startswith("95") else "phone_number"
        try:
            yield FoundValue(kind, canonicalize(kind, written).value)
        except Malformed:
            continue


def _find_hosts(text: str) -> Iterator[FoundValue]:
    for link in find_links(text):
        try:
            yield FoundValue("website", canonicalize("website", link.location.host).value)
        except Malformed:
            continue
