"""Train boosted trees with LightGBM, which only training needs, and convert them to arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.learn.tree_walk import MISSING_GOES_LEFT, Floats
from fanzha.learn.trees import Trees

#: Parameters for reproducible training: the same rows and seed give the same trees.
REPRODUCIBLE: Mapping[str, object] = {
    "objective": "binary",
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


def train_trees(
    values: Floats,
    labels: NDArray[np.generic],
    settings: Mapping[str, object],
    *,
    rounds: int,
    seed: int = 0,
    weights: Floats | None = None,
) -> Trees:
    """Train `rounds` trees on values (rows × features, NaN where missing) and labels 0 or 1.

    Raise UsageError if LightGBM or a system library it needs is missing.
    """
    lightgbm = _lightgbm()
    data = lightgbm.Dataset(values, labels.astype(np.float64), weight=weights, free_raw_data=True)
    booster = lightgbm.train({**REPRODUCIBLE, **settings, "seed": seed}, data, num_boost_round=rounds)
    return parse_trees(booster.model_to_string())


def parse_trees(text: str) -> Trees:
    """Parse trees from LightGBM's text format; UsageError for kinds of trees that `tree_walk` does not support."""
    head, *parts = text.split("end of trees")[0].split("\nTree=")
    header = _parse_fields(head)
    if header.get("num_tree_per_iteration") != "1" or "average_output" in head:
        raise UsageError("only boosted trees for yes or no can be taken over")
    trees = [_parse_fields(part) for part in parts]
    if any(tree["num_cat"] != "0" or tree.get("is_linear", "0") != "0" for tree in trees):
        raise UsageError("trees with categories or linear leaves cannot be taken over", fix="give numbers alone")
    nodes = np.cumsum([0, *(int(tree["num_leaves"]) - 1 for tree in trees)])
    leaves = np.cumsum([0, *(int(tree["num_leaves"]) for tree in trees)])
    return Trees(
        features=int(header["max_feature_idx"]) + 1,
        feature=_concatenate(trees, "split_feature", np.int32),
        threshold=_concatenate(trees, "threshold", np.float64),
        missing_flags=_missing_flags(_concatenate(trees, "decision_type", np.int64)),
        left=_children(trees, "left_child", nodes, leaves),
        right=_children(trees, "right_child", nodes, leaves),
        cover=_concatenate(trees, "internal_count", np.int32),
        leaf=_concatenate(trees, "leaf_value", np.float64),
        leaf_cover=np.concatenate([_array(tree, "leaf_count", np.int32, default_one=True) for tree in trees]),
        roots=np.where(np.diff(nodes) > 0, nodes[:-1], ~leaves[:-1]).astype(np.int32),
    )


def _missing_flags(decision_types: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the flags of `tree_walk` for LightGBM's decision types.

    Bit 0 of a decision type says that the split is by category (refused above), bit 1 that missing values go left, and
    bits 2 and 3 are the missing type: 0 none, 1 zero, 2 NaN.
    """
    missing_types = decision_types >> 2 & 3
    return (missing_types | np.where(decision_types & 2, MISSING_GOES_LEFT, 0)).astype(np.uint8)


def _parse_fields(part: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in part.splitlines() if "=" in line)


def _array(tree: Mapping[str, str], name: str, type_: type[Any], *, default_one: bool = False) -> NDArray[Any]:
    """Return one array of a tree; a tree of a single leaf has only the value of the leaf."""
    words = tree.get(name, "").split()
    return np.ones(1, type_) if default_one and not words else np.array(words, np.float64).astype(type_)


def _concatenate(trees: list[dict[str, str]], name: str, type_: type[Any]) -> NDArray[Any]:
    return np.concatenate([_array(tree, name, type_) for tree in trees])


def _children(
    trees: list[dict[str, str]], name: str, nodes: NDArray[np.int64], leaves: NDArray[np.int64]
) -> NDArray[np.int32]:
    links = [_array(tree, name, np.int64) for tree in trees]
    shifted = [
        np.where(link >= 0, link + n, link - m) for link, n, m in zip(links, nodes[:-1], leaves[:-1], strict=True)
    ]
    return np.concatenate(shifted).astype(np.int32)


def _lightgbm() -> Any:
    try:
        import lightgbm
    except ImportError:
        raise UsageError("training needs LightGBM", fix="pip install 'fanzha[train]'") from None
    except OSError as error:
        raise UsageError(f"LightGBM does not start: {error}", fix="apt-get install libgomp1") from None
    return lightgbm
