"""Fit a linear model over hashed views of a text: a support vector machine of scikit-learn, on all views together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.learn.codes import Codes
from fanzha.learn.linear import Floats, Linear, View, Views, as_probabilities, rounded
from fanzha.learn.ngrams import count
from fanzha.learn.split import folds
from fanzha.learn.tilt import class_offsets


def fit(
    views: tuple[View, ...],
    texts: Views,
    labels: NDArray[Any],
    *,
    classes: tuple[str, ...] = (),
    cost: float = 5.0,
    row_weights: Floats | None = None,
    groups: NDArray[Any] | None = None,
    parts: int = 5,
    evened: NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> Linear:
    """Fit a support vector machine on all views together; labels are 0/1, or class names when `classes` are given.

    The slope is fitted on the margins of rows held out by group: one part in five, as often as `parts` says.
    With `evened`, the margins are offset so that those of these rows, held out, have the best macro-F1.
    """
    wanted = np.searchsorted(np.array(classes), labels.astype(str)) if classes else labels.astype(np.int64)
    known = [_rarity(view, texts[view.form]) for view in views]
    matrix = _matrix(views, texts, known)
    weights = np.ones(len(wanted)) if row_weights is None else row_weights

    def train(rows: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        coefficients, bias = _machine(matrix[rows], wanted[rows], weights[rows], cost, seed)
        if len(classes) == 2:  # one machine divides two classes: each has its side
            return np.vstack([-coefficients, coefficients]), np.concatenate([-bias, bias])
        return coefficients, bias

    everything = np.ones(len(wanted), np.bool_)
    coefficients, bias = train(everything)
    held_out = np.zeros((len(wanted), len(bias)))
    part = folds(wanted.astype(object), groups, 5, seed=seed)
    for number in range(parts):
        inside = part == number
        if inside.any() and len(np.unique(wanted[~inside])) == len(np.unique(wanted)):
            some, offset = train(~inside)
            held_out[inside] = matrix[inside] @ some.T + offset
    blocks, start = [], 0
    for view in views:
        blocks.append(
            np.ascontiguousarray(coefficients[:, start : start + (1 << view.bits)].T, np.float32)
            * np.float32(view.scale)
        )
        start += 1 << view.bits
    if evened is not None:
        sought = evened & held_out.any(axis=1)
        offsets = class_offsets(held_out[sought], wanted[sought])
        held_out, bias = held_out + offsets, bias + offsets
    model = Linear(
        views, known, blocks, bias.astype(np.float32), classes, slope_of(held_out[part < parts], wanted[part < parts])
    )
    return rounded(model)


def slope_of(margins: Floats, wanted: NDArray[np.int64]) -> float:
    """Return the slope under which held-out margins are most likely; the sign of a margin stays what it is."""
    best, least = 1.0, np.inf
    for slope in np.geomspace(0.25, 16, 49):
        shares = as_probabilities(margins * slope)
        right = (
            np.where(wanted == 1, shares, 1 - shares) if shares.ndim == 1 else shares[np.arange(len(wanted)), wanted]
        )
        loss = -float(np.log(right.clip(1e-9)).mean())
        if loss < least:
            best, least = float(slope), loss
    return best


def _rarity(view: View, texts: Codes) -> NDArray[np.float32]:
    """Return the inverse document frequency of each bucket, 0 where too few texts have it."""
    found = count(texts, shortest=view.shortest, longest=view.longest, bits=view.bits)
    having = np.bincount(found.columns, minlength=1 << view.bits)
    rarity = np.log((1 + texts.offsets.size - 1) / (1 + having)) + 1
    rarity[having < view.at_least] = 0
    single: NDArray[np.float32] = rarity.astype(np.float32)
    return single


def _matrix(views: Sequence[View], texts: Views, known: Sequence[NDArray[np.float32]]) -> Any:
    """Return the sparse rows that the machine learns from: per view (1 + ln count) × rarity over its length."""
    from scipy import sparse

    blocks = []
    for view, rarity in zip(views, known, strict=True):
        found = count(texts[view.form], shortest=view.shortest, longest=view.longest, bits=view.bits)
        values = (1 + np.log(found.counts)) * rarity[found.columns]
        size = found.offsets.size - 1
        block = sparse.csr_matrix((values, found.columns, found.offsets), shape=(size, 1 << view.bits))
        block.eliminate_zeros()
        length = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel() + view.floor)
        blocks.append(sparse.diags(view.scale / np.where(length > 0, length, 1)) @ block)
    return sparse.hstack(blocks).tocsr()


def _machine(matrix: Any, wanted: NDArray[Any], weights: Floats, cost: float, seed: int) -> tuple[Floats, Floats]:
    """Return coefficients (classes × features) and biases; one against the rest."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=cost, random_state=seed, tol=1e-3, max_iter=4_000)
    machine.fit(matrix, wanted, sample_weight=weights)
    return machine.coef_, machine.intercept_
