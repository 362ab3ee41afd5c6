"""Rows that come in are told as facts; a bad one is refused with its reason and holds up no other."""

import json

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.feeds.recording_sink import RecordingSink
from tests.screen.feeds.sip_packets import AT

from fanzha.events import Column, all_events
from fanzha.rules.catalog import FACTS
from fanzha.screen.feeds.records import MAX_AGE_MS, MAX_AHEAD_MS, MAX_REASONS, RecordsFeed, row_decoder


def feed() -> tuple[RecordsFeed, RecordingSink]:
    sink = RecordingSink()
    return RecordsFeed(sink, lambda: AT), sink


def row(table: str = "call_ended", **columns: object) -> bytes:
    return json.dumps({"table": table, "event_id": "e", "call_id": "c", **columns}).encode()


def test_good_rows_are_facts_of_now_and_bad_ones_are_told_by_their_line() -> None:
    records, sink = feed()
    lines = [row(answered=True, talk_ms=5, occurred_at=AT - 9), b"", b"{", row("nothing"), row("call_answered")]
    fed = records.ingest(b"\r\n".join(lines))
    assert (fed.accepted, fed.rejected) == (2, 2)
    assert [reason.partition(":")[0] for reason in fed.reasons] == ["3", "4"]
    columns = {"call_id": "c", "answered": True, "talk_ms": 5, "occurred_at": AT - 9}
    assert sink.facts == [(AT, "call_ended", columns), (AT, "call_answered", {"call_id": "c"})]


@pytest.mark.parametrize(
    ("moment", "result"), [(-MAX_AGE_MS, 0), (1 - MAX_AGE_MS, 1), (MAX_AHEAD_MS - 1, 1), (MAX_AHEAD_MS, 0)]
)
def test_history_and_the_future_do_not_count_now(moment: int, result: int) -> None:
    assert feed()[0].ingest(row(occurred_at=AT + moment)).accepted == result


def test_numbers_are_told_in_their_canonical_form_and_what_is_none_as_written() -> None:
    records, sink = feed()
    records.ingest(row("call_offered", caller="017000000001", callee="8617000000002", original_callee="alice"))
    assert sink.facts[0][2] == {
        "call_id": "c", "caller": "+8617000000001", "callee": "+8617000000002", "original_callee": "alice"
    }  # fmt: skip


def test_words_come_with_their_legal_basis_and_identity_numbers_never() -> None:
    records, sink = feed()
    text = {"table": "message", "event_id": "e", "text": "hello"}
    assert records.ingest(json.dumps(text).encode()).rejected == 1
    assert records.ingest(json.dumps(text | {"basis": "contract"}).encode()).accepted == 1
    plain = {"table": "registration", "event_id": "e", "number": "+8617000000001", "person": "110101190001010000"}
    assert "keyed hash" in records.ingest(json.dumps(plain).encode()).reasons[0]
    assert sink.names == ["message"]


def test_lines_are_numbered_as_the_sender_counts_them() -> None:
    assert feed()[0].ingest(b"\nx", first=65).reasons[0].startswith("66: ")


def test_no_more_reasons_are_told_than_anybody_reads() -> None:
    fed = feed()[0].ingest(b"x\n" * 100)
    assert (fed.rejected, len(fed.reasons)) == (100, MAX_REASONS)


@given(st.lists(st.one_of(st.binary(max_size=80), st.just(row()), st.just(b"[" * 5_000)), max_size=5))
def test_no_garbage_is_too_much(lines: list[bytes]) -> None:
    records, sink = feed()
    fed = records.ingest(b"\n".join(lines))
    assert fed.accepted == len(sink.facts)
    assert (records.accepted, records.rejected) == (fed.accepted, fed.rejected)


def value(column: Column) -> object:
    if column.values:
        return column.values[0]
    return True if pa.types.is_boolean(column.type) else "x" if pa.types.is_string(column.type) else 1


@pytest.mark.parametrize("table", sorted(FACTS))
def test_every_table_that_rules_read_can_come_in(table: str) -> None:
    own = {column.name: value(column) for column in all_events()[table].own if column.required}
    row = row_decoder().decode(msgspec.json.encode({"table": table, "event_id": "e", **own}))
    assert (row.__struct_config__.tag, row.event_id) == (table, "e")


@pytest.mark.parametrize(
    "row",
    [
        {"table": "call_ended", "event_id": "e"},
        {"table": "call_ended", "call_id": "c"},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "talk_ms": -1},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "talk_ms": 2**70},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "talk_ms": "5"},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "released_by": "me"},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "talk_sm": 5},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "source": "x" * 70_000},
        {"table": "subscriber_profile", "event_id": "e"},
        {"event_id": "e", "call_id": "c"},
    ],
)
def test_what_does_not_fit_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        row_decoder().decode(msgspec.json.encode(row))
