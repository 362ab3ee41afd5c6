"""Fit a linear model over hashed views of texts with scikit-learn's linear support vector machine."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.learn.codes import CodePoints
from fanzha.learn.linear import Floats, Linear, View, Views, round_weights, to_probabilities
from fanzha.learn.ngrams import count
from fanzha.learn.split import folds

#: One-versus-rest classifiers underestimate the margins of rare classes: steps and rounds of the search for offsets.
STEPS = (-0.3, -0.15, 0.15, 0.3, 0.45)
ROUNDS = 3


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
    """Fit a support vector machine on all views; labels are 0/1, or class names if `classes` are given.

    The slope is fitted on out-of-fold margins: five folds by group, the first `parts` are computed. With `evened`,
    the margins of the classes are offset to maximise macro-F1 on the out-of-fold margins of these rows.
    """
    targets = np.searchsorted(np.array(classes), labels.astype(str)) if classes else labels.astype(np.int64)
    rarities = [_rarity(view, texts[view.form]) for view in views]
    matrix = _matrix(views, texts, rarities)
    weights = np.ones(len(targets)) if row_weights is None else row_weights

    def train(rows: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        coefficients, bias = _fit_classifier(matrix[rows], targets[rows], weights[rows], cost, seed)
        if len(classes) == 2:  # the classifier of two classes has one margin: use its two signs
            return np.vstack([-coefficients, coefficients]), np.concatenate([-bias, bias])
        return coefficients, bias

    all_rows = np.ones(len(targets), np.bool_)
    coefficients, bias = train(all_rows)
    margins = np.zeros((len(targets), len(bias)))
    part = folds(targets.astype(object), groups, 5, seed=seed)
    for number in range(parts):
        inside = part == number
        if inside.any() and len(np.unique(targets[~inside])) == len(np.unique(targets)):
            fold_coefficients, fold_bias = train(~inside)
            margins[inside] = matrix[inside] @ fold_coefficients.T + fold_bias
    if evened is not None:
        selected = evened & margins.any(axis=1)
        offsets = class_offsets(margins[selected], targets[selected])
        margins, bias = margins + offsets, bias + offsets
    model = Linear(
        views,
        rarities,
        _blocks(views, coefficients),
        bias.astype(np.float32),
        classes,
        fit_slope(margins[part < parts], targets[part < parts]),
    )
    return round_weights(model)


class FittedOutputs(NamedTuple):
    """Several binary classifiers over the same views, and the margins of the training rows (rows × outputs).

    A row that an output learned from has the margin of a fit without its fold; NaN if its fold was not computed.
    """

    linear: Linear
    margins: Floats


def fit_outputs(
    views: tuple[View, ...],
    texts: Views,
    labels: NDArray[np.int64],
    weights: Floats,
    fold: NDArray[np.intp],
    *,
    costs: Sequence[float],
    parts: int,
    seed: int = 0,
) -> FittedOutputs:
    """Fit one binary support vector machine for each column of `weights` (rows × outputs); weight 0 leaves a row out.

    labels: 0 or 1; fold: the fold of each row. Margins are computed for the first `parts` folds.
    """
    rarities = [_rarity(view, texts[view.form]) for view in views]
    matrix = _matrix(views, texts, rarities)
    margins = np.full(weights.shape, np.nan)
    coefficients, biases = [], []
    for output, cost in enumerate(costs):
        learned = weights[:, output] > 0
        for number in range(parts):
            inside, rows = learned & (fold == number), learned & (fold != number)
            if inside.any() and len(np.unique(labels[rows])) == 2:
                part, bias = _fit_classifier(matrix[rows], labels[rows], weights[rows, output], cost, seed)
                margins[inside, output] = matrix[inside] @ part[0] + bias[0]
        whole, bias = _fit_classifier(matrix[learned], labels[learned], weights[learned, output], cost, seed)
        margins[~learned, output] = matrix[~learned] @ whole[0] + bias[0]
        coefficients.append(whole[0])
        biases.append(bias[0])
    linear = Linear(views, rarities, _blocks(views, np.vstack(coefficients)), np.array(biases, np.float32))
    return FittedOutputs(round_weights(linear), margins)


def _blocks(views: Sequence[View], coefficients: Floats) -> list[NDArray[np.float32]]:
    """Return the weights of each view (2^bits × outputs) from coefficients (outputs × features)."""
    blocks, start = [], 0
    for view in views:
        part = coefficients[:, start : start + (1 << view.bits)].T
        blocks.append(np.ascontiguousarray(part, np.float32) * np.float32(view.scale))
        start += 1 << view.bits
    return blocks


def fit_slope(margins: Floats, targets: NDArray[np.int64]) -> float:
    """Return the positive slope that maximises the likelihood of the labels under out-of-fold margins."""
    best, lowest_loss = 1.0, np.inf
    for slope in np.geomspace(0.25, 16, 49):
        probabilities = to_probabilities(margins * slope)
        likelihoods = (
            np.where(targets == 1, probabilities, 1 - probabilities)
            if probabilities.ndim == 1
            else probabilities[np.arange(len(targets)), targets]
        )
        loss = -float(np.log(likelihoods.clip(1e-9)).mean())
        if loss < lowest_loss:
            best, lowest_loss = float(slope), loss
    return best


def class_offsets(margins: NDArray[np.float64], targets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the offset of each class margin that maximises the macro-F1 of held-out rows.

    `margins` (rows × classes) are of rows that were not used for training, `targets` are their class numbers. The
    search changes one class at a time, beginning with zero offsets; without rows the offsets are zero.
    """
    offsets = np.zeros(margins.shape[1])
    if not len(targets):
        return offsets
    best = macro_f1(margins.argmax(axis=1), targets)
    for _ in range(ROUNDS):
        for index in range(len(offsets)):
            for step in STEPS:
                candidate = offsets.copy()
                candidate[index] += step
                score = macro_f1((margins + candidate).argmax(axis=1), targets)
                if score > best:
                    best, offsets = score, candidate
    return offsets


