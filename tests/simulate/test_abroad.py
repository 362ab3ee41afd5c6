"""Calls from abroad claim a number and prove none; honest ones go to the same few people, at length."""

from collections import Counter

from fanzha.simulate._abroad import CIRCLE, chatter
from fanzha.simulate._directory import Directory
from fanzha.simulate._draw import stream
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import MobileRange
from fanzha.simulate._residents import settle
from fanzha.simulate._scenario import Today


def test_honest_callers_abroad_always_call_the_same_few_people() -> None:
    people, facts = settle(500, Directory(MobileRange.for_people(500), 1), stream(1)), Facts(1)
    for day in range(3):
        chatter(Today(day, 0, stream(2, day)), facts, people, ("IGW-SIM-0001", "IGW-SIM-0002"), 20_000)
    rows = [row for part in facts.parts["call_offered"] for row in part.batch.to_pylist()]
    circles = Counter(caller for caller, _ in {(row["caller"], row["callee"]) for row in rows})
    assert len(circles) > 1_900
    assert max(circles.values()) <= CIRCLE
    assert {row["ingress"] for row in rows} == {"international_gateway"}
    assert {row["proven_caller"] for row in rows} == {None}
    assert {row["trunk"] for row in rows} == {"IGW-SIM-0001", "IGW-SIM-0002"}


def test_nobody_is_called_by_one_number_of_every_area_code_or_all_day_long() -> None:
    people, facts = settle(8_000, Directory(MobileRange.for_people(8_000), 1), stream(1)), Facts(1)
    chatter(Today(0, 0, stream(2)), facts, people, ("IGW-SIM-0001",), 20_000)
    pairs = [(row["caller"], row["callee"]) for row in facts.parts["call_offered"][0].batch.to_pylist()]
    assert max(Counter(pairs).values()) <= 10
    assert max(Counter(callee for _, callee in set(pairs)).values()) <= 12, "20,000 pairs on 8,000 people: 2.5 each"
    assert max(Counter(callee for _, callee in pairs).values()) <= 20
