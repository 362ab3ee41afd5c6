"""Boosted trees as a few small arrays: scored and explained without LightGBM, equal to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fanzha.learn.tree_walk import Bytes, Floats, Ints, share_out, walk


@dataclass(frozen=True)
class Trees:
    """An ensemble of trees for yes or no; the arrays of all trees stand one after another.

    A child is a node's number, or ~n for leaf n. Raw scores are log-odds.
    """

    features: int
    feature: Ints  # by node
    threshold: Floats
    rule: Bytes  # bits of `tree_walk`
    left: Ints
    right: Ints
    cover: Ints  # rows of the training that passed the node
    leaf: Floats  # by leaf
    leaf_cover: Ints
    roots: Ints  # by tree

    def raw(self, values: Floats) -> Floats:
        """Return log-odds, one a row of values (rows × features, NaN where missing)."""
        scores = np.empty(len(values))
        arrays = (self.feature, self.threshold, self.rule, self.left, self.right, self.leaf, self.roots)
        walk(np.ascontiguousarray(values, np.float64), *arrays, scores)
        return scores

    def score(self, values: Floats) -> Floats:
        """Return the chance in 0-1 that a row is of class 1."""
        return logistic(self.raw(values))

    def shares(self, values: Floats) -> Floats:
        """Return Shapley values in log-odds (rows × features + 1); the last column is what every row begins with.

        They add up to the raw score; equal to LightGBM's `pred_contrib`.
        """
        out = np.zeros((len(values), self.features + 1))
        up, leaf_up, deepest = self._parents
        arrays = (self.feature, self.threshold, self.rule, self.left, self.leaf, up, leaf_up)
        covers = (self.cover.astype(np.float64), self.leaf_cover.astype(np.float64))
        share_out(np.ascontiguousarray(values, np.float64), *arrays, *covers, deepest, out)
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
        """Return what to store, by name."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, NDArray[np.generic]]) -> "Trees":
        """Return trees stored by `arrays`."""
        named = {field.name: stored[field.name] for field in fields(cls)}
        return cls(**(named | {"features": int(stored["features"])}))  # type: ignore[arg-type]

    @cached_property
    def _first_leaves(self) -> Ints:
        """The first leaf of each tree: trees of n leaves have n - 1 nodes, and a tree without nodes is its root."""
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


def joined(parts: Iterable[Trees]) -> Trees:
    """Return one ensemble whose raw score is the mean of the parts' (models grown from several seeds)."""
    given = list(parts)
    nodes = np.cumsum([0, *(len(part.feature) for part in given)])
    leaves = np.cumsum([0, *(len(part.leaf) for part in given)])

    def moved(name: str) -> Ints:
        shifts = [
            np.where(child >= 0, child + n, child - m)
            for child, n, m in zip((getattr(part, name) for part in given), nodes, leaves, strict=False)
        ]
        return np.concatenate(shifts).astype(np.int32)

    def one_after_another(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(part, name) for part in given])

    kept = {name: one_after_another(name) for name in ("feature", "threshold", "rule", "cover", "leaf_cover")}
    links = {name: moved(name) for name in ("left", "right", "roots")}
    leaf = np.concatenate([part.leaf for part in given]) / len(given)
    return Trees(features=given[0].features, leaf=leaf, **kept, **links)  # type: ignore[arg-type]


def logistic(raw: Floats) -> Floats:
    """Return log-odds as chances."""
    with np.errstate(over="ignore"):
        chances: Floats = 1 / (1 + np.exp(-raw))
    return chances