def macro_f1(predictions: NDArray[np.intp], targets: NDArray[np.int64]) -> float:
    """Return the mean F1 of the classes that occur among predictions or labels."""
    classes = int(max(predictions.max(initial=0), targets.max(initial=0))) + 1
    hits = np.bincount(targets[predictions == targets], minlength=classes)
    totals = np.bincount(predictions, minlength=classes) + np.bincount(targets, minlength=classes)
    return float((2 * hits[totals > 0] / totals[totals > 0]).mean())


def _rarity(view: View, texts: CodePoints) -> NDArray[np.float32]:
    """Return the inverse document frequency of each bucket, 0 for buckets in too few texts."""
    counts = count(texts, shortest=view.shortest, longest=view.longest, bits=view.bits)
    text_counts = np.bincount(counts.columns, minlength=1 << view.bits)
    rarity = np.log((1 + texts.offsets.size - 1) / (1 + text_counts)) + 1
    rarity[text_counts < view.at_least] = 0
    result: NDArray[np.float32] = rarity.astype(np.float32)
    return result


def _matrix(views: Sequence[View], texts: Views, rarities: Sequence[NDArray[np.float32]]) -> Any:
    """Return the sparse training matrix: for each view (1 + ln count) × rarity, divided by the row's norm."""
    from scipy import sparse

    blocks = []
    for view, rarity in zip(views, rarities, strict=True):
        counts = count(texts[view.form], shortest=view.shortest, longest=view.longest, bits=view.bits)
        values = (1 + np.log(counts.counts)) * rarity[counts.columns]
        size = counts.offsets.size - 1
        block = sparse.csr_matrix((values, counts.columns, counts.offsets), shape=(size, 1 << view.bits))
        block.eliminate_zeros()
        length = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel() + view.floor)
        blocks.append(sparse.diags(view.scale / np.where(length > 0, length, 1)) @ block)
    return sparse.hstack(blocks).tocsr()


def _fit_classifier(
    matrix: Any, targets: NDArray[Any], weights: Floats, cost: float, seed: int
) -> tuple[Floats, Floats]:
    """Fit a one-versus-rest classifier; return coefficients (classes × features) and biases."""
    from sklearn.svm import LinearSVC

    classifier = LinearSVC(C=cost, random_state=seed, tol=1e-3, max_iter=4_000)
    classifier.fit(matrix, targets, sample_weight=weights)
    return classifier.coef_, classifier.intercept_
