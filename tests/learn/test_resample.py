"""Intervals are as wide as the sample is small, and rows of one group are drawn together."""

import numpy as np

from fanzha.learn.resample import Floats, MeasuredFigure, draw_samples, measure


def share_of_ones(values: Floats, weights: Floats) -> Floats:
    share: Floats = weights @ values / weights.sum(axis=1)
    return share


def test_every_sample_draws_as_many_rows_as_there_are() -> None:
    drawn = np.vstack(list(draw_samples(50, groups=None, samples=200, seed=1)))
    assert drawn.shape == (200, 50)
    assert (drawn.sum(axis=1) == 50).all()
    assert abs(drawn.mean() - 1) < 1e-12
    assert 0.9 < drawn.var() < 1.1  # drawn with replacement: about Poisson(1)


def test_rows_of_one_group_are_drawn_together() -> None:
    groups = np.array(["a", "b", "a", "c", "b"], object)
    for weights in draw_samples(5, groups=groups, samples=100, seed=1):
        assert (weights[:, 0] == weights[:, 2]).all() and (weights[:, 1] == weights[:, 4]).all()


def test_interval_of_a_share_is_that_of_the_binomial() -> None:
    values = np.repeat([1.0, 0.0], [300, 700])
    figure = measure({"share": lambda weights: share_of_ones(values, weights)}, 1_000, samples=2_000)["share"]
    assert figure.value == 0.3
    error = 1.96 * np.sqrt(0.3 * 0.7 / 1_000)
    assert figure.low is not None and figure.high is not None
    assert abs(figure.low - (0.3 - error)) < 0.004 and abs(figure.high - (0.3 + error)) < 0.004


def test_whole_groups_make_the_interval_wider() -> None:
    values = np.repeat(np.random.default_rng(0).integers(0, 2, 40), 25).astype(np.float64)
    groups = np.repeat(np.arange(40), 25).astype(object)

    def width(given: "np.ndarray[tuple[int], np.dtype[np.object_]] | None") -> float:
        figure = measure({"share": lambda weights: share_of_ones(values, weights)}, 1_000, groups=given)["share"]
        assert figure.low is not None and figure.high is not None
        return figure.high - figure.low

    assert width(groups) > 3 * width(None)


def test_same_seed_gives_the_same_interval() -> None:
    values = (np.arange(30) % 2).astype(np.float64)
    first, second = (
        measure({"share": lambda weights: share_of_ones(values, weights)}, 30, seed=seed)["share"] for seed in (7, 7)
    )
    assert first == second


def test_figure_that_is_not_defined_says_so() -> None:
    figure = measure({"nothing": lambda weights: np.full(len(weights), np.nan)}, 3, samples=5)["nothing"]
    assert figure == MeasuredFigure(None, reason="not defined on these rows")
