"""Facts become event tables, and the three events of a call share their call id."""

import numpy as np
import pytest

from fanzha.events import all_events
from fanzha.simulate._facts import Facts

AT = np.array([1_000, 2_000, 3_000])


def build_facts() -> Facts:
    facts = Facts(1, "test", 0)
    facts.add_calls(
        AT,
        {"caller": 8619783370001, "callee": np.array([8619783370002, -110, 8619783370003])},
        answered=np.array([True, False, True]),
        ring_ms=np.array([100, 200, 300]),
        talk_ms=np.array([5_000, 9_000, 7_000]),
        cause=17,
    )
    return facts


def read_rows(facts: Facts, table: str) -> list[dict[str, object]]:
    (part,) = facts.parts[table]
    assert part.batch.schema.equals(all_events()[table].schema, check_metadata=True)
    assert part.moments.tolist() == part.batch["occurred_at"].to_pylist()
    return part.batch.to_pylist()


def test_a_call_is_offered_answered_after_ringing_and_ended_after_talking() -> None:
    offered, answered, ended = (read_rows(build_facts(), f"call_{stage}") for stage in ("offered", "answered", "ended"))
    assert [row["occurred_at"] for row in offered] == [1_000, 2_000, 3_000]
    assert [row["occurred_at"] for row in answered] == [1_100, 3_300]
    assert [row["occurred_at"] for row in ended] == [6_100, 2_200, 10_300]
    assert [(row["talk_ms"], row["release_cause"]) for row in ended] == [(5_000, 16), (0, 17), (7_000, 16)]
    assert [row["callee"] for row in answered] == ["+8619783370002", "+8619783370003"]
    assert [row["call_id"] for row in offered] == [row["call_id"] for row in ended]
    assert [row["call_id"] for row in answered] == [offered[0]["call_id"], offered[2]["call_id"]]


def test_every_fact_says_that_it_is_simulated_and_has_an_id_of_its_own() -> None:
    everything = [row for table in build_facts().parts for row in read_rows(build_facts(), table)]
    assert {row["simulated"] for row in everything} == {True}
    assert {row["source"] for row in everything} == {"simulated"}
    assert len({row["event_id"] for row in everything}) == len(everything) == 8


def test_the_same_facts_have_the_same_ids() -> None:
    assert read_rows(build_facts(), "call_offered") == read_rows(build_facts(), "call_offered")


def test_a_column_that_the_table_lacks_is_an_error() -> None:
    with pytest.raises(KeyError, match="colour"):
        Facts(1).add("message", AT, text="hello", colour="red")


def test_nothing_is_added_where_nothing_happens() -> None:
    facts = Facts(1)
    facts.add("message", AT[:0], text="hello")
    assert facts.parts == {}
