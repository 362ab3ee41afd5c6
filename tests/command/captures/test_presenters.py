"""Every state, source, visitor, secret and difference has words in the presenters."""

import pytest
from tests.command.captures.looks_made import make_record

from fanzha.collect.pages.page_differences import KINDS
from fanzha.collect.pages.page_facts import SECRETS
from fanzha.collect.pages.personas import PERSONAS
from fanzha.command.captures.look_words import asks_title
from fanzha.command.captures.models import Capture, CaptureSource, CaptureState
from fanzha.command.captures.presenters import (
    persona_title,
    present_capture,
    present_differences,
    present_requests,
    source_title,
    state_title,
)
from fanzha.store.look_record import LookRecord, PageDifference


def test_every_name_has_words() -> None:
    for title, names in (
        (state_title, CaptureState.values),
        (source_title, CaptureSource.values),
        (persona_title, [*PERSONAS, "plain"]),
        (asks_title, SECRETS - {"password"}),
    ):
        assert [name for name in names if title(name) == name] == []
    record = LookRecord("", 0, differences=tuple(PageDifference(kind, "desktop", "phone", "", True) for kind in KINDS))
    assert not {row.what for row in present_differences(record)} & set(KINDS)


@pytest.mark.parametrize("score", [None, 0.9])
def test_a_row_says_what_was_seen(score: float | None) -> None:
    capture = Capture(host="a.example", state="seen", is_cloaked=True, asks=["card"], brand="bank.example", score=score)
    row = present_capture(capture)
    assert [badge.word for badge in row.badges] == [
        "Seen",
        "Hides from some visitors",
        "Asks for: card data",
        "Like bank.example",
    ]
    assert row.aside == ("" if score is None else "0.90")


def test_requests_are_those_of_the_telling_visit() -> None:
    (row,) = present_requests(make_record())
    assert row.url.endswith("kit.js") and row.status == "200"
    assert present_requests(LookRecord("", 0)) == []
