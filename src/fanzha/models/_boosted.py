"""A yes-or-no model of boosted trees over named features, which says what moved a score and by how much."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.learn.trees import Trees
from fanzha.models._model import Fitted

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Feature:
    """One number the trees look at."""

    name: str
    title: Words
    unit: str


@dataclass(frozen=True)
class Explained:
    """Feature values and their Shapley values in log-odds (both rows × features)."""

    values: Floats
    shares: Floats


@dataclass(frozen=True)
class Boosted(Fitted):
    """Trees with the features they look at; `usual` is each feature's median among the innocents of the training."""

    trees: Trees
    features: tuple[Feature, ...]
    take: Callable[[pa.Table], Floats]
    usual: Floats

    def score(self, table: pa.Table) -> Floats:
        """Return the chance of fraud, one a row."""
        return self.trees.score(self.take(table))

    def explain(self, table: pa.Table) -> Explained:
        """Return what each feature is and what it adds to the log-odds, by row."""
        values = self.take(table)
        return Explained(values, self.trees.shares(values)[:, :-1])

    def save(self, path: Path) -> None:
        """Write the weights as one compressed file of arrays, the same bytes each time."""
        self.write(path)

    def write(self, path: Path, **more: NDArray[np.generic]) -> None:
        """Write the trees, their features' names and what else the model needs."""
        names = np.array([feature.name for feature in self.features])
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **self.trees.arrays(), usual=self.usual, names=names, **more)


def load_boosted(path: Path, features: Sequence[Feature], take: Callable[[pa.Table], Floats]) -> Boosted:
    """Return a model from its file; WrongCall when it was trained for other features."""
    with np.load(path, allow_pickle=False) as stored:
        if stored["names"].tolist() != [feature.name for feature in features]:
            raise WrongCall(f"{path.name} was trained for other features", fix="run fanzha train")
        trees = Trees.from_arrays({name: stored[name] for name in stored.files})
        return Boosted(trees, tuple(features), take, stored["usual"])


def medians(values: Floats) -> Floats:
    """Return the median of each column, NaN where it has no value at all."""
    known = ~np.isnan(values).all(axis=0)
    out = np.full(values.shape[1], np.nan)
    out[known] = np.nanmedian(values[:, known], axis=0)
    return out
