"""The catalog is the event tables, seen from a rule: fields joined on calls, types by units."""

import pyarrow as pa
import pytest

from fanzha.events import CALL_FACTS, all_events
from fanzha.rules.catalog import CERTAIN, CERTAIN_WHERE, FACTS, later, subjects
from fanzha.rules.tree import Type
from fanzha.rules.words import RESERVED


def test_every_table_is_a_fact_but_the_subscriber_profile() -> None:
    assert set(FACTS) == set(all_events()) - {"subscriber_profile"}


def test_every_own_column_is_a_field_but_nested_ones() -> None:
    for fact, fields in FACTS.items():
        own = {column.name for column in all_events()[fact].own if not pa.types.is_nested(column.type)}
        here = {one.column for one in fields.values() if one.table == fact and one.column}
        assert here == own | {"event_id", "occurred_at", "source", "simulated"}


def test_a_call_has_the_fields_of_its_earlier_facts() -> None:
    offered, answered, ended = (FACTS[fact] for fact in CALL_FACTS)
    assert "ring_ms" not in offered and "talk_ms" not in answered
    assert {"caller", "trunk", "ring_ms", "answering_number", "talk_ms"} <= set(ended)
    assert ended["callee"].table == "call_offered"
    assert (ended["answering_number"].table, ended["answering_number"].column) == ("call_answered", "callee")
    assert {ended[name].table for name in ("event_id", "occurred_at", "source", "call_id")} == {"call_ended"}


@pytest.mark.parametrize(
    ("fact", "field", "kind"),
    [
        ("call_ended", "talk_ms", Type.DURATION),
        ("call_ended", "occurred_at", Type.MOMENT),
        ("call_ended", "answered", Type.TRUTH),
        ("call_ended", "release_cause", Type.NUMBER),
        ("call_ended", "caller", Type.TEXT),
        ("site_seen", "registered_at", Type.MOMENT),
        ("public_report", "happened_at", Type.MOMENT),
        ("public_report", "loss_cny", Type.NUMBER),
        ("sim_use", "data_kb", Type.NUMBER),
        ("message", "link_host", Type.TEXT),
        ("message", "has_link", Type.TRUTH),
    ],
)
def test_types_come_from_columns_and_units(fact: str, field: str, kind: Type) -> None:
    assert FACTS[fact][field].type is kind


def test_every_duration_is_named_in_milliseconds_and_every_moment_with_at() -> None:
    fields = [one for fields in FACTS.values() for one in fields.values()]
    assert {one.name.endswith("_ms") for one in fields if one.type is Type.DURATION} == {True}
    assert {one.name.endswith("_at") for one in fields if one.type is Type.MOMENT} == {True}
    assert not any(one.name.endswith(("_ms", "_at")) for one in fields if one.type is Type.NUMBER)


def test_no_field_is_a_word_of_the_language() -> None:
    assert {name for fields in FACTS.values() for name in fields} & RESERVED == set()


def test_a_field_says_on_which_facts_it_is_known() -> None:
    assert FACTS["call_ended"]["talk_ms"].known_at == ("call_ended",)
    assert set(FACTS["call_offered"]["caller"].known_at) == set(CALL_FACTS)
    assert later("call_offered", "talk_ms") == ("call_ended",)
    assert later("call_offered", "ring_ms") == ("call_answered", "call_ended")
    assert later("call_ended", "text") == () == later("message", "talk_ms")


def test_only_calls_have_a_caller_to_prove_and_no_claimed_number_is_a_subject() -> None:
    assert all(("caller_or_trunk" in subjects(fact)) == (fact in CALL_FACTS) for fact in FACTS)
    assert not {"caller", "asserted_identity", "sent_caller"} & set(CERTAIN)
    assert CERTAIN_WHERE["received_caller"] == ("received_ingress", "mobile")  # that our own network proves
    assert all(any(name in fields for fields in FACTS.values()) for name in CERTAIN)


def test_whom_a_call_or_text_was_delivered_to_can_be_named_so_that_he_is_warned() -> None:
    assert "callee" in subjects("call_offered")
    assert "recipient" in subjects("message")
