"""Metrics of multi-class models: macro-F1, accuracy, AUC, and figures of each class."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.learn.metrics import Curve, auc, build_curve
from fanzha.learn.resample import Floats, MeasuredFigure, Statistic, measure


class ClassFigures(NamedTuple):
    """Figures over all classes, and by class: f1, precision, recall (None where undefined), rows."""

    over_all: dict[str, MeasuredFigure]
    per_class: dict[str, dict[str, float | None]]


def class_figures(
    labels: NDArray[np.object_],
    scores: Floats,
    classes: Sequence[str],
    *,
    groups: NDArray[np.object_] | None = None,
    samples: int = 1_000,
    seed: int = 0,
) -> ClassFigures:
    """Compute macro_f1, accuracy and auc (one-versus-rest, macro) of scores (rows × classes).

    Macro-F1 is the mean over all classes among labels and predictions, including classes unknown to the model.
    """
    all_classes = [*classes, *sorted(set(labels.tolist()) - set(classes))]
    class_index = {name: number for number, name in enumerate(all_classes)}
    truth = np.array([class_index[label] for label in labels], np.intp)
    predicted = np.asarray(scores.argmax(axis=1), np.intp)
    curves = [
        build_curve(truth == number, scores[:, number]) for number in range(len(classes)) if (truth == number).any()
    ]
    statistics: dict[str, Statistic] = {
        "macro_f1": partial(_macro_f1, truth, predicted, len(all_classes)),
        "accuracy": lambda weights: weights @ (truth == predicted) / weights.sum(axis=1),
        "auc": partial(_mean_auc, curves),
    }
    over_all = measure(statistics, len(labels), groups=groups, samples=samples, seed=seed)
    counts = _confusion(truth, predicted, len(all_classes), np.ones(len(labels)))
    return ClassFigures(over_all, {name: _one_class(counts, number) for name, number in class_index.items()})


def _macro_f1(truth: NDArray[np.intp], predicted: NDArray[np.intp], classes: int, weights: Floats) -> Floats:
    return np.array([_mean_f1(_confusion(truth, predicted, classes, row)) for row in weights])


def _mean_f1(counts: Floats) -> float:
    size = counts.sum(axis=0) + counts.sum(axis=1)
    return float(np.mean(2 * counts.diagonal()[size > 0] / size[size > 0]))


def _confusion(truth: NDArray[np.intp], predicted: NDArray[np.intp], classes: int, weights: Floats) -> Floats:
    counts = np.bincount(truth * classes + predicted, weights, classes * classes)
    return counts.reshape(classes, classes).astype(np.float64)


def _mean_auc(curves: Sequence[Curve], weights: Floats) -> Floats:
    if not curves:
        return np.full(len(weights), np.nan)
    areas = np.array([auc(curve, weights) for curve in curves])
    is_defined = ~np.isnan(areas)
    total, count = np.where(is_defined, areas, 0).sum(axis=0), is_defined.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _one_class(counts: Floats, number: int) -> dict[str, float | None]:
    hits, rows, predicted = counts[number, number], counts[number].sum(), counts[:, number].sum()
    return {
        "f1": float(2 * hits / (rows + predicted)) if rows + predicted else None,
        "precision": float(hits / predicted) if predicted else None,
        "recall": float(hits / rows) if rows else None,
        "rows": float(rows),
    }
