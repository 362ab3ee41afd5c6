"""A request is signed for its moment; an answer counts from whom we know, within five minutes, whatever else comes."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dispose.keys import ENDPOINT, OURS, THEIRS

from fanzha.base.clock import moment_ms
from fanzha.base.words import Words
from fanzha.dispose import Action, AnswerState, ChannelEndpoint, IncomingMessage, UnreadableAnswer, UnverifiedMessage
from fanzha.dispose._examples import GIVEN_AT, example_order
from fanzha.dispose.signed_webhook import CHANNEL, WINDOW_MS, signed_headers, verified_id

ORDER = example_order(Action.TAKE_DOWN, ("website", "bank-made-up.example"))
RECEIVER = ChannelEndpoint("https://centre.example/answers", signing_keys=(THEIRS,), verification_keys=(OURS,))
ANSWER = {
    "type": "fanzha.answer.v1",
    "answers": [
        {
            "leg": ORDER.leg,
            "state": "executed",
            "at": "2026-03-01T08:20:00+08:00",
            "targets": [{"kind": "website", "value": "bank-made-up.example"}],
            "proof": {"kind": "system_record", "at": "2026-03-01T08:19:00+08:00", "reference": "ticket 7"},
        }
    ],
}


def answered(body: object, at: int = GIVEN_AT, message: str = "answer-1") -> IncomingMessage:
    data = json.dumps(body).encode()
    return IncomingMessage(data, signed_headers(message, data, RECEIVER, at))


def test_the_receiver_can_tell_who_sent_it_and_that_it_came_before() -> None:
    first = CHANNEL.instruct(ORDER, ENDPOINT, GIVEN_AT)
    again = CHANNEL.instruct(ORDER, ENDPOINT, GIVEN_AT + 60_000)
    ids = [verified_id(IncomingMessage(one.body, one.headers), (OURS,), GIVEN_AT + 60_000) for one in (first, again)]
    assert ids == [ORDER.leg, ORDER.leg] and first.body == again.body
    undo = CHANNEL.undo(ORDER, Words("有误", "wrong"), ENDPOINT, GIVEN_AT)
    assert undo.headers["webhook-id"] == f"{ORDER.leg}/undo" and json.loads(undo.body)["undo"] is True
    assert json.loads(undo.body)["reason"] == {"zh": "有误", "en": "wrong"}


def test_an_answer_is_read_with_its_proof() -> None:
    reading = CHANNEL.read_answer(answered(ANSWER), ENDPOINT, GIVEN_AT)
    (one,) = reading.answers
    assert (reading.id, one.leg, one.state, one.undo) == ("answer-1", ORDER.leg, AnswerState.EXECUTED, False)
    assert one.targets == ORDER.targets
    assert one.proof is not None and one.proof.at == moment_ms("2026-03-01T08:19:00+08:00")


@pytest.mark.parametrize("late", [-WINDOW_MS - 1_000, WINDOW_MS + 1_000])
def test_an_answer_that_is_too_old_or_too_new_is_not_taken(late: int) -> None:
    with pytest.raises(UnverifiedMessage, match="five minutes"):
        CHANNEL.read_answer(answered(ANSWER), ENDPOINT, GIVEN_AT + late)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@given(text=st.text(st.characters(max_codepoint=255), max_size=60))
def test_a_header_that_was_changed_or_left_out_makes_it_nobodys(name: str, text: str) -> None:
    received = answered(ANSWER)
    for headers in ({**received.headers, name: text}, {k: v for k, v in received.headers.items() if k != name}):
        with pytest.raises(UnverifiedMessage):
            CHANNEL.read_answer(received._replace(headers=headers), ENDPOINT, GIVEN_AT)


def test_a_body_that_was_changed_makes_it_nobodys() -> None:
    received = answered(ANSWER)
    with pytest.raises(UnverifiedMessage):
        CHANNEL.read_answer(received._replace(body=received.body + b" "), ENDPOINT, GIVEN_AT)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "done"},
        {"state": "refused"},
        {"at": "yesterday"},
        {"at": "99999-01-01"},
        {"leg": ""},
        {"proof": {"kind": "x", "at": "x"}},
        {"targets": [{"kind": "website"}]},
    ],
)
def test_an_answer_that_cannot_be_read_is_told_by_its_place(change: dict[str, Any]) -> None:
    body = {**ANSWER, "answers": [{**ANSWER["answers"][0], **change}]}  # type: ignore[dict-item]
    with pytest.raises(UnreadableAnswer, match="answers"):
        CHANNEL.read_answer(answered(body), ENDPOINT, GIVEN_AT)


@pytest.mark.parametrize("body", [[], {}, {"type": "fanzha.answer.v1", "answers": []}, {"type": "x", "answers": []}])
def test_a_body_that_is_no_answer_is_told(body: object) -> None:
    with pytest.raises(UnreadableAnswer):
        CHANNEL.read_answer(answered(body), ENDPOINT, GIVEN_AT)


def test_orders_leave_the_machine_encrypted_only() -> None:
    for url in ("http://receiver.example/orders", "ftp://receiver.example", ""):
        with pytest.raises(ValueError, match="https"):
            CHANNEL.instruct(ORDER, ChannelEndpoint(url, signing_keys=(OURS,)), GIVEN_AT)
    CHANNEL.instruct(ORDER, ChannelEndpoint("http://127.0.0.1:9/orders", signing_keys=(OURS,)), GIVEN_AT)


@pytest.mark.parametrize("leg", ["a.b", "a b", "境", "a\r\nx", "a" * 201])
def test_the_reference_of_a_leg_cannot_be_taken_for_anything_else(leg: str) -> None:
    with pytest.raises(ValueError, match="reference of a leg"):
        CHANNEL.instruct(msgspec.structs.replace(ORDER, leg=leg), ENDPOINT, GIVEN_AT)
