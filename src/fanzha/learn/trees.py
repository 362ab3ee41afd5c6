"""Boosted trees as arrays, scored and explained without LightGBM but with equal results."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fanzha.learn.tree_walk import Bytes, Floats, Ints, add_shapley_values, walk


@dataclass(frozen=True)
class Trees:
    """A binary ensemble of trees; the arrays of all trees are concatenated.

    A child is the number of a node, or ~n for leaf n. Raw scores are log-odds.
    """

    features: int
    feature: Ints  # by node
    threshold: Floats
    missing_flags: Bytes  # how each node treats missing values: bits of `tree_walk`
    left: Ints
    right: Ints
    cover: Ints  # training rows that passed the node
    leaf: Floats  # by leaf
    leaf_cover: Ints
    roots: Ints  # by tree

    def raw(self, values: Floats) -> Floats:
        """Return the log-odds of each row of values (rows × features, NaN where missing)."""
        scores = np.empty(len(values))
        arrays = (self.feature, self.threshold, self.missing_flags, self.left, self.right, self.leaf, self.roots)
        walk(np.ascontiguousarray(values, np.float64), *arrays, scores)
        return scores

    def score(self, values: Floats) -> Floats:
        """Return the probability of class 1 of each row."""
        return logistic(self.raw(values))

    def shares(self, values: Floats) -> Floats:
        """Return Shapley values in log-odds (rows × features + 1); the last column is the expected value.

        They sum to the raw score, as with LightGBM's `pred_contrib=True`.
        """
        out = np.zeros((len(values), self.features + 1))
        up, leaf_up, deepest = self._parents
        arrays = (self.feature, self.threshold, self.missing_flags, self.left, self.leaf, up, leaf_up)
        covers = (self.cover.astype(np.float64), self.leaf_cover.astype(np.float64))
        add_shapley_values(np.ascontiguousarray(values, np.float64), *arrays, *covers, deepest, out)
        out[:, -1] = self.begins_with
        return out

    @cached_property
    def begins_with(self) -> float:
        """The mean raw score over the training rows."""
        trees = np.searchsorted(self._first_leaves, np.arange(len(self.leaf)), side="right") - 1
        rows = np.bincount(trees, self.leaf_cover, len(self.roots))
        means = np.bincount(trees, self.leaf * self.leaf_cover, len(self.roots)) / np.maximum(rows, 1)
        alone = np.bincount(trees, minlength=len(self.roots)) == 1
        return float(np.where(alone, self.leaf[self._first_leaves], means).sum())

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store, by name."""
        return {_stored_name(field.name): np.asarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, NDArray[np.generic]]) -> "Trees":
        """Return the trees with the arrays of `arrays`."""
        named = {field.name: stored[_stored_name(field.name)] for field in fields(cls)}
        return cls(**(named | {"features": int(stored["features"])}))  # type: ignore[arg-type]

    @cached_property
    def _first_leaves(self) -> Ints:
        """The first leaf of each tree; a tree of n leaves has n - 1 nodes."""
        sizes = np.diff(np.r_[self._first_nodes, len(self.feature)]) + 1
        firsts: Ints = (np.cumsum(sizes) - sizes).astype(np.int32)
        return firsts

    @cached_property
    def _first_nodes(self) -> Ints:
        grown = np.where(self.roots >= 0, self.roots, len(self.feature))
        return np.minimum.accumulate(grown[::-1])[::-1].astype(np.int32)

    @cached_property
    def _parents(self) -> tuple[Ints, Ints, int]:
        up, leaf_up = np.full(len(self.feature), -1, np.int32), np.full(len(self.leaf), -1, np.int32)
        depth = np.ones(len(self.feature), np.int32)
        for children in (self.left, self.right):
            nodes, inner = np.arange(len(children), dtype=np.int32), children >= 0
            up[children[inner]] = nodes[inner]
            leaf_up[~children[~inner]] = nodes[~inner]
        for node in np.flatnonzero(up >= 0):  # a parent's number is smaller than its child's
            depth[node] = depth[up[node]] + 1
        return up, leaf_up, int(depth.max(initial=0))


def _stored_name(field_name: str) -> str:
    """Return the name of a field's array in a file of weights, which keeps an old name."""
    return "rule" if field_name == "missing_flags" else field_name


def average_trees(parts: Iterable[Trees]) -> Trees:
    """Return an ensemble whose raw score is the mean of those of the parts (trained with several seeds)."""
    ensembles = list(parts)
    nodes = np.cumsum([0, *(len(part.feature) for part in ensembles)])
    leaves = np.cumsum([0, *(len(part.leaf) for part in ensembles)])

    def moved(name: str) -> Ints:
        shifts = [
            np.where(child >= 0, child + n, child - m)
            for child, n, m in zip((getattr(part, name) for part in ensembles), nodes, leaves, strict=False)
        ]
        return np.concatenate(shifts).astype(np.int32)

    def one_after_another(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(part, name) for part in ensembles])

    arrays = {
        name: one_after_another(name) for name in ("feature", "threshold", "missing_flags", "cover", "leaf_cover")
    }
    links = {name: moved(name) for name in ("left", "right", "roots")}
    leaf = np.concatenate([part.leaf for part in ensembles]) / len(ensembles)
    return Trees(features=ensembles[0].features, leaf=leaf, **arrays, **links)  # type: ignore[arg-type]


def logistic(raw: Floats) -> Floats:
    """Return the probabilities of log-odds."""

    with np.errstate(over="ignore"):
        chances: Floats = 1 / (1 + np.exp(-raw))
    return chances
