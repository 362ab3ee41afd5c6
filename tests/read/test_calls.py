"""Rows of call records are put together to calls: legs, partial records, who ended it, why; in bounded memory."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.read._calls.assembly import AssembledCall, CallAssembler, merge_records
from fanzha.read._calls.fields import parse_count, parse_seconds, parse_timestamp
from fanzha.read._calls.freeswitch import decode_value, parse_leg
from fanzha.read._calls.kamailio import parse_dialog, parse_transaction
from fanzha.read._calls.record import FOLLOW, CallRecord, InvalidRecord
from fanzha.read._convert.zone import Zone

UTC = Zone("UTC")
START = 1_772_323_815_000


def record(row: int, *keys: str, **more: Any) -> CallRecord:
    return CallRecord(row=row, keys=keys or ("c",), start=more.pop("start", START), **more)


def gathered(records: list[CallRecord], most_open: int = 100) -> list[list[int]]:
    gather = CallAssembler(most_open)
    calls = [call for one in records for call in gather.add(one)] + list(gather.flush())
    return [[one.row for one in call] for call in calls]


def test_rows_that_share_an_id_are_one_call() -> None:
    rows = [record(1, "a", "b"), record(2, "x"), record(3, "c"), record(4, "b", "c")]
    assert gathered(rows) == [[1, 3, 4], [2]] or gathered(rows) == [[1, 4, 3], [2]]


def test_a_call_that_is_over_is_told_at_once() -> None:
    gather = CallAssembler()
    assert list(gather.add(record(1, "a"))) == []
    assert [[one.row for one in call] for call in gather.add(record(2, "a", last=True))] == [[1, 2]]
    assert list(gather.flush()) == []


def test_the_oldest_call_is_told_when_too_many_are_open() -> None:
    rows = [record(n, f"k{n}") for n in range(10)]
    assert gathered(rows, most_open=3) == [[n] for n in range(10)]


def test_one_call_cannot_hold_rows_without_end() -> None:
    assert [len(call) for call in gathered([record(n, "a") for n in range(2_500)])] == [1_000, 1_000, 500]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=40), st.integers(1, 10))
def test_every_row_is_told_once(keys: list[list[str]], most_open: int) -> None:
    rows = [record(n, *ids) for n, ids in enumerate(keys)]
    assert sorted(row for call in gathered(rows, most_open) for row in call) == list(range(len(rows)))


@given(st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=3), max_size=30))
def test_without_a_limit_calls_are_what_the_ids_connect(keys: list[list[str]]) -> None:
    calls = gathered([record(n, *ids) for n, ids in enumerate(keys)], most_open=1_000)
    groups: list[set[str]] = []
    for ids in keys:
        joined = set(ids).union(*(group for group in groups if group & set(ids)))
        groups = [group for group in groups if not group & set(ids)] + [joined]
    assert len(calls) == len(groups)


def test_the_leg_that_came_in_says_who_called_whom() -> None:
    out = record(1, "b", "a", role=FOLLOW, caller="x", callee="y", trunk="t")
    told = merge_records([out, record(2, "a", caller="1", callee="2")])
    assert (told.call_id, told.caller, told.callee, told.trunk) == ("a", "1", "2", "t")


def test_partial_records_make_one_long_call() -> None:
    parts = [
        record(n, start=START + n * 60_000, answer=START + n * 60_000 + 5_000 * (n == 0), answered=True,
               end=START + (n + 1) * 60_000, talk_ms=60_000, order=n)
        for n in range(3)
    ]  # fmt: skip
    told = merge_records(parts)
    assert (told.occurred_at, told.answered_at, told.ended_at) == (START, START + 5_000, START + 180_000)
    assert (told.talk_ms, told.ring_ms, told.partial) == (175_000, 5_000, False)


def test_one_answer_among_many_that_rang_answers_the_call() -> None:
    rang = [record(n, answered=False, cause=19, end=START + 9_000, talk_ms=0) for n in range(3)]
    told = merge_records(
        [*rang, record(9, answered=True, answer=START + 9_000, end=START + 20_000, talk_ms=11_000, cause=16)]
    )
    assert (told.answered, told.talk_ms, told.release_cause) == (True, 11_000, 16)


def test_an_unanswered_call_talks_for_nothing_and_keeps_its_cause() -> None:
    told = merge_records([record(1, answered=False, cause=17, end=START + 1)])
    assert (told.answered, told.talk_ms, told.answered_at, told.release_cause) == (False, 0, None, 17)


def test_a_call_without_an_end_is_partial_and_what_is_not_known_is_not_said() -> None:
    told = merge_records([record(1)])
    assert told.partial and told.answered is None and told.talk_ms is None and told.ring_ms is None
    assert isinstance(told, AssembledCall)


@pytest.mark.parametrize(
    ("text", "ms"),
    [("2026-03-01 00:10:15", START), ("2026-03-01T00:10:15.250+00:00", START + 250), ("1772323815", START),
     ("1772323815.25", START + 250), ("1772323815250000", START + 250), ("1772323815250", START + 250), ("", None),
     ("0", None), ("0000-00-00 00:00:00", None)],
)  # fmt: skip
def test_moments_of_call_records(text: str, ms: int | None) -> None:
    assert parse_timestamp(text, "t", UTC) == ms


def test_moments_lie_in_the_zone() -> None:
    assert parse_timestamp("2026-03-01 08:10:15", "t", Zone("+08:00")) == START
    assert parse_timestamp("2026-03-01 01:10:15", "t", Zone("Europe/Berlin")) == START


@pytest.mark.parametrize("text", ["soon", "2026-13-01 00:00:00", "9" * 30, "-5", "１２３４５", "12:61"])
def test_what_is_no_moment_is_refused_with_its_column(text: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        parse_timestamp(text, "start", UTC)
    assert (caught.value.column, caught.value.value) == ("start", text)


def test_lengths_are_bounded() -> None:
    assert (
        parse_seconds("60.5", "s"),
        parse_seconds(" ", "s"),
        parse_count("12"),
        parse_count("x"),
        parse_count("9" * 20),
    ) == (
        60_500,
        None,
        12,
        None,
        None,
    )
    for text in ("-1", "nan", "inf", "1e12", "x"):
        with pytest.raises(InvalidRecord):
            parse_seconds(text, "s")


LEG = {"uuid": "u1", "start_stamp": "2026-03-01 00:10:15", "caller_id_number": "1", "destination_number": "2"}


def test_a_freeswitch_leg_tells_what_its_variables_tell() -> None:
    more = {
        "answer_uepoch": "1772323820000000", "end_epoch": "1772323880", "billmsec": "60250", "direction": "inbound",
        "hangup_cause": "NORMAL_CLEARING", "sip_hangup_disposition": "recv_bye", "bridge_uuid": "u2",
        "sip_P-Asserted-Identity": "<sip:+8619100000001@h;user=phone>",
        "sip_h_Diversion": "<tel:+8619100000009>;reason=x", "sip_gateway_name": "igw", "privacy": "id", "verstat": "B",
    }  # fmt: skip
    found = parse_leg(1, LEG | more, UTC)
    assert (found.keys, found.start, found.answer, found.end) == (("u1", "u2"), START, START + 5_000, START + 65_000)
    assert (found.asserted_identity, found.diversion) == ("+8619100000001", "+8619100000009")
    assert (found.released_by, found.cause, found.talk_ms) == ("caller", 16, 60_250)
    assert (found.trunk, found.presentation, found.attestation) == ("igw", "restricted", "B")


def test_a_leg_without_an_answer_was_not_answered() -> None:
    found = parse_leg(1, LEG | {"answer_epoch": "0", "billsec": "0", "hangup_cause_q850": "17"}, UTC)
    assert (found.answered, found.talk_ms, found.cause) == (False, 0, 17)


@pytest.mark.parametrize("missing", ["uuid", "start_stamp"])
def test_a_leg_without_an_id_or_a_start_is_refused(missing: str) -> None:
    with pytest.raises(InvalidRecord):
        parse_leg(1, {name: value for name, value in LEG.items() if name != missing}, UTC)


def test_values_are_decoded_when_they_are_encoded() -> None:
    assert (decode_value("a%20b%3Cc"), decode_value("a b"), decode_value("%ff%zz")) == ("a b<c", "a b", "\ufffd%zz")


def test_kamailio_transactions_are_calls_or_not() -> None:
    invite = {"method": "INVITE", "callid": "x", "sip_code": "200", "time": "2026-03-01 00:10:15", "src_user": "1"}
    assert parse_transaction(1, invite, UTC) is not None
    assert parse_transaction(1, invite | {"method": "REGISTER"}, UTC) is None
    missed = parse_transaction(1, invite | {"sip_code": "486"}, UTC)
    assert missed is not None and (missed.answered, missed.cause, missed.end) == (False, 17, START)
    for broken in ({"method": ""}, {"callid": ""}, {"time": ""}):
        with pytest.raises(InvalidRecord):
            parse_transaction(1, invite | broken, UTC)


def test_a_kamailio_dialog_is_a_call_of_its_own() -> None:
    cells = {"start_time": "1772323815.5", "end_time": "1772323875.5", "duration": "60", "callid": "x", "caller": "1"}
    found = parse_dialog(1, cells, UTC)
    assert (found.start, found.end, found.talk_ms, found.answered) == (START + 500, START + 60_500, 60_000, True)
    assert parse_dialog(1, cells | {"duration": "0"}, UTC).answered is False
    assert parse_dialog(1, {"start_time": "1772323815", "duration": "60"}, UTC).end == START + 60_000
    with pytest.raises(InvalidRecord):
        parse_dialog(1, {}, UTC)
