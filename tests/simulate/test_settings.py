"""Settings compute the end of the simulation and default to all attacker levels."""

from tests.simulate.scenario_run import DAY_MS, MONDAY

from fanzha.simulate import LEVELS, Settings


def test_the_end_is_the_midnight_after_the_last_day() -> None:
    assert Settings(1, 3, 1, MONDAY).end_ms == MONDAY + 3 * DAY_MS


def test_all_attackers_are_planted_if_not_said() -> None:
    assert Settings(1, 3, 1, MONDAY).attackers == LEVELS == (0, 1, 2, 3)
