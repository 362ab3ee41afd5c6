"""Metrics of binary models: recall at fixed false alarm rates, AUC, F1, precision and recall, precision at the top."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.learn.resample import Floats, MeasuredFigure, Statistic, measure

Bools = NDArray[np.bool_]

#: False alarm rates of the recall figures, by the name of the figure.
RATES: Mapping[str, float] = {"recall_at_1pct": 0.01, "recall_at_0.1pct": 0.001, "recall_at_0.01pct": 0.0001}


@dataclass(frozen=True)
class Top:
    """Precision among the `count` highest scores, in a population of the test's size with this share of fraud."""

    count: int
    prevalence: float | None = None  # None = the test's own


@dataclass(frozen=True)
class Curve:
    """Rows of a test in order of descending score; rows of equal score are one step."""

    order: NDArray[np.intp]
    starts: NDArray[np.intp]  # start of each run of equal scores in `order`
    fraud: Bools  # in `order`

    def steps(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return the weights of true and false positives down to each score (samples × scores)."""
        ordered = weights[:, self.order]
        caught = np.add.reduceat(ordered * self.fraud, self.starts, axis=1).cumsum(axis=1)
        return caught, np.add.reduceat(ordered * ~self.fraud, self.starts, axis=1).cumsum(axis=1)


def build_curve(labels: NDArray[np.generic], scores: Floats) -> Curve:
    """Return the curve of labels (0 or 1) and scores; UsageError on NaN scores."""
    if np.isnan(scores).any():
        raise UsageError("a model gave a score that is not a number")
    order = np.argsort(-scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) != 0]) if len(order) else np.empty(0, np.intp)
    return Curve(order, starts, labels[order] == 1)


def figures(
    labels: NDArray[np.generic],
    scores: Floats,
    *,
    groups: NDArray[np.object_] | None = None,
    top: Top | None = None,
    threshold: float = 0.5,
    samples: int = 1_000,
    seed: int = 0,
) -> dict[str, MeasuredFigure]:
    """Compute auc, f1, macro_f1, precision, recall and `RATES` of scores in 0-1, each with its interval.

    F1, precision and recall predict fraud for scores from `threshold` on. Recall at a false alarm rate is taken from
    the curve of this test and needs at least 1/rate negatives; with fewer the figure is None with the reason.
    """
    curve, predicted, fraud = build_curve(labels, scores), scores >= threshold, labels == 1
    statistics: dict[str, Statistic] = {
        "auc": partial(auc, curve),
        "f1": partial(f1, predicted, fraud),
        "macro_f1": partial(macro_f1, predicted, fraud),
        "precision": partial(precision, predicted, fraud),
        "recall": partial(recall, predicted, fraud),
    }
    innocents = int((~fraud).sum())
    missing = {name: _too_few(innocents, rate) for name, rate in RATES.items() if innocents * rate < 1 - 1e-9}
    statistics |= {name: partial(recall_at, curve, rate) for name, rate in RATES.items() if name not in missing}
    if top is not None:
        statistics["precision_at_top"] = partial(precision_at_top, curve, _check_top(top, len(labels)))
    figures = measure(statistics, len(labels), groups=groups, samples=samples, seed=seed)
    return figures | missing


def auc(curve: Curve, weights: Floats) -> Floats:
    """Return the area under the ROC curve: the probability that a fraud scores above a negative, ties count half."""
    caught, alarmed = curve.steps(weights)
    new = np.diff(alarmed, axis=1, prepend=0)
    before = np.diff(caught, axis=1, prepend=0) / 2
    return _share((new * (caught - before)).sum(axis=1), caught[:, -1] * alarmed[:, -1])


def recall_at(curve: Curve, rate: float, weights: Floats) -> Floats:
    """Return the recall at the lowest threshold with a false alarm rate of at most `rate`."""
    caught, alarmed = curve.steps(weights)
    allowed = (alarmed <= rate * alarmed[:, -1:] + 1e-9).sum(axis=1)
    reached = np.take_along_axis(np.c_[np.zeros(len(caught)), caught], allowed[:, None], axis=1)[:, 0]
    return _share(reached, np.where(alarmed[:, -1] > 0, caught[:, -1], 0))


def precision_at_top(curve: Curve, top: Top, weights: Floats) -> Floats:
    """Return the share of frauds among the top rows; rows of the last score count in part."""
    caught, alarmed = curve.steps(weights)
    rows = weights.sum(axis=1)
    share = _share(caught[:, -1], rows) if top.prevalence is None else np.full(len(rows), top.prevalence)
    frauds = _share(caught.T * share * rows, caught[:, -1]).T
    innocents = _share(alarmed.T * (1 - share) * rows, alarmed[:, -1]).T
    inside = [np.interp(top.count, np.r_[0, f + i], np.r_[0, f]) for f, i in zip(frauds, innocents, strict=True)]
    return np.array(inside) / top.count


def f1(predicted: Bools, fraud: Bools, weights: Floats) -> Floats:
    """Return the harmonic mean of precision and recall."""
    hits = weights @ (predicted & fraud)
    return _share(2 * hits, weights @ predicted + weights @ fraud)


def macro_f1(predicted: Bools, fraud: Bools, weights: Floats) -> Floats:
    """Return the mean of the F1 of frauds and the F1 of negatives."""
    return (f1(predicted, fraud, weights) + f1(~predicted, ~fraud, weights)) / 2


def precision(predicted: Bools, fraud: Bools, weights: Floats) -> Floats:
    """Return the share of frauds among rows predicted as fraud."""
    return _share(weights @ (predicted & fraud), weights @ predicted)


def recall(predicted: Bools, fraud: Bools, weights: Floats) -> Floats:
    """Return the share of frauds that are predicted as fraud."""
    return _share(weights @ (predicted & fraud), weights @ fraud)


def threshold_at(innocent_scores: Floats, rate: float) -> float:
    """Return the lowest score that at most `rate` of the negatives reach; UsageError if there are too few."""
    allowed = int(len(innocent_scores) * rate + 1e-9)
    if allowed < 1:
        raise UsageError(f"a threshold for {rate:.2%} false alarms {_too_few(len(innocent_scores), rate).reason}")
    return float(np.nextafter(np.sort(innocent_scores)[-allowed - 1], np.inf))


def flat(figures: Mapping[str, MeasuredFigure]) -> dict[str, object]:
    """Return figures as JSON keys: KEY, KEY_ci95 as [low, high], and KEY_reason if there is no figure."""
    keys: dict[str, object] = {}
    for name, figure in figures.items():
        keys[name] = figure.value
        keys[f"{name}_ci95"] = None if figure.low is None else [figure.low, figure.high]
        if figure.reason:
            keys[f"{name}_reason"] = figure.reason
    return keys


def _share(part: Floats, total: Floats) -> Floats:
    is_defined = np.broadcast_to(total > 0, np.shape(part))
    shares: Floats = np.divide(part, total, out=np.full(np.shape(part), np.nan), where=is_defined)
    return shares


def _too_few(innocents: int, rate: float) -> MeasuredFigure:
    return MeasuredFigure(None, reason=f"needs {round(1 / rate):,} innocent rows, the test has {innocents:,}")


def _check_top(top: Top, rows: int) -> Top:
    if not 0 < top.count <= rows:
        raise UsageError(f"the top {top.count} of {rows} rows cannot be judged", fix=f"give 1 to {rows}")
    if top.prevalence is not None and not 0 < top.prevalence < 1:
        raise UsageError(f"a prevalence of {top.prevalence} is no share", fix="give the share of fraud, e.g. 0.001")
    return top
