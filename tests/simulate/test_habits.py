"""Call times follow the weights of the hours, and durations follow the fitted quantiles."""

import numpy as np

from fanzha.simulate import _habits as habits
from fanzha.simulate._random import create_generator

HOUR_MS = 3_600_000


def test_moments_follow_the_weight_of_the_hours() -> None:
    hours = np.bincount((habits.draw_moments(create_generator(1), 40_000, 0, habits.EVENING) // HOUR_MS), minlength=24)
    expected = 40_000 * np.array(habits.EVENING) / sum(habits.EVENING)
    assert np.abs(hours - expected).max() < 400
    assert hours[:10].sum() == 0


def test_talks_have_the_fitted_median_and_a_long_tail() -> None:
    talk = habits.draw_talk_ms(create_generator(1), 50_000) / 1_000
    fitted = dict(zip(habits.load_fitted_figures()["quantiles"], habits.load_fitted_figures()["talk_s"], strict=True))
    assert abs(float(np.median(talk)) - fitted[0.5]) < 2
    assert abs(float(np.quantile(talk, 0.9)) - fitted[0.9]) < 10
    assert abs(float(np.quantile(talk, 0.99)) - fitted[0.99]) < 0.1 * fitted[0.99]


def test_a_given_mean_is_kept() -> None:
    assert abs(habits.draw_talk_ms(create_generator(1), 50_000, 14).mean() - 15_000) < 300
    assert abs(habits.draw_ring_ms(create_generator(1), 50_000, 5).mean() - 5_300) < 200
    assert abs(habits.draw_answered(create_generator(1), 50_000, 0.3).mean() - 0.3) < 0.01
    assert (
        abs(
            habits.draw_answered(create_generator(1), 50_000).mean()
            - (1 - habits.load_fitted_figures()["hardly_answered_share"])
        )
        < 0.01
    )


def test_people_differ_as_much_as_fitted_around_the_mean() -> None:
    drawn = habits.draw_daily_rates(create_generator(1), 100_000, 3.0)
    assert abs(drawn.mean() - 3.0) < 0.15
    assert abs(np.log(drawn).std() - habits.load_fitted_figures()["calls_log_spread"]) < 0.02
    assert abs(habits.draw_actors(create_generator(1), drawn, 100_000).size / 100_000 - 3.0) < 0.15


def test_the_figures_name_their_source() -> None:
    assert "CC BY 4.0" in habits.load_fitted_figures()["source"]
