"""Phones keep number, card and device together, count the cards per person, and rotate groups."""

import numpy as np

from fanzha.simulate import Settings, SimulatedRole
from fanzha.simulate._directory import Directory
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import MobileRange
from fanzha.simulate._parameters import resolve_parameters
from fanzha.simulate._phones import Phones, rotate_group
from fanzha.simulate._random import create_generator
from fanzha.simulate._residents import create_residents
from fanzha.simulate._scenario import ScenarioContext, SimulatedDay


def build_context() -> ScenarioContext:
    settings, directory = Settings(500, 3, 1, 0), Directory(MobileRange.for_people(500), 1)
    return ScenarioContext(
        settings,
        create_residents(500, directory, create_generator(1)),
        directory,
        create_generator(2),
        resolve_parameters("any", {}, {}, 0, settings),
    )


def test_a_phone_always_calls_with_its_own_card_and_device() -> None:
    phones, facts = Phones.create(build_context(), 3), Facts(1)
    at, phone_index = np.arange(30), np.arange(30) % 3
    phones.dial(SimulatedDay(0, 0, create_generator(3)), facts, at, phone_index, np.full(30, -110))
    rows = facts.parts["call_offered"][0].batch.to_pylist()
    assert len({(row["caller"], row["sim_card"], row["device"], row["cell"]) for row in rows}) == 3
    assert {row["caller"] == row["proven_caller"] for row in rows} == {True}


def test_a_person_who_opens_several_cards_holds_one_more_each_time() -> None:
    phones, facts = Phones.create(build_context(), 4), Facts(1)
    phones.register_cards(facts, np.array([40, 30, 20, 10]), "OUTLET-SIM-0001", ("p1", "p2"), np.array([0, 0, 1, 0]))
    rows = facts.parts["registration"][0].batch.to_pylist()
    assert [(row["person"], row["cards_before"]) for row in rows] == [("p1", 2), ("p1", 1), ("p2", 0), ("p1", 0)]


def test_a_phone_that_lives_calls_few_people_often_and_is_called() -> None:
    phones, facts = Phones.create(build_context(), 20), Facts(1)
    for number in range(5):
        phones.add_everyday_traffic(SimulatedDay(number, number * 86_400_000, create_generator(3, number)), facts)
    rows = [row for part in facts.parts["call_offered"] for row in part.batch.to_pylist()]
    own = {f"+{line}" for line in phones.lines}
    outgoing = {(row["caller"], row["callee"]) for row in rows if row["caller"] in own}
    assert max(sum(pair[0] == line for pair in outgoing) for line in own) <= 4
    assert any(row["callee"] in own for row in rows)


def test_number_card_and_device_are_one_actor() -> None:
    phones = Phones.create(build_context(), 2)
    rows = [
        row
        for truth in phones.build_truths(SimulatedRole.FRAUD, 0, 1)
        for row in truth.to_record_batch("x", 0, "x").to_pylist()
    ]
    assert len(rows) == 6 and {row["actor"] for row in rows} == {f"+{line}" for line in phones.lines}
    assert len(phones.select(np.array([True, False]))) == 1


def test_groups_take_turns_and_all_come_round() -> None:
    assert [rotate_group(8, 4, number).tolist() for number in range(5)] == [[0, 1], [2, 3], [4, 5], [6, 7], [0, 1]]
    assert rotate_group(3, 1, 7).tolist() == [0, 1, 2]
