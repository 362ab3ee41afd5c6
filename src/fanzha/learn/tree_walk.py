"""Kernels for boosted trees: scores as LightGBM computes them, and exact Shapley values (TreeSHAP)."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]

#: How a node treats missing values; the two lowest bits are LightGBM's missing type.
TREATS_ZERO_AS_MISSING, TREATS_NAN_AS_MISSING, MISSING_GOES_LEFT = 1, 2, 4
_ZERO = 1e-35  # LightGBM's kZeroThreshold: values up to it count as zero

BLOCK = 64  # rows processed together


@compiled
def goes_left(value: float, threshold: float, missing_flags: int) -> bool:
    """Return whether a value goes left at a node: `value <= threshold`, or the node's branch for missing values."""
    if np.isnan(value) and not missing_flags & TREATS_NAN_AS_MISSING:
        value = 0.0
    if (missing_flags & TREATS_NAN_AS_MISSING and np.isnan(value)) or (
        missing_flags & TREATS_ZERO_AS_MISSING and abs(value) <= _ZERO
    ):
        return (missing_flags & MISSING_GOES_LEFT) != 0
    return value <= threshold


@compiled
def walk(
    values: Floats,  # rows × features
    feature: Ints,
    threshold: Floats,
    missing_flags: Bytes,
    left: Ints,  # child node, or ~leaf
    right: Ints,
    leaf: Floats,
    roots: Ints,  # node or ~leaf, one a tree
    raw: Floats,  # rows; filled
) -> None:
    """Sum the leaves of each row over the trees, in the order in which LightGBM sums them.

    Each tree is processed for a block of rows before the next tree, so that its nodes stay in the cache.
    """
    for begin in range(0, len(values), BLOCK):
        end = min(begin + BLOCK, len(values))
        raw[begin:end] = 0.0
        for root in roots:
            for row in range(begin, end):
                node = root
                while node >= 0:
                    passed = goes_left(values[row, feature[node]], threshold[node], missing_flags[node])
                    node = left[node] if passed else right[node]
                raw[row] += leaf[~node]


@compiled
def add_shapley_values(
    values: Floats,
    feature: Ints,
    threshold: Floats,
    missing_flags: Bytes,
    left: Ints,
    leaf: Floats,
    up: Ints,  # parent of each node; -1 at a root
    leaf_up: Ints,
    cover: Floats,  # training rows that passed each node
    leaf_cover: Floats,
    deepest: int,
    shares: Floats,  # rows × features; added to
) -> None:
    """Add each feature's Shapley value, leaf by leaf (Lundberg, Erion and Lee 2018, algorithm 2, without recursion).

    At a leaf only the features on its path count; `none` is the share of training rows that would still reach the leaf
    if the feature were unknown, `own` is 1 when the row's own value keeps it on the path.
    """
    passes = np.empty(len(feature), np.bool_)
    names, none, own = np.empty(deepest + 1, np.int32), np.empty(deepest + 1), np.empty(deepest + 1)
    weight = np.empty(deepest + 1)
    for row in range(len(values)):
        for node in range(len(feature)):
            passes[node] = goes_left(values[row, feature[node]], threshold[node], missing_flags[node])
        for end in range(len(leaf)):
            names[0], none[0], own[0], depth = -1, 1.0, 1.0, 0
            node, came_from, rows_below = leaf_up[end], ~end, leaf_cover[end]
            while node >= 0:
                path_index = 1
                while path_index <= depth and names[path_index] != feature[node]:
                    path_index += 1
                if path_index > depth:
                    depth = path_index
                    names[path_index], none[path_index], own[path_index] = feature[node], 1.0, 1.0
                none[path_index] *= rows_below / cover[node]
                if passes[node] != (left[node] == came_from):
                    own[path_index] = 0.0
                came_from, rows_below, node = node, cover[node], up[node]
            for step in range(depth + 1):
                weight[step] = 1.0 if step == 0 else 0.0
                for i in range(step - 1, -1, -1):
                    weight[i + 1] += own[step] * weight[i] * (i + 1) / (step + 1)
                    weight[i] *= none[step] * (step - i) / (step + 1)
            for path_index in range(1, depth + 1):
                total, remainder = 0.0, weight[depth]
                for i in range(depth - 1, -1, -1):
                    if own[path_index] != 0:
                        part = remainder * (depth + 1) / (i + 1)
                        total += part
                        remainder = weight[i] - part * none[path_index] * (depth - i) / (depth + 1)
                    else:
                        total += weight[i] * (depth + 1) / (none[path_index] * (depth - i))
                shares[row, names[path_index]] += total * (own[path_index] - none[path_index]) * leaf[end]
