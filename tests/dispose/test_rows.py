"""Rows say the same in JSON Lines and in CSV, and a wrong one is told by its place."""

import contextlib
import csv
import io
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.words import Words
from fanzha.claims.verdict import VerdictScope
from fanzha.dispose import Action, AnswerState, UnreadableAnswer
from fanzha.dispose._examples import example_order
from fanzha.dispose._rows import encode_csv, encode_jsonl, parse_csv, parse_jsonl

ORDER = example_order(
    Action.REFUSE, ("phone_number", "+8617000000001"), ("short_code", "95500"), scope=VerdictScope(service="voice")
)
LINE = {"leg": "a", "state": "refused", "at": "2026-03-01", "reason": "not our number"}


def test_an_order_in_csv_has_a_row_a_target() -> None:
    rows = list(csv.DictReader(io.StringIO(encode_csv(ORDER, None).decode())))
    assert [(row["kind"], row["value"]) for row in rows] == [
        ("phone_number", "+8617000000001"),
        ("short_code", "95500"),
    ]
    one = rows[0]
    assert (one["undo"], one["leg"], one["service"], one["basis"]) == ("no", ORDER.leg, "voice", "ATF13 ATF32")
    undo = csv.DictReader(io.StringIO(encode_csv(ORDER, Words("有误", "wrong")).decode()))
    assert {(row["undo"], row["reason_en"]) for row in undo} == {("yes", "wrong")}


@pytest.mark.parametrize("formula", ["=1+1", "＝1+1", "\n@x"])
def test_a_reason_is_no_formula_and_a_value_stays_as_it_is(formula: str) -> None:
    order = msgspec.structs.replace(ORDER, reason=Words(formula, formula))
    (row, _) = csv.DictReader(io.StringIO(encode_csv(order, None).decode(), newline=""))
    assert (row["reason_zh"], row["reason_en"]) == (f"'{formula}", f"'{formula}")
    assert row["value"] == "+8617000000001"


def test_an_order_in_json_is_one_line() -> None:
    data = encode_jsonl(ORDER, None)
    assert data.count(b"\n") == 1 and json.loads(data)["leg"] == ORDER.leg


def test_answers_read_the_same_in_both_forms() -> None:
    lines = json.dumps({**LINE, "targets": [{"kind": "phone_number", "value": "+8617000000001"}]}).encode()
    table = "leg,state,at,kind,value,reason\na,refused,2026-03-01,phone_number,+8617000000001,not our number\n"
    assert parse_jsonl(lines) == parse_csv(table.encode())
    (one,) = parse_jsonl(lines)
    assert (one.state, one.reason) == (AnswerState.REFUSED, "not our number")


def test_a_proof_stands_in_columns_of_its_own() -> None:
    table = "leg,state,at,proof_kind,proof_at,proof_result\na,executed,2026-03-01,test_call,2026-03-02,did not arrive\n"
    (one,) = parse_csv(table.encode())
    assert one.proof is not None and (one.proof.kind, one.proof.result) == ("test_call", "did not arrive")


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        (b'{"leg": "a"}\n', "line 1"),
        (b"\n\n[]", "line 3"),
        (b'{"leg":"a","state":"failed","at":"2026-03-01"}', "line 1"),
    ],
)
def test_a_wrong_line_is_told(rows: bytes, where: str) -> None:
    with pytest.raises(UnreadableAnswer, match=where):
        parse_jsonl(rows)


@pytest.mark.parametrize(
    ("rows", "where"),
    [(b"leg,state\n", "column at"), (b"leg,state,at\na,done,2026-03-01\n", "row 2"), (b"\xff", "CSV in UTF-8")],
)
def test_a_wrong_row_is_told(rows: bytes, where: str) -> None:
    with pytest.raises(UnreadableAnswer, match=where):
        parse_csv(rows)


@given(st.binary(max_size=300) | st.text('{}[]",:\n=leg state', max_size=200).map(str.encode))
def test_garbage_is_read_or_refused_and_nothing_else(rows: bytes) -> None:
    for read in (parse_jsonl, parse_csv):
        with contextlib.suppress(UnreadableAnswer):
            read(rows)
