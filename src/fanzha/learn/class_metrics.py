"""The figures of a model that names one of several classes: macro-F1, accuracy, and each class by itself."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.learn.metrics import Curve, auc, curve_of
from fanzha.learn.resample import Figure, Floats, Statistic, measure


class ClassFigures(NamedTuple):
    """Figures over all classes, and by class: f1, precision, recall (None where not defined), rows."""

    over_all: dict[str, Figure]
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
    """Judge scores (rows × classes) against labels: macro_f1, accuracy, auc (one against the rest, macro).

    Macro-F1 is the mean over the classes that the test or the predictions hold, a class unknown to the model included.
    """
    known = [*classes, *sorted(set(labels.tolist()) - set(classes))]
    place = {name: number for number, name in enumerate(known)}
    truth = np.array([place[label] for label in labels], np.intp)
    called = np.asarray(scores.argmax(axis=1), np.intp)
    curves = [curve_of(truth == number, scores[:, number]) for number in range(len(classes)) if (truth == number).any()]
    wanted: dict[str, Statistic] = {
        "macro_f1": partial(_macro_f1, truth, called, len(known)),
        "accuracy": lambda weights: weights @ (truth == called) / weights.sum(axis=1),
        "auc": partial(_mean_auc, curves),
    }
    over_all = measure(wanted, len(labels), groups=groups, samples=samples, seed=seed)
    counts = _confusion(truth, called, len(known), np.ones(len(labels)))
    return ClassFigures(over_all, {name: _one_class(counts, number) for name, number in place.items()})


def _macro_f1(truth: NDArray[np.intp], called: NDArray[np.intp], classes: int, weights: Floats) -> Floats:
    return np.array([_mean_f1(_confusion(truth, called, classes, row)) for row in weights])


def _mean_f1(counts: Floats) -> float:
    size = counts.sum(axis=0) + counts.sum(axis=1)
    return float(np.mean(2 * counts.diagonal()[size > 0] / size[size > 0]))


def _confusion(truth: NDArray[np.intp], called: NDArray[np.intp], classes: int, weights: Floats) -> Floats:
    counts = np.bincount(truth * classes + called, weights, classes * classes)
    return counts.reshape(classes, classes).astype(np.float64)


def _mean_auc(curves: Sequence[Curve], weights: Floats) -> Floats:
    if not curves:
        return np.full(len(weights), np.nan)
    areas = np.array([auc(curve, weights) for curve in curves])
    known = ~np.isnan(areas)
    total, count = np.where(known, areas, 0).sum(axis=0), known.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _one_class(counts: Floats, number: int) -> dict[str, float | None]:
    hits, rows, called = counts[number, number], counts[number].sum(), counts[:, number].sum()
    return {
        "f1": float(2 * hits / (rows + called)) if rows + called else None,
        "precision": float(hits / called) if called else None,
        "recall": float(hits / rows) if rows else None,
        "rows": float(rows),
    }
