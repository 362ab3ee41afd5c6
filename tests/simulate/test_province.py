"""The same seed gives the same output, and each day holds its events in order."""

import pytest
from tests.simulate.scenario_run import DAY_MS, MONDAY

from fanzha.base.errors import UsageError
from fanzha.events import all_events
from fanzha.simulate import Province, Settings, simulate

SMALL = Settings(300, 3, 5, MONDAY, attackers=(0, 3), parameters={"gangs": 1, "simbox.cards": 4})


def test_the_same_seed_gives_the_same_and_another_seed_something_else() -> None:
    first, again = list(simulate(SMALL)), list(simulate(SMALL))
    assert len(first) == 3
    assert {
        table: [day[table].equals(other_day[table]) for day, other_day in zip(first, again, strict=True)]
        for table in first[1]
    } == {table: [True] * 3 for table in first[1]}
    other_day = next(simulate(Settings(300, 3, 6, MONDAY, attackers=(0, 3), parameters=SMALL.parameters)))
    assert not other_day["call_offered"].equals(first[0]["call_offered"])


def test_a_day_does_not_depend_on_the_days_read_before_it() -> None:
    province = Province(SMALL)
    whole = list(province.days())
    province = Province(SMALL)
    parts = province._emit_day(1)
    keys = {f"{key:016x}" for part in parts["message"] for key in part.keys}
    assert keys == set(whole[1]["message"]["event_id"].to_pylist())


def test_days_are_in_order_and_a_call_past_midnight_ends_in_the_next() -> None:
    days = list(simulate(SMALL))
    for number, day in enumerate(days):
        for table, batch in day.items():
            assert batch.schema.equals(all_events()[table].schema, check_metadata=True)
            moments = batch["occurred_at"].to_numpy()
            order = list(zip(moments.tolist(), batch["event_id"].to_pylist(), strict=True))
            assert order == sorted(order)
            assert moments[0] >= MONDAY + number * DAY_MS
            assert number == 2 or moments[-1] < MONDAY + (number + 1) * DAY_MS
    offered = {event_id for day in days for event_id in day["call_offered"]["call_id"].to_pylist()}
    ended = [event_id for day in days for event_id in day["call_ended"]["call_id"].to_pylist()]
    assert len(ended) == len(set(ended)) and set(ended) == offered


def test_event_ids_are_different_and_everything_is_marked_as_simulated() -> None:
    event_ids = [
        event_id for day in simulate(SMALL) for batch in day.values() for event_id in batch["event_id"].to_pylist()
    ]
    assert len(event_ids) == len(set(event_ids))
    assert all(set(batch["simulated"].to_pylist()) == {True} for day in simulate(SMALL) for batch in day.values())


def test_frauds_are_planted_for_each_level_asked_for_and_no_number_is_shared() -> None:
    truth = Province(SMALL).truth.to_pylist()
    assert {row["level"] for row in truth if row["role"] == "fraud"} == {0, 3}
    owners: dict[str, set[str]] = {}
    for row in truth:
        if row["subject_kind"] in ("sim_card", "trunk", "outlet", "short_code") and row["role"] != "victim":
            owners.setdefault(row["subject"], set()).add(row["gang"])
    assert [subject for subject, gangs in owners.items() if len(gangs) > 1] == []


def test_an_unknown_scenario_is_an_error() -> None:
    with pytest.raises(UsageError, match="wangiri"):
        Province(Settings(10, 1, 1, MONDAY, only=("wangri",)))


def test_there_can_be_more_look_alikes_and_no_more_frauds() -> None:
    def subjects(role: str, **overrides: float) -> int:
        settings = Settings(1_500, 1, 5, MONDAY, (0,), {"gangs": 1, **overrides}, only=("couriers", "wangiri"))
        return Province(settings).truth["role"].to_pylist().count(role)

    assert subjects("look_alike", look_alikes=3) == pytest.approx(3 * subjects("look_alike"), rel=0.2)
    assert subjects("fraud", look_alikes=3) == subjects("fraud")
