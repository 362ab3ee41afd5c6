"""Rows go through the column map: units, words, zones, constants, defaults, the proven caller; bad ones are rejects."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.events import CALL_FACTS
from fanzha.read import ColumnMap, ReadContext, ReadResult, SourceFile
from fanzha.read._convert.columns import parse_facts
from fanzha.read._convert.converter import CONSTANT_INGRESS, NO_CHANNEL, NOT_MOBILE, UNPROVEN_MOBILE, Converter
from fanzha.read._convert.rows import RawRows, TypedRows, lookup_numbers, sequential_numbers
from fanzha.read._map.column_map import ColumnSource, DirectionRule, ProvenRule, TimeSettings
from fanzha.read._reader import collect_batches

NOW = 1_772_323_815_000
CALL = {"id": "c1", "from": "19100000001", "to": "19900000001", "at": "2026-03-01 08:30:15", "s": "35"}
COLUMNS: dict[str, str | tuple[str, ...] | ColumnSource] = {
    "call_id": "id", "caller": "from", "callee": "to", "occurred_at": "at", "talk_ms": "s",
}  # fmt: skip


def convert(map_: ColumnMap, *rows: Mapping[str, str | None], basis: str = "", file: str = "f.csv") -> ReadResult:
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: pa.array([row.get(name) for row in rows], pa.large_string()) for name in names}
    converter = Converter(SourceFile(Path(file)), map_, ReadContext(NOW, basis), "test")
    batch = converter.convert(RawRows(columns, len(rows), sequential_numbers(2)))
    whole = collect_batches(iter([batch]))
    whole.notes += converter.list_notes()
    return whole


def calls(**keys: object) -> ColumnMap:
    given: dict[str, object] = {"table": "calls", "columns": COLUMNS} | keys
    return ColumnMap(**given)  # type: ignore[arg-type]


def test_a_row_tells_the_facts_of_a_call_joined_by_its_id() -> None:
    whole = convert(calls(source="east"), CALL)
    facts = {name: whole.rows(name)[0] for name in whole.tables}
    assert set(facts) == {"call_offered", "call_answered", "call_ended"}
    assert {fact["call_id"] for fact in facts.values()} == {"east/c1"}
    assert sorted(facts, key=lambda name: str(facts[name]["event_id"])) == [*CALL_FACTS]
    assert len({fact["event_id"] for fact in facts.values()}) == 3
    assert facts["call_offered"]["callee"] == "+8619900000001"
    assert facts["call_offered"]["caller"] == "19100000001", "a claimed number stays as it was presented"


def test_a_named_source_is_trusted_for_its_ids_and_an_unnamed_one_is_not() -> None:
    other = CALL | {"from": "19100000002"}
    assert ids(convert(calls(source="east"), CALL)) == ids(convert(calls(source="east"), other))
    assert ids(convert(calls(), CALL)) != ids(convert(calls(), other))
    assert ids(convert(calls(source="east"), CALL)) != ids(convert(calls(source="west"), CALL))


def test_without_ids_equal_rows_are_different_facts() -> None:
    columns = {ours: theirs for ours, theirs in COLUMNS.items() if ours != "call_id"}
    found = ids(convert(calls(columns=columns), CALL, CALL))
    assert len(set(found)) == 2
    assert found == ids(convert(calls(columns=columns), CALL, CALL, file="renamed.csv"))


def ids(whole: ReadResult) -> list[object]:
    return [row["event_id"] for row in whole.rows("call_offered")]


def test_every_bad_row_is_a_reject_with_row_column_reason_and_masked_value() -> None:
    bad: list[Mapping[str, str | None]] = [
        CALL | {"at": "gestern"},
        CALL | {"s": "-5"},
        CALL | {"from": "1.91E+10"},
        CALL | {"at": None},
    ]
    whole = convert(calls(), CALL, *bad)
    assert [(one.row, one.column, one.value) for one in whole.rejects] == [
        (3, "at", "gestern"), (4, "s", "-5"), (5, "from", "1.91E+10"), (6, "at", ""),
    ]  # fmt: skip
    assert (whole.read, whole.used) == (5, 1)
    (reject,) = convert(calls(columns=COLUMNS | {"talk_ms": "from"}), CALL).rejects
    assert reject.value == "191******01"


def test_a_cell_may_be_left_empty_instead_and_is_counted() -> None:
    columns = COLUMNS | {"talk_ms": ColumnSource(from_="s", bad="empty")}
    whole = convert(calls(columns=columns), CALL | {"s": "?"}, CALL)
    assert (whole.used, whole.rejects) == (2, [])
    assert [note.en for note in whole.notes] == ["1 cells of 's' left empty: not a length of time"]


def test_only_sources_without_any_time_get_the_moment_of_the_run() -> None:
    columns = {ours: theirs for ours, theirs in COLUMNS.items() if ours != "occurred_at"}
    assert moment(convert(calls(columns=columns), CALL)) == iso(NOW)
    default = TimeSettings(default="2026-03-01T00:00:00")
    assert moment(convert(calls(columns=columns, time=default), CALL)) == "2026-02-28T16:00:00.000Z"
    assert moment(convert(calls(time=default), CALL | {"at": None})) == "2026-02-28T16:00:00.000Z"
    lenient = COLUMNS | {"occurred_at": ColumnSource(from_="at", bad="empty")}
    (reject,) = convert(calls(columns=lenient), CALL | {"at": "?"}).rejects
    assert reject.reason.startswith("no time") and "default" in reject.reason


def test_a_call_without_a_begin_has_the_moment_of_its_answer_or_of_its_end_less_its_duration() -> None:
    columns = COLUMNS | {"answered_at": "ans", "ended_at": "end"}
    answered = CALL | {"at": None, "ans": "2026-03-01 08:30:20", "end": "2026-03-01 08:30:55"}
    assert moment(convert(calls(columns=columns), answered)) == "2026-03-01T00:30:20.000Z"
    assert moment(convert(calls(columns=columns), answered | {"ans": None})) == "2026-03-01T00:30:20.000Z"
    without_begin = {ours: theirs for ours, theirs in columns.items() if ours != "occurred_at"}
    assert moment(convert(calls(columns=without_begin), answered)) == "2026-03-01T00:30:20.000Z"
    assert convert(calls(columns=without_begin), answered | {"ans": None, "end": None}).used == 0


def test_identity_numbers_are_no_telephone_numbers() -> None:
    for column in ("from", "to"):
        (reject,) = convert(calls(), CALL | {column: "11010519491231002X"}).rejects
        assert reject.column == column and "identity number in clear" in reject.reason
        assert "19491231" not in reject.value
    assert convert(calls(), CALL | {"to": "110105194912310021"}).used == 1, "its check character is wrong"


def test_values_may_be_patterns() -> None:
    values = {"IGW-*": "international_gateway", "IGW-9": "interconnect", "*": ""}
    columns = COLUMNS | {"ingress": ColumnSource(from_="trunk", values=values)}
    rows = [CALL | {"id": name, "trunk": name} for name in ("IGW-GZ-01", "igw-9", "MSC-2")]
    found = [row.get("ingress") for row in convert(calls(columns=columns), *rows).rows("call_offered")]
    assert found == ["international_gateway", "interconnect", None]


def test_a_constant_ingress_that_proves_every_caller_is_warned_of_and_proves_mobile_numbers_only() -> None:
    map_ = calls(constants={"ingress": "mobile"}, proven=ProvenRule(ingress=("mobile",)))
    whole = convert(map_, CALL, CALL | {"id": "2", "from": "02160000001"}, CALL | {"id": "3", "from": "95013777"})
    assert [row.get("proven_caller") for row in whole.rows("call_offered")] == ["+8619100000001", None, None]
    assert CONSTANT_INGRESS.format(ingress="mobile", count=1) in whole.notes
    assert NOT_MOBILE.format(count=2) in whole.notes


def moment(whole: ReadResult) -> str:
    return iso(int(str(whole.rows("call_offered")[0]["occurred_at"])))


def test_a_fact_without_a_time_of_its_own_keeps_its_id_whenever_it_is_read() -> None:
    map_ = ColumnMap(table="site_seen", columns={"host": "h"})
    found = []
    for now in (NOW, NOW + 5):
        converter = Converter(SourceFile(Path("f")), map_, ReadContext(now), "test")
        batch = converter.convert(RawRows({"h": pa.array(["a.example"])}, 1, sequential_numbers(1)))
        found.append(batch.tables["site_seen"].column("event_id").to_pylist())
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("keys", "count"),
    [
        ({}, 2),
        ({"proven": ProvenRule(ingress=("leased_line",))}, 2),
        ({"proven": ProvenRule(ingress=("mobile",))}, 0),
        ({"columns": COLUMNS | {"ingress": "in", "proven_caller": "proven"}}, 1),
        ({"columns": COLUMNS}, 0),
    ],
)
def test_calls_of_the_mobile_network_without_a_proven_caller_are_counted_in_a_note(
    keys: dict[str, Any], count: int
) -> None:
    rows = [
        CALL | {"in": "mobile", "proven": "19100000001"},
        CALL | {"id": "c2", "in": "mobile"},
        CALL | {"id": "c3", "in": "mobile", "from": ""},
        CALL | {"id": "c4", "in": "international_gateway"},
    ]
    notes = convert(calls(**({"columns": COLUMNS | {"ingress": "in"}} | keys)), *rows).notes
    assert [note for note in notes if "proven" in note.en] == [UNPROVEN_MOBILE.format(count=count)] * bool(count)


TEXTS = {"sender": "s", "recipient": "r", "text": "t"}
SENT = [
    {"s": sender, "r": "19900000001", "t": f"text {sender}"}
    for sender in ("1069000000001", "95588", "4000000000", "17000000001", "+861440000000001", "VERIFY", None)
]


def sent(**keys: object) -> ReadResult:
    given: dict[str, object] = {"table": "message", "columns": TEXTS, "basis": "made up"} | keys
    return convert(ColumnMap(**given), *SENT)  # type: ignore[arg-type]


def test_texts_that_do_not_name_their_channel_have_the_one_of_their_senders() -> None:
    whole = sent()
    assert [row.get("channel") for row in whole.rows("message")] == ["port_sms", None, None, "sms", "sms", None, None]
    notes = [note.en for note in whole.notes if "channel" in note.en]
    assert notes == [NO_CHANNEL.format(count=3).en]


def test_a_text_to_no_number_is_a_reject_but_names_may_get_mail() -> None:
    rows = [SENT[0] | {"r": to} for to in ("abc", "199****0001", "19900000001", None)]
    map_ = ColumnMap(table="message", columns=dict(TEXTS), basis="made up")
    assert [(one.column, one.value) for one in convert(map_, *rows).rejects] == [("r", "abc")]
    mail = ColumnMap(table="message", columns=dict(TEXTS), basis="made up", constants={"channel": "mail"})
    assert convert(mail, *rows).used == 4


def test_a_channel_that_is_said_or_turns_of_a_conversation_are_left_as_they_are() -> None:
    for whole in (sent(constants={"channel": "chat"}), sent(columns=TEXTS | {"conversation": "r"})):
        assert {row.get("channel") for row in whole.rows("message")} <= {"chat", None}
        assert not [note for note in whole.notes if "channel" in note.en]


def test_date_and_time_in_two_columns_are_joined() -> None:
    columns = COLUMNS | {"occurred_at": ("d", "t")}
    row = CALL | {"d": "2026/3/1", "t": "8:30:15"}
    assert moment(convert(calls(columns=columns), row)) == "2026-03-01T00:30:15.000Z"


def test_constants_stand_on_every_row_and_yield_to_columns() -> None:
    map_ = calls(constants={"ingress": "international_gateway", "caller": "110"}, simulated=True, basis="order 7")
    row = convert(map_, CALL).rows("call_offered")[0]
    assert (row["ingress"], row["caller"]) == ("international_gateway", "19100000001")
    assert (row["simulated"], row["basis"], row["source"]) == (True, "order 7", "f.csv")


def test_the_caller_is_proven_only_where_the_map_says_so() -> None:
    columns = COLUMNS | {"ingress": "in"}
    mobile, abroad = CALL | {"in": "mobile"}, CALL | {"in": "国际关口局"}
    assert all("proven_caller" not in row for row in convert(calls(columns=columns), mobile).rows("call_offered"))
    rows = convert(calls(columns=columns, proven=ProvenRule(ingress=("mobile",))), mobile, abroad).rows("call_offered")
    assert [row.get("proven_caller") for row in rows] == ["+8619100000001", None]


def test_on_incoming_rows_of_a_bill_the_sides_change_places_and_only_the_own_number_is_proven() -> None:
    map_ = calls(
        direction=DirectionRule(from_="way", incoming=("被叫",), outgoing=("主叫",)), proven=ProvenRule(outgoing=True)
    )
    rows = [CALL | {"way": "主叫"}, CALL | {"way": "被叫"}, CALL | {"way": "转移"}]
    whole = convert(map_, *rows)
    found = [(r["caller"], r["callee"], r.get("proven_caller")) for r in whole.rows("call_offered")]
    assert found == [
        ("19100000001", "+8619900000001", "+8619100000001"),
        ("19900000001", "+8619100000001", None),
    ]
    assert "[direction]" in whole.rejects[0].reason


def test_a_call_that_ends_before_it_begins_is_a_reject() -> None:
    columns = COLUMNS | {"ended_at": "end"}
    (reject,) = convert(calls(columns=columns), CALL | {"end": "2026-03-01 08:30:14"}).rejects
    assert (reject.column, reject.reason) == ("end", "it ends before it begins")


def test_content_is_never_shown_in_a_reject() -> None:
    map_ = ColumnMap(table="message", columns={"text": "text", "sender": "from", "occurred_at": "at"}, basis="x")
    (reject,) = convert(map_, {"text": "x" * 2_000_000, "from": "1", "at": "2026-03-01"}).rejects
    assert (reject.column, reject.value) == ("text", "")


def test_identity_numbers_in_clear_are_refused() -> None:
    map_ = ColumnMap(table="registration", columns={"number": "n", "person": "p"})
    rows = [{"n": "19100000001", "p": "11010519491231002X"}, {"n": "19100000001", "p": "9f" * 16}]
    whole = convert(map_, *rows)
    assert whole.used == 1 and "keyed hash" in whole.rejects[0].reason
    assert "11010519491231002X" not in whole.rejects[0].value


def test_totals_are_no_rows_unless_words_may_begin_so() -> None:
    whole = convert(calls(), CALL, {"id": "合计", "from": "2", "to": "", "at": "", "s": "35"})
    assert (whole.read, whole.used, whole.rejects) == (1, 1, [])
    texts = ColumnMap(table="message", columns={"text": "t"}, basis="x")
    assert convert(texts, {"t": "合计消费三百元，请尽快还款"}).used == 1


def test_rows_behind_a_call_are_all_counted_and_all_rejected() -> None:
    columns = {name: pa.array([value, value], pa.large_string()) for name, value in CALL.items()}
    columns["at"] = pa.array([CALL["at"], "x"], pa.large_string())
    rows = RawRows(columns, 2, lookup_numbers(np.array([1, 3])), source_rows=((1, 2), (3, 4, 5)), waiting=2)
    batch = Converter(SourceFile(Path("f")), calls(), ReadContext(NOW), "test").convert(rows)
    assert (batch.read, batch.used, batch.waiting) == (7, 2, 2)
    assert [reject.row for reject in batch.rejects] == [3, 4, 5]


def test_a_host_that_is_missing_is_taken_from_the_url() -> None:
    map_ = ColumnMap(table="site_seen", columns={"host": "h", "url": "u"})
    rows: list[Mapping[str, str | None]] = [
        {"h": "a.example", "u": "http://x.example/1"}, {"h": None, "u": "http://b.example/2"}, {"h": "", "u": ""},
    ]  # fmt: skip
    whole = convert(map_, *rows)
    assert [row["host"] for row in whole.rows("site_seen")] == ["a.example", "b.example"]
    assert [(reject.row, reject.column) for reject in whole.rejects] == [(4, "h")]


def test_a_direction_means_nothing_for_tables_without_two_sides() -> None:
    map_ = ColumnMap(table="site_seen", columns={"host": "h"}, direction=DirectionRule(from_="w", incoming=("in",)))
    assert convert(map_, {"h": "a.example", "w": "in"}).used == 1


def test_a_bill_without_an_own_number_still_tells_the_other_side() -> None:
    map_ = ColumnMap(
        table="calls",
        columns={"callee": "o", "occurred_at": "at"},
        direction=DirectionRule(from_="w", incoming=("被叫",), outgoing=("主叫",)),
    )
    row = {"o": "19100000001", "at": "2026-03-01 08:30:15"}
    rows = convert(map_, row | {"w": "主叫"}, row | {"w": "被叫"}).rows("call_offered")
    assert [(r.get("caller"), r.get("callee")) for r in rows] == [(None, "+8619100000001"), ("19100000001", None)]


def test_columns_of_numbers_become_facts_of_a_page() -> None:
    given = {"length": pa.array(["3", "x"]), "dots": pa.array([1, None])}
    cells = parse_facts(given, pa.map_(pa.string(), pa.float64()))
    assert cells.values.to_pylist() == [[("length", 3.0), ("dots", 1.0)], [("length", None), ("dots", None)]]
    assert [found.tolist() for found, _ in cells.problems] == [[False, True]]
    ready = pa.array([[("a", 1.0)]], pa.map_(pa.string(), pa.float64()))
    assert parse_facts({"facts": ready}, ready.type).values.to_pylist() == [[("a", 1.0)]]
    empty = parse_facts({"a": pa.array([], pa.float64()), "b": pa.array([], pa.float64())}, ready.type)
    assert empty.values.to_pylist() == []


def test_the_first_fault_of_a_row_is_the_one_told() -> None:
    sheet = TypedRows(3)
    first, second = (np.array(flags) for flags in ([True, False, False], [True, True, False]))
    for name, rows in (("a", first), ("b", second), ("c", np.zeros(3, bool))):
        sheet.add_fault(name, rows, Words(name, name))
    assert {row: fault.column for row, fault in sheet.first_faults().items()} == {0: "a", 1: "b"}
    assert sheet.bad.tolist() == [True, True, False]


def test_a_stretch_without_rows_is_an_empty_batch() -> None:
    empty = RawRows({name: pa.array([], pa.large_string()) for name in CALL}, 0, sequential_numbers(1), position=9)
    batch = Converter(SourceFile(Path("f")), calls(), ReadContext(NOW), "test").convert(empty)
    assert (batch.read, batch.used, batch.tables, batch.position) == (0, 0, {}, 9)
