"""Trees taken over from LightGBM score and explain exactly as LightGBM does, missing values included."""

from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.learn.lightgbm_trainer import REPRODUCIBLE, parse_trees, train_trees
from fanzha.learn.tree_walk import Floats
from fanzha.learn.trees import Trees, average_trees, logistic

Labels = np.ndarray[Any, np.dtype[np.bool_]]


def rows_with_gaps(seed: int, rows: int = 400, features: int = 6) -> tuple[Floats, Labels]:
    chance = np.random.default_rng(seed)
    values = np.round(chance.normal(size=(rows, features)), 1)
    labels = values[:, 0] + values[:, 1] * values[:, 2] + chance.normal(size=rows) > 0
    values[chance.random(values.shape) < 0.15] = np.nan
    values[chance.random(values.shape) < 0.1] = 0.0
    return values, labels


def booster_of(seed: int, **more: object) -> tuple[Any, Floats]:
    values, labels = rows_with_gaps(seed)
    wanted = {**REPRODUCIBLE, "num_leaves": 8, "min_data_in_leaf": 5, "seed": seed, **more}
    return lightgbm.train(wanted, lightgbm.Dataset(values, labels), num_boost_round=20), values


def strange(seed: int) -> Floats:
    """Values that the trees never saw: infinities, tiny numbers on both sides of LightGBM's zero, not-a-number."""
    chance = np.random.default_rng(seed)
    odd = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, -1e-36, 1e-34, 1e300, 0.1]
    return np.asarray(chance.choice(odd, (200, 6)))


@settings(max_examples=12)
@given(st.integers(0, 1_000), st.sampled_from([{}, {"zero_as_missing": True}, {"use_missing": False}]))
def test_raw_scores_equal_those_of_lightgbm_to_the_last_bit(seed: int, more: dict[str, object]) -> None:
    booster, values = booster_of(seed, **more)
    trees = parse_trees(booster.model_to_string())
    for given_rows in (values, strange(seed)):
        assert (trees.raw(given_rows) == booster.predict(given_rows, raw_score=True)).all()
        assert trees.score(given_rows) == pytest.approx(booster.predict(given_rows), abs=1e-15)


@settings(max_examples=8)
@given(st.integers(0, 1_000), st.sampled_from([{}, {"zero_as_missing": True}]))
def test_shares_equal_those_of_lightgbm_and_add_up_to_the_score(seed: int, more: dict[str, object]) -> None:
    booster, values = booster_of(seed, **more)
    trees = parse_trees(booster.model_to_string())
    for given_rows in (values[:50], strange(seed)[:50]):
        shares = trees.shares(given_rows)
        assert shares == pytest.approx(booster.predict(given_rows, pred_contrib=True), abs=1e-9)
        assert shares.sum(axis=1) == pytest.approx(trees.raw(given_rows), abs=1e-9)


def test_shares_are_the_shapley_values_worked_out_by_hand() -> None:
    # feature 0 <= 0: leaf 1.0 (6 of 10 rows); else feature 1 <= 0: leaf 2.0 (1 row), else leaf 5.0 (3 rows)
    tree = Trees(
        features=2,
        feature=np.array([0, 1], np.int32),
        threshold=np.zeros(2),
        missing_flags=np.zeros(2, np.uint8),
        left=np.array([~0, ~1], np.int32),
        right=np.array([1, ~2], np.int32),
        cover=np.array([10, 4], np.int32),
        leaf=np.array([1.0, 2.0, 5.0]),
        leaf_cover=np.array([6, 1, 3], np.int32),
        roots=np.array([0], np.int32),
    )
    # Knowing nothing 2.3, feature 0 alone 4.25, feature 1 alone 2.6, both 5: each gets its mean step over both orders.
    expected = [((4.25 - 2.3) + (5 - 2.6)) / 2, ((2.6 - 2.3) + (5 - 4.25)) / 2, 2.3]
    assert tree.shares(np.array([[1.0, 1.0]]))[0] == pytest.approx(expected)


def test_joined_trees_score_the_mean_and_share_the_mean() -> None:
    values, labels = rows_with_gaps(1)
    wanted = {"num_leaves": 6, "bagging_fraction": 0.7, "bagging_freq": 1}
    parts = [train_trees(values, labels, wanted, rounds=5, seed=seed) for seed in (1, 2, 3)]
    whole = average_trees(parts)
    assert whole.raw(values) == pytest.approx(np.mean([part.raw(values) for part in parts], axis=0), abs=1e-12)
    assert whole.shares(values) == pytest.approx(np.mean([part.shares(values) for part in parts], axis=0), abs=1e-12)


def test_trees_without_a_single_split_give_their_constant() -> None:
    values, labels = rows_with_gaps(2, rows=30)
    trees = train_trees(values, labels, {"min_data_in_leaf": 100}, rounds=3)
    booster = lightgbm.train({**REPRODUCIBLE, "min_data_in_leaf": 100}, lightgbm.Dataset(values, labels), 3)
    assert (trees.raw(values) == booster.predict(values, raw_score=True)).all()
    assert trees.shares(values).sum(axis=1) == pytest.approx(trees.raw(values))


def test_stored_arrays_give_the_same_trees() -> None:
    values, labels = rows_with_gaps(4)
    trees = train_trees(values, labels, {"num_leaves": 6}, rounds=5)
    again = Trees.from_arrays(trees.arrays())
    assert (again.raw(values) == trees.raw(values)).all() and again.features == 6


def test_chances_of_far_scores_are_zero_and_one_without_a_warning() -> None:
    assert logistic(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
