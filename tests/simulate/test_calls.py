"""Calls from abroad prove no number; the network proves the numbers of its own subscribers and of leased lines."""

from collections import Counter

import numpy as np

from fanzha.simulate._calls import CIRCLE, add_honest_traffic, call_from_leased_line, call_from_residents
from fanzha.simulate._columns import Categorical
from fanzha.simulate._directory import Directory
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import MobileRange
from fanzha.simulate._random import create_generator
from fanzha.simulate._residents import create_residents
from fanzha.simulate._scenario import SimulatedDay


def test_honest_callers_abroad_always_call_the_same_few_people() -> None:
    residents, facts = create_residents(500, Directory(MobileRange.for_people(500), 1), create_generator(1)), Facts(1)
    for day in range(3):
        add_honest_traffic(
            SimulatedDay(day, 0, create_generator(2, day)), facts, residents, ("IGW-SIM-0001", "IGW-SIM-0002"), 20_000
        )
    rows = [row for part in facts.parts["call_offered"] for row in part.batch.to_pylist()]
    circles = Counter(caller for caller, _ in {(row["caller"], row["callee"]) for row in rows})
    assert len(circles) > 1_900
    assert max(circles.values()) <= CIRCLE
    assert {row["ingress"] for row in rows} == {"international_gateway"}
    assert {row["proven_caller"] for row in rows} == {None}
    assert {row["trunk"] for row in rows} == {"IGW-SIM-0001", "IGW-SIM-0002"}


def test_nobody_is_called_by_one_number_of_every_area_code_or_all_day_long() -> None:
    residents, facts = (
        create_residents(8_000, Directory(MobileRange.for_people(8_000), 1), create_generator(1)),
        Facts(1),
    )
    add_honest_traffic(SimulatedDay(0, 0, create_generator(2)), facts, residents, ("IGW-SIM-0001",), 20_000)
    pairs = [(row["caller"], row["callee"]) for row in facts.parts["call_offered"][0].batch.to_pylist()]
    assert max(Counter(pairs).values()) <= 10
    assert max(Counter(callee for _, callee in set(pairs)).values()) <= 12, "20,000 pairs on 8,000 people: 2.5 each"
    assert max(Counter(callee for _, callee in pairs).values()) <= 20


def test_what_the_network_knows_hangs_on_whose_subscriber_calls() -> None:
    residents, facts = create_residents(300, Directory(MobileRange.for_people(300), 1), create_generator(1)), Facts(1)
    call_from_residents(create_generator(2), facts, residents, np.arange(300), np.arange(300), np.full(300, -110))
    for row, own_network in zip(facts.parts["call_offered"][0].batch.to_pylist(), residents.own_network, strict=True):
        present = [row[name] is not None for name in ("proven_caller", "cell", "device", "sim_card")]
        assert present == [bool(own_network)] * 4
        assert (row["trunk"] is None, row["ingress"]) == ((True, "mobile") if own_network else (False, "interconnect"))


def test_the_trunk_proves_the_line() -> None:
    facts, lines = Facts(1), np.array([862117000000, -9519900])
    trunk = Categorical(("LINE-SIM-0001", "LINE-SIM-0002"), np.array([0, 1]))
    call_from_leased_line(
        SimulatedDay(0, 0, create_generator(1)),
        facts,
        np.array([1, 2]),
        lines,
        np.array([-110, -120]),
        trunk,
        answer_share=1.0,
    )
    rows = facts.parts["call_offered"][0].batch.to_pylist()
    assert [(row["caller"], row["proven_caller"], row["trunk"]) for row in rows] == [
        ("+862117000000", "+862117000000", "LINE-SIM-0001"),
        ("9519900", "9519900", "LINE-SIM-0002"),
    ]
    assert len(facts.parts["call_answered"][0].moments) == 2
