"""Names come in as lines, whole or cut anywhere, and imitations go out as JSON Lines."""

import json

import pytest

from fanzha.analyze.name_stream import match_stream
from fanzha.brands import Matcher, matcher_of

NAMES = b"fictionbank.example\nfictionbnak.com\r\nhttps://fictionbank-kefu.top/login\n\xff\xfe.com\n\nsampled.net\nfict1onbank.cc"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return matcher_of(["fictionbank.example"])


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_lines_cut_anywhere_give_the_same_imitations(matcher: Matcher, size: int) -> None:
    pieces = [NAMES[first : first + size] for first in range(0, len(NAMES), size)]
    written: list[bytes] = []
    counts = match_stream(lambda _: pieces.pop(0) if pieces else b"", written.append, matcher)
    found = [json.loads(line) for line in b"".join(written).splitlines()]
    assert [one["host"] for one in found] == ["fictionbnak.com", "fictionbank-kefu.top", "fict1onbank.cc"]
    assert counts == (6, 3)
    assert {one["imitates"] for one in found} == {"fictionbank.example"}


def test_stream_without_names_writes_nothing(matcher: Matcher) -> None:
    written: list[bytes] = []
    assert match_stream(lambda _: b"", written.append, matcher) == (0, 0)
    assert written == []
