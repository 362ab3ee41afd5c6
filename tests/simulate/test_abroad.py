"""Calls from abroad claim a number and prove none; honest ones go to the same people at length."""

from collections import Counter

from fanzha.simulate._abroad import chatter
from fanzha.simulate._directory import Directory
from fanzha.simulate._draw import stream
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import MobileRange
from fanzha.simulate._residents import settle
from fanzha.simulate._scenario import Today


def test_honest_callers_abroad_always_call_the_same_person() -> None:
    people, facts = settle(500, Directory(MobileRange.for_people(500), 1), stream(1)), Facts(1)
    chatter(Today(0, 0, stream(2)), facts, people, ("IGW-SIM-0001", "IGW-SIM-0002"), 3_000)
    rows = facts.parts["call_offered"][0].batch.to_pylist()
    pairs = {(row["caller"], row["callee"]) for row in rows}
    assert len(pairs) == len({caller for caller, _ in pairs})
    assert {row["ingress"] for row in rows} == {"international_gateway"}
    assert {row["proven_caller"] for row in rows} == {None}
    assert {row["trunk"] for row in rows} == {"IGW-SIM-0001", "IGW-SIM-0002"}


def test_nobody_is_called_by_one_number_of_every_area_code() -> None:
    people, facts = settle(8_000, Directory(MobileRange.for_people(8_000), 1), stream(1)), Facts(1)
    chatter(Today(0, 0, stream(2)), facts, people, ("IGW-SIM-0001",), 20_000)
    pairs = {(row["caller"], row["callee"]) for row in facts.parts["call_offered"][0].batch.to_pylist()}
    callers = Counter(callee for _, callee in pairs)
    assert max(callers.values()) <= 5, "2,000 numbers on 8,000 people: chance puts 6 on one of them in one of 500 seeds"
    assert len(callers) > 1_600
