"""Registrations are taken line by line; each refused line says why, and nothing stops the others."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import AT

from fanzha.screen.feeds.registrations import MAX_DAYS, MAX_REASONS, RegistrationFeed
from fanzha.screen.http.dependencies import FeedResult
from fanzha.screen.registrations import Registration, RegistrationResult, Registrations

DAY = 86_400_000


class Table:
    """A table of registrations and what it was given."""

    def __init__(self, most: int = 1_000) -> None:
        self.known, self.given = Registrations(most), list[Registration]()

    def add(self, at: int, registrations: Sequence[Registration]) -> list[RegistrationResult]:
        self.given += registrations
        return [self.known.add(registration, at) for registration in registrations]


def ingest(table: Table, *rows: object) -> FeedResult:
    lines = b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    return RegistrationFeed(table.add, lambda: AT, keep_ms=2 * DAY).ingest(lines)


def row(number: str = "+8617000000101", country: str = "TH", **others: Any) -> dict[str, Any]:
    return {"number": number, "country": country, **others}


def test_a_row_without_times_holds_from_its_arrival_for_the_usual_while() -> None:
    table = Table()
    assert ingest(table, row()) == FeedResult(1, 0, ())
    assert table.given == [Registration(8617000000101, "TH", AT, AT + 2 * DAY)]


@pytest.mark.parametrize("written", ["+8617000000101", "17000000101", "008617000000101", "+86 170-0000-0101"])
def test_numbers_are_read_however_they_are_written(written: str) -> None:
    table = Table()
    ingest(table, row(written, since=AT - 5, until=AT + 5_000))
    assert table.given == [Registration(8617000000101, "TH", AT - 5, AT + 5_000)]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (row("95588"), "no"),
        (row("+442079460958"), "not a home mobile"),
        (row("01088888888"), "not a home mobile"),
        (row(""), "not a home mobile"),
        (row(country="XX"), "no country"),
        (row(country="th"), "no country"),
        (row(country="Thailand"), "length"),
        (row(since=AT + 120_000), "ahead of the clock"),
        (row(since=AT - 5_000, until=AT), "is over"),
        (row(since=AT, until=AT), "later than since"),
        (row(since=AT, until=AT + (MAX_DAYS + 1) * DAY), f"{MAX_DAYS} days"),
        (row(since=-1), ">= 0"),
        (row(since=1e30), "int"),
        (row(more=1), "more"),
        ({"number": "+8617000000101"}, "country"),
        ([], "object"),
        (b"{", ""),
        (b"\xff\xfe", ""),
        (b"[" * 100_000, ""),
        (row("9" * 100_000), "length"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_the_others_are_taken(wrong: object, told: str) -> None:
    table = Table()
    result = ingest(table, row(), wrong, row("+8617000000102"))
    assert (result.accepted, result.rejected, len(table.known)) == (2, 1, 2)
    assert result.reasons[0].startswith("2: ") and told in result.reasons[0]


def test_outdated_and_surplus_rows_say_so() -> None:
    table = Table(most=1)
    result = ingest(table, row(since=AT), row(since=AT - 60_000), row("+8617000000102"), row(since=AT))
    assert (result.accepted, result.rejected) == (2, 2)
    assert "later registration" in result.reasons[0] and "most" in result.reasons[1]


def test_of_many_reasons_the_first_are_told() -> None:
    result = ingest(Table(), *[b"x"] * 50, row())
    assert (result.accepted, result.rejected, len(result.reasons)) == (1, 50, MAX_REASONS)


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_whatever_comes_every_line_is_taken_or_refused(lines: list[bytes]) -> None:
    text = b"\n".join(lines)
    result = RegistrationFeed(Table().add, lambda: AT, keep_ms=DAY).ingest(text)
    assert result.accepted + result.rejected == sum(bool(line.strip()) for line in text.split(b"\n"))
