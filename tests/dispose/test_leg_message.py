"""What a leg asks is the same in a request, a line of JSON and rows of a table; its answers may carry fields."""

import csv
import io
from typing import Any

import msgspec
import pytest

from fanzha.base.words import Words
from fanzha.dispose import ChannelEndpoint, IncomingMessage, LegField, LegMessage, LegValue, all_channels, private_key
from fanzha.dispose._container import unpack
from fanzha.dispose._leg_message import LEG_COLUMNS
from fanzha.dispose._rows import parse_csv
from fanzha.dispose._signing import public_key
from fanzha.dispose._wire import UnreadableAnswer, parse_answers
from fanzha.dispose.signed_webhook import verified_id

KEY = private_key(bytes(range(32)))
AT = 1_772_323_200_000
ENDPOINT = ChannelEndpoint(url="https://bank.example/legs", signing_keys=(KEY,), sequence=4, before="ab")


def message(**changes: Any) -> LegMessage:
    values: dict[str, Any] = {
        "process": "stop_payment",
        "title": Words("紧急止付", "Stop payment"),
        "ref": "01JN7Z0000EXAMPLELEG000001",
        "leg": "01JN7Z0000EXAMPLELEG000001/1",
        "number": 2,
        "action": "hold_payment",
        "action_title": Words("止付", "Hold the money"),
        "fields": (
            LegField(
                name="accounts",
                title=Words("收款账户", "Accounts"),
                type="subject",
                values=(LegValue("card:1", "payment_account"), LegValue("card:2", "payment_account")),
            ),
            LegField(name="note", title=Words("说明", "Note"), type="text", values=(LegValue("=1+1"),)),
        ),
        "issuer": "a made-up police office",
        "receiver": "a made-up bank",
        "basis": ("ATF20",),
        "given_at": AT,
        "answer_by": AT + 900_000,
    }
    return LegMessage(**values | changes)


def test_a_request_is_signed_and_named_by_leg_and_step() -> None:
    sent = all_channels()["signed_webhook"].ask(message(), ENDPOINT, AT)
    assert verified_id(IncomingMessage(sent.body, sent.headers), (public_key(KEY),), AT) == message().id
    body: dict[str, Any] = msgspec.json.decode(sent.body)
    assert sent.url == ENDPOINT.url and body["type"] == "fanzha.leg.v1"
    assert body["fields"]["accounts"]["values"][1] == {"value": "card:2", "kind": "payment_account"}
    assert body["basis"][0]["code"] == "ATF20" and body["answer_by"] == "2026-03-01T00:15:00.000Z"


@pytest.mark.parametrize(("url", "member"), [("", "legs.jsonl"), ("#csv", "legs.csv")])
def test_a_file_is_numbered_with_those_of_orders(url: str, member: str) -> None:
    endpoint = ChannelEndpoint(url=url, signing_keys=(KEY,), sequence=4, before="ab")
    sent = all_channels()["signed_file"].ask(message(undo=True), endpoint, AT)
    manifest, _, rows = unpack(sent.body, (public_key(KEY),))
    assert (sent.file_name, manifest.what, manifest.member) == ("legs-00000004.zip", "legs", member)
    assert (manifest.sequence, manifest.before) == (4, "ab")
    if member.endswith("csv"):
        table = list(csv.DictReader(io.StringIO(rows.decode())))
        assert [(row["field"], row["kind"], row["value"]) for row in table] == [
            ("accounts", "payment_account", "card:1"),
            ("accounts", "payment_account", "card:2"),
            ("note", "", "'=1+1"),
        ]
        assert table[0].keys() == set(LEG_COLUMNS) and table[0]["undo"] == "yes"


def test_screens_carry_orders_only() -> None:
    channel = all_channels()["number_limit"]
    assert not channel.carries_legs
    with pytest.raises(ValueError, match="orders of its actions only"):
        channel.ask(message(), ENDPOINT, AT)


@pytest.mark.parametrize("name", ["process", "leg", "action", "receiver"])
def test_a_message_is_whole(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        message(**{name: " "})
    with pytest.raises(ValueError, match="basis"):
        message(basis=())


def test_answers_carry_fields_in_both_formats() -> None:
    row = {"leg": "x/1", "state": "executed", "at": "2026-03-01T00:00:00Z", "fields": {"amount": 5}}
    (answer,) = parse_answers(msgspec.json.encode({"type": "fanzha.answer.v1", "answers": [row]}))
    header = b"leg,state,at,fields\n"
    (same,) = parse_csv(header + b'x/1,executed,2026-03-01T00:00:00Z,"{""amount"": 5}"\n')
    assert answer.fields == same.fields == {"amount": 5}
    with pytest.raises(UnreadableAnswer, match="row 2"):
        parse_csv(header + b"x/1,executed,2026-03-01T00:00:00Z,amount=5\n")
    with pytest.raises(UnreadableAnswer, match="NUL"):
        parse_answers(
            msgspec.json.encode({"type": "fanzha.answer.v1", "answers": [row | {"fields": {"note": "a\0b"}}]})
        )
