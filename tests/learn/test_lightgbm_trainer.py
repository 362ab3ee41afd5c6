"""Growing is deterministic, and what is missing or cannot be taken over is said with its remedy."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

import lightgbm
import numpy as np
import pytest

from fanzha.base.errors import UsageError
from fanzha.learn.lightgbm_trainer import REPRODUCIBLE, parse_trees, train_trees

CHANCE = np.random.default_rng(0)
VALUES = CHANCE.normal(size=(300, 4))
LABELS = VALUES[:, 0] > 0


class LibraryMissing:
    """An import that fails as it does on a machine without the system library."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name == "lightgbm":
            raise OSError("libgomp.so.1: cannot open shared object file: No such file or directory")
        return None


def test_same_seed_gives_the_same_trees_and_another_seed_others() -> None:
    wanted = {"bagging_fraction": 0.5, "bagging_freq": 1}
    first, again, other = (train_trees(VALUES, LABELS, wanted, rounds=5, seed=seed).raw(VALUES) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_weights_move_the_scores() -> None:
    heavy = train_trees(VALUES, LABELS, {}, rounds=5, weights=np.where(LABELS, 10.0, 1.0)).raw(VALUES)
    assert heavy.mean() > train_trees(VALUES, LABELS, {}, rounds=5).raw(VALUES).mean()


def test_missing_system_library_is_named_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "lightgbm")
    monkeypatch.setattr(sys, "meta_path", [LibraryMissing(), *sys.meta_path])
    with pytest.raises(UsageError) as raised:
        train_trees(VALUES, LABELS, {}, rounds=1)
    assert "libgomp.so.1" in str(raised.value) and "apt-get install libgomp1" in str(raised.value)


def test_missing_package_is_named_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(UsageError, match="fanzha\\[train\\]"):
        train_trees(VALUES, LABELS, {}, rounds=1)


def test_trees_with_categories_are_refused() -> None:
    categories = np.round(VALUES * 2) % 4
    data = lightgbm.Dataset(categories, LABELS, categorical_feature=[0])
    booster = lightgbm.train({**REPRODUCIBLE, "min_data_per_group": 1, "cat_smooth": 0}, data, 3)
    with pytest.raises(UsageError, match="categories"):
        parse_trees(booster.model_to_string())


def test_trees_for_many_classes_are_refused() -> None:
    data = lightgbm.Dataset(VALUES, np.arange(300) % 3)
    booster = lightgbm.train({**REPRODUCIBLE, "objective": "multiclass", "num_class": 3}, data, 2)
    with pytest.raises(UsageError, match="yes or no"):
        parse_trees(booster.model_to_string())
