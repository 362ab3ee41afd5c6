"""How fast boosted trees are scored and explained without LightGBM, beside LightGBM itself, on the same trees and rows.

Usage: python -m benchmarks.trees [--rows 100000] [--explained 500] [--trees 1200] [--seed 1]

Trees of the size that ship (31 leaves, 73 features) are grown on made-up rows with gaps. One thread on both sides;
CPU-seconds of this process, the best of three runs; the scores are compared to the last bit in the same run.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import lightgbm
import numpy as np

from fanzha.learn.lightgbm_trainer import REPRODUCIBLE, parse_trees

FEATURES, LEARNED = 73, 4_000


def best_of_three(work: Callable[[], object]) -> float:
    """Return the least CPU-seconds of three runs, after one run that compiles and warms up."""
    work()
    seconds = []
    for _ in range(3):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds)


def main() -> None:
    """Grow, compare, and print rows per CPU-second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--explained", type=int, default=500)
    parser.add_argument("--trees", type=int, default=1_200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = np.random.default_rng(args.seed)
    values = chance.normal(size=(max(args.rows, LEARNED), FEATURES))
    values[chance.random(values.shape) < 0.05] = np.nan
    labels = np.nan_to_num(values[:LEARNED, 0] + values[:LEARNED, 1] * values[:LEARNED, 2]) > 0
    data = lightgbm.Dataset(values[:LEARNED], labels)
    booster: Any = lightgbm.train({**REPRODUCIBLE, "learning_rate": 0.03, "seed": args.seed}, data, args.trees)
    trees = parse_trees(booster.model_to_string())

    rows, few = values[: args.rows], values[: args.explained]
    equal = bool((trees.raw(rows) == booster.predict(rows, raw_score=True, num_threads=1)).all())
    apart = np.abs(trees.shares(few) - booster.predict(few, pred_contrib=True, num_threads=1)).max()
    print(f"{args.trees} trees, {len(trees.feature):,} nodes")
    print(f"scores equal to the last bit: {equal}; shares at most {apart:.0e} apart")
    peer, predict = f"LightGBM {lightgbm.__version__}", partial(booster.predict, num_threads=1)
    for name, count, work in (
        ("fanzha, score", len(rows), lambda: trees.raw(rows)),
        (f"{peer}, score", len(rows), lambda: predict(rows, raw_score=True)),
        ("fanzha, explain", len(few), lambda: trees.shares(few)),
        (f"{peer}, explain", len(few), lambda: predict(few, pred_contrib=True)),
    ):
        seconds = best_of_three(work)
        print(f"{name:<30}{count:>10,} rows {seconds:>8.3f} CPU-s {count / seconds:>12,.0f} a second")


if __name__ == "__main__":
    main()
