"""A written value is read as its kind reads it, and told with every verdict that holds, in words for the public."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import AT
from tests.screen.http.asking import BAD, Screen

from fanzha.base.errors import Malformed
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.verdict import Level
from fanzha.kinds.phone_number import KIND as PHONE
from fanzha.screen.http.looked import LONGEST_WRITTEN, NOT_ASKED, _number, asked_kinds, looked, said_of


def test_a_number_is_no_longer_than_people_write_it(screen: Screen) -> None:
    assert screen.snapshot is not None
    spaced = BAD + " " * (LONGEST_WRITTEN - len(BAD))
    assert looked(screen.snapshot, "phone_number", spaced, AT).state == "listed"
    assert looked(screen.snapshot, "phone_number", spaced + " ", AT).state == "malformed"


def test_kinds_that_others_bring_may_be_asked_too() -> None:
    assert set(asked_kinds()).isdisjoint(NOT_ASKED) and {"phone_number", "website", "app"} <= set(asked_kinds())


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[+0-9 ()-]{1,30}", fullmatch=True)))
def test_numbers_are_read_as_their_kind_reads_them(raw: str) -> None:
    def read(how: Any) -> str:
        try:
            return str(how(raw))
        except Malformed:
            return ""

    assert read(_number) == read(PHONE.normalise)


@pytest.mark.parametrize("fraud_type", ["", "never_heard_of", *FRAUD_TYPES])
def test_a_verdict_is_said_in_both_languages(fraud_type: str) -> None:
    words = said_of(Level.SUSPECTED, fraud_type)
    assert words.zh.startswith("涉诈嫌疑") and words.en.startswith("suspected")
