"""Split rows into folds that keep groups together, such as near-duplicate texts or rows of one host."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

_SHINGLE, _HASHES, _BAND = 4, 64, 4
_LIKENESS = 0.7  # share of equal minima, about the Jaccard similarity, from which texts are near-duplicates


def folds(
    labels: NDArray[np.generic], groups: NDArray[np.object_] | None, count: int, *, seed: int = 0
) -> NDArray[np.intp]:
    """Return the fold (0 to count - 1) of each row: groups stay together, labels are spread evenly."""
    _, label = np.unique(labels.astype(str), return_inverse=True)
    group = np.arange(len(labels)) if groups is None else np.unique(groups.astype(str), return_inverse=True)[1]
    label_counts = np.zeros((int(group.max(initial=-1)) + 1, int(label.max(initial=-1)) + 1), np.int64)
    np.add.at(label_counts, (group, label), 1)
    order = np.random.default_rng(seed).permutation(len(label_counts))
    order = order[np.argsort(-label_counts[order].sum(axis=1), kind="stable")]
    main, fold_counts, fold = (
        label_counts.argmax(axis=1),
        np.zeros((count, label_counts.shape[1])),
        np.empty(len(label_counts), np.intp),
    )
    for group_index in order:
        load = fold_counts[:, main[group_index]] + fold_counts.sum(axis=1) * 1e-6
        fold[group_index] = int(load.argmin())
        fold_counts[fold[group_index]] += label_counts[group_index]
    return fold[group]


def near_duplicates(texts: Sequence[str | None]) -> NDArray[np.intp]:
    """Return a group number for each text; near-duplicates share one.

    Digits, spaces and case are ignored, and most 4-grams must agree. Uses MinHash over code points (Broder 1997); a
    text is compared with the first of its band only, so that the running time is linear.
    """
    plain = ["".join("0" if c.isdigit() else c for c in (text or "").lower() if not c.isspace()) for text in texts]
    ends = np.cumsum([len(text) for text in plain], dtype=np.int64)
    points = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), np.uint32)
    minima = np.full((len(plain), _HASHES), np.iinfo(np.uint64).max, np.uint64)
    _minima(points, ends, minima)
    leader = np.arange(len(plain))
    for band in range(0, _HASHES, _BAND):
        _join(minima, np.ascontiguousarray(minima[:, band : band + _BAND]), leader)
    return np.array([_find_leader(leader, row) for row in range(len(plain))], np.intp)


def _join(minima: NDArray[np.uint64], keys: NDArray[np.uint64], leader: NDArray[np.int64]) -> None:
    whole = keys.view(np.dtype((np.void, keys.dtype.itemsize * keys.shape[1])))[:, 0]
    _, first, group_of_row = np.unique(whole, return_index=True, return_inverse=True)
    first_of_group = first[group_of_row.ravel()]
    alike = (minima == minima[first_of_group]).mean(axis=1) >= _LIKENESS
    for row in np.flatnonzero(alike & (first_of_group != np.arange(len(first_of_group)))):
        mine, its = _find_leader(leader, int(row)), _find_leader(leader, int(first_of_group[row]))
        leader[max(mine, its)] = min(mine, its)


def _find_leader(leader: NDArray[np.int64], row: int) -> int:
    while leader[row] != row:
        leader[row] = row = leader[leader[row]]
    return int(row)


@compiled
def _minima(points: NDArray[np.uint32], ends: NDArray[np.int64], minima: NDArray[np.uint64]) -> None:
    begin = 0
    for text in range(len(ends)):
        size = min(_SHINGLE, ends[text] - begin)
        for position in range(begin, ends[text] - size + 1):
            state = np.uint64(size)
            for point in points[position : position + size]:
                state = (state ^ np.uint64(point)) * np.uint64(0x9E3779B97F4A7C15)
                state ^= state >> np.uint64(29)
            for number in range(minima.shape[1]):
                mixed = (state ^ (state >> np.uint64(32))) * np.uint64(2 * number + 0xBF58476D1CE4E5B9)
                mixed ^= mixed >> np.uint64(27)
                minima[text, number] = min(minima[text, number], mixed * np.uint64(0x94D049BB133111EB))
        begin = ends[text]
