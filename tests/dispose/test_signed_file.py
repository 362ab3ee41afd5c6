"""Files go out one after the other and answers come back the same way, in either form."""

import json

import pytest
from tests.dispose.keys import ENDPOINT, OURS, PRIVATE, PUBLIC, THEIRS

from fanzha.dispose import (
    Action,
    ChannelEndpoint,
    FilePosition,
    IncomingMessage,
    LastFile,
    UnreadableAnswer,
    file_position,
)
from fanzha.dispose._container import FileManifest, digest, pack, unpack
from fanzha.dispose._examples import GIVEN_AT, example_order
from fanzha.dispose.signed_file import CHANNEL

ORDER = example_order(Action.REFUSE, ("phone_number", "+8617000000001"))
LINE = json.dumps({"leg": ORDER.leg, "state": "acknowledged", "at": "2026-03-01T08:03:00+08:00"}).encode()
CSV = f"leg,state,at\n{ORDER.leg},acknowledged,2026-03-01T08:03:00+08:00\n".encode()


def answers(rows: bytes, *, member: str = "answers.jsonl", what: str = "answers", sequence: int = 1) -> IncomingMessage:
    manifest = FileManifest(
        what=what,  # type: ignore[arg-type]
        sender="a made-up receiver",
        receiver="a made-up centre",
        sequence=sequence,
        made_at="2026-03-01T00:04:00.000Z",
        member=member,
        sha256="",
    )
    return IncomingMessage(pack(manifest, rows, (THEIRS,)))


def test_each_file_names_the_one_before() -> None:
    first = CHANNEL.instruct(ORDER, ChannelEndpoint(signing_keys=(PRIVATE,)), GIVEN_AT)
    second = CHANNEL.instruct(
        ORDER, ChannelEndpoint(signing_keys=(PRIVATE,), sequence=2, before=digest(first.body)), GIVEN_AT
    )
    last = LastFile()
    for one in (first, second):
        manifest, made, _ = unpack(one.body, (PUBLIC,))
        assert file_position(manifest.sequence, manifest.before, last) is FilePosition.NEXT
        last = LastFile(manifest.sequence, made)


def test_a_receiver_may_ask_for_csv() -> None:
    dispatch = CHANNEL.instruct(ORDER, ChannelEndpoint("#csv", signing_keys=(OURS,)), GIVEN_AT)
    manifest, _, rows = unpack(dispatch.body, (OURS,))
    assert manifest.member == "orders.csv" and rows.startswith(b"undo,order,leg,action,kind,value,")


@pytest.mark.parametrize(
    ("rows", "member"),
    [
        (LINE, "answers.jsonl"),
        (CSV, "answers.csv"),
    ],
)
def test_answers_are_read_in_either_form(rows: bytes, member: str) -> None:
    reading = CHANNEL.read_answer(answers(rows, member=member, sequence=4), ENDPOINT, GIVEN_AT)
    assert (reading.id, reading.sequence, reading.before) == ("a made-up receiver/4", 4, "")
    assert [one.leg for one in reading.answers] == [ORDER.leg]


def test_a_file_of_orders_is_no_answer() -> None:
    with pytest.raises(UnreadableAnswer, match="orders"):
        CHANNEL.read_answer(answers(LINE, what="orders"), ENDPOINT, GIVEN_AT)
