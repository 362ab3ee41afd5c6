"""Binary classifier of gradient-boosted trees over named features, with Shapley values for each score."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.learn.trees import Trees
from fanzha.models._model import Fitted

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Feature:
    """One input of the trees."""

    name: str
    title: Words
    unit: str


@dataclass(frozen=True)
class ExplainedRows:
    """Feature values and their Shapley values in log-odds (both rows × features)."""

    values: Floats
    contributions: Floats


@dataclass(frozen=True)
class Boosted(Fitted):
    """Trees with their features; `usual` is the median of each feature among negatives of the training data."""

    trees: Trees
    features: tuple[Feature, ...]
    extract: Callable[[pa.Table], Floats]
    usual: Floats

    def score(self, table: pa.Table) -> Floats:
        """Return the probability of fraud of each row."""
        return self.trees.score(self.extract(table))

    def explain(self, table: pa.Table) -> ExplainedRows:
        """Return the features of each row and what each adds to the log-odds."""
        values = self.extract(table)
        return ExplainedRows(values, self.trees.shares(values)[:, :-1])

    def save(self, path: Path) -> None:
        """Write the weights as one compressed file of arrays; the bytes are reproducible."""
        self.save_arrays(path)

    def save_arrays(self, path: Path, **arrays: NDArray[np.generic]) -> None:
        """Write the trees, the names of their features, and further arrays."""
        names = np.array([feature.name for feature in self.features])
        with path.open("wb") as file:
            np.savez_compressed(
                file, allow_pickle=False, **self.trees.arrays(), usual=self.usual, names=names, **arrays
            )


def load_boosted(path: Path, features: Sequence[Feature], extract: Callable[[pa.Table], Floats]) -> Boosted:
    """Load a model; UsageError if it was trained on other features."""
    with np.load(path, allow_pickle=False) as stored:
        if stored["names"].tolist() != [feature.name for feature in features]:
            raise UsageError(f"{path.name} was trained for other features", fix="run fanzha train")
        trees = Trees.from_arrays({name: stored[name] for name in stored.files})
        return Boosted(trees, tuple(features), extract, stored["usual"])


def medians(values: Floats) -> Floats:
    """Return the median of each column, NaN for columns without values."""
    has_values = ~np.isnan(values).all(axis=0)
    result = np.full(values.shape[1], np.nan)
    result[has_values] = np.nanmedian(values[:, has_values], axis=0)
    return result
