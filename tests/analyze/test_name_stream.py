"""Names come in as lines, whole or cut anywhere, and imitations go out as JSON Lines."""

import json
import tracemalloc

import pytest

from fanzha.analyze.name_stream import MAX_LINE_BYTES, match_stream
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


def test_line_without_end_is_counted_once_and_never_kept_whole(matcher: Matcher) -> None:
    pieces = [b"x" * MAX_LINE_BYTES] * 200 + [b".fictionbnak.com\nfictionbnak.com\n"]
    total = sum(map(len, pieces))
    written: list[bytes] = []
    tracemalloc.start()
    counts = match_stream(lambda _: pieces.pop(0) if pieces else b"", written.append, matcher)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counts == (2, 1)
    assert peak < total / 4
