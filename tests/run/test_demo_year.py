"""Episodes of the demo's year begin within the year before, and tell of each ending in enough targets for a rate."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fanzha.command.reviews.selectors import MIN_DECISIONS
from fanzha.run.demo_year import EPISODES, Ending, Episode


@pytest.mark.parametrize("now", ["2026-02-28T00:10", "2026-11-12T08:00", "2028-02-29T23:50"])
@pytest.mark.parametrize("episode", EPISODES, ids=lambda episode: f"{episode.fraud_type} {episode.day}")
def test_an_episode_began_at_nine_in_the_year_before_and_not_in_the_last_two_days(episode: Episode, now: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    begins = episode.begins_at(moment)
    assert moment - timedelta(days=368) < begins <= moment - timedelta(days=1)
    assert begins.hour == 9
    assert isinstance(episode.day, int) or (begins.month, begins.day) == episode.day


def test_each_ending_is_told_and_the_targets_are_enough_to_state_a_rate() -> None:
    assert {episode.ending for episode in EPISODES} == set(Ending)
    assert sum(episode.numbers for episode in EPISODES if episode.ending is not Ending.CLEARED) >= MIN_DECISIONS
