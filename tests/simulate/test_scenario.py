"""Every scenario has texts in both languages, a line in the guide, and facts within the simulated period."""

from pathlib import Path

import numpy as np
import pytest
from tests.simulate.scenario_run import DAY_MS, MONDAY, run_scenario

from fanzha.kinds import all_kinds
from fanzha.simulate import Scenario, SimulatedRole, all_scenarios
from fanzha.simulate._random import create_generator
from fanzha.simulate._scenario import SimulatedDay

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "simulate.md"
SCENARIOS = list(all_scenarios().values())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_says_what_it_is_and_what_its_limits_bound(scenario: Scenario) -> None:
    assert scenario.title.zh and scenario.title.en and scenario.tells.zh and scenario.tells.en
    assert set(scenario.limits) <= set(scenario.parameters)
    assert not scenario.limits or scenario.role is SimulatedRole.FRAUD
    assert f"`{scenario.name}`" in GUIDE.read_text("utf-8"), "give it a line in the guide"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_fact_lies_before_the_simulation_and_subjects_are_canonical(scenario: Scenario) -> None:
    run = run_scenario(scenario.name, 2 if scenario.role is SimulatedRole.FRAUD else 0, days=3)
    for rows in run.tables.values():
        moments = [row["occurred_at"] for row in rows]
        assert moments == sorted(moments) and moments[0] >= MONDAY
    for row in run.truth[:50] + run.truth[-50:]:
        assert all_kinds()[row["subject_kind"]].normalise(row["subject"]) == row["subject"]
        assert MONDAY <= row["from_ms"] < row["until_ms"]
        assert (row["level"] is None) == (scenario.role is not SimulatedRole.FRAUD)


def test_the_days_of_the_week_are_those_of_beijing() -> None:
    weekend = [SimulatedDay(n, MONDAY + n * DAY_MS, create_generator(1)).weekend for n in range(7)]
    assert weekend == [False] * 5 + [True] * 2


def test_moments_of_a_day_lie_in_it() -> None:
    moments = SimulatedDay(0, MONDAY, create_generator(1)).draw_moments(1_000, (1.0,) * 24)
    assert np.all((moments >= MONDAY) & (moments < MONDAY + DAY_MS))
