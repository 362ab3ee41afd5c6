"""Weights come back as they were saved, explain what they score, and are refused for other features."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.learn.lightgbm_trainer import train_trees
from fanzha.models.families.boosted_trees import Boosted, Feature, Floats, load_boosted, medians

FEATURES = tuple(Feature(name, Words(name, name), "count") for name in ("calls", "texts"))


def columns(table: pa.Table) -> Floats:
    return np.column_stack([table[name].to_numpy() for name in ("calls", "texts")])


def fitted() -> tuple[Boosted, pa.Table]:
    chance = np.random.default_rng(0)
    values = chance.normal(size=(200, 2))
    table = pa.table({"calls": values[:, 0], "texts": values[:, 1]})
    return Boosted(train_trees(values, values[:, 0] > 0, {}, rounds=5), FEATURES, columns, medians(values)), table


def test_saved_weights_score_and_explain_the_same(tmp_path: Path) -> None:
    model, table = fitted()
    model.save(tmp_path / "weights.npz")
    again = load_boosted(tmp_path / "weights.npz", FEATURES, columns)
    assert (again.score(table) == model.score(table)).all()
    assert (again.explain(table).contributions == model.explain(table).contributions).all()
    assert (again.usual == model.usual).all()


def test_the_same_weights_are_the_same_bytes(tmp_path: Path) -> None:
    model, _ = fitted()
    for name in ("one.npz", "two.npz"):
        model.save(tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_shares_lead_from_the_common_start_to_the_score() -> None:
    model, table = fitted()
    total = model.explain(table).contributions.sum(axis=1) + model.trees.begins_with
    assert 1 / (1 + np.exp(-total)) == pytest.approx(model.score(table))


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    model, _ = fitted()
    model.save(tmp_path / "weights.npz")
    with pytest.raises(UsageError, match="other features"):
        load_boosted(tmp_path / "weights.npz", FEATURES[:1], columns)


def test_medians_pass_over_gaps_and_empty_columns() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    assert np.array_equal(medians(values), [2.0, np.nan], equal_nan=True)
