"""Orders travel in one shape, with moments and laws that people can read; what comes back is read with bounds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.dispose import Action, UnreadableAnswer
from fanzha.dispose import _wire as room
from fanzha.dispose._examples import example_order
from fanzha.dispose._wire import order_payload, parse_answers

ORDER = example_order(Action.REFUSE, ("phone_number", "+8617000000001"))


def test_an_order_names_its_basis_in_words() -> None:
    keys = order_payload(ORDER)
    assert keys["basis"][0] == {
        "code": "ATF13",
        "zh": "《反电信网络诈骗法》第十三条",
        "en": "Anti-Telecom and Online Fraud Law, Art. 13",
    }
    assert keys["given_at"] == "2026-03-01T00:00:00.000Z" and json.dumps(keys)


def test_what_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LONGEST_BODY", 100)
    with pytest.raises(UnreadableAnswer, match="longer"):
        parse_answers(b" " * 101)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"answers":' * 50_000])
def test_what_is_too_deep_is_not_read(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        parse_answers(body)


@given(st.binary(max_size=200))
def test_garbage_is_no_answer(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        parse_answers(body)
