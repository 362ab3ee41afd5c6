"""The figures an operation can be run on: recall at a false-alarm rate it can bear, AUC, F1, precision at the top."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import WrongCall
from fanzha.learn.resample import Figure, Floats, Statistic, measure

Bools = NDArray[np.bool_]

#: False-alarm rates at which recall is read, by the name of the figure.
RATES: Mapping[str, float] = {"recall_at_1pct": 0.01, "recall_at_0.1pct": 0.001, "recall_at_0.01pct": 0.0001}


@dataclass(frozen=True)
class Top:
    """Precision among the `count` highest scores, in a population as large as the test with this share of fraud."""

    count: int
    prevalence: float | None = None  # None = the test's own


@dataclass(frozen=True)
class Curve:
    """A test's rows in order of falling score; rows of equal score are alarmed together or not at all."""

    order: NDArray[np.intp]
    starts: NDArray[np.intp]  # where each run of equal scores begins in `order`
    fraud: Bools  # in `order`

    def steps(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return frauds caught and innocents alarmed down to each score (samples × scores)."""
        ordered = weights[:, self.order]
        caught = np.add.reduceat(ordered * self.fraud, self.starts, axis=1).cumsum(axis=1)
        return caught, np.add.reduceat(ordered * ~self.fraud, self.starts, axis=1).cumsum(axis=1)


def curve_of(labels: NDArray[np.generic], scores: Floats) -> Curve:
    """Put labels (0 or 1) and scores in order; WrongCall on scores that are not numbers."""
    if np.isnan(scores).any():
        raise WrongCall("a model gave a score that is not a number")
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
) -> dict[str, Figure]:
    """Judge scores in 0-1 against labels 0 or 1: auc, f1, macro_f1, precision, recall and `RATES`, each with interval.

    F1, precision and recall call a row fraud from `threshold` on. Recall at a false-alarm rate is read off this test's
    own curve and needs at least 1/rate innocent rows; without them the figure is None with the reason.
    """
    curve, called, fraud = curve_of(labels, scores), scores >= threshold, labels == 1
    wanted: dict[str, Statistic] = {
        "auc": partial(auc, curve),
        "f1": partial(f1, called, fraud),
        "macro_f1": partial(macro_f1, called, fraud),
        "precision": partial(precision, called, fraud),
        "recall": partial(recall, called, fraud),
    }
    innocents = int((~fraud).sum())
    missing = {name: _too_few(innocents, rate) for name, rate in RATES.items() if innocents * rate < 1 - 1e-9}
    wanted |= {name: partial(recall_at, curve, rate) for name, rate in RATES.items() if name not in missing}
    if top is not None:
        wanted["precision_at_top"] = partial(precision_at_top, curve, _checked(top, len(labels)))
    found = measure(wanted, len(labels), groups=groups, samples=samples, seed=seed)
    return found | missing


def auc(curve: Curve, weights: Floats) -> Floats:
    """Area under the ROC curve: the chance that a fraud scores above an innocent, ties counted half."""
    caught, alarmed = curve.steps(weights)
    new = np.diff(alarmed, axis=1, prepend=0)
    before = np.diff(caught, axis=1, prepend=0) / 2
    return _share((new * (caught - before)).sum(axis=1), caught[:, -1] * alarmed[:, -1])


def recall_at(curve: Curve, rate: float, weights: Floats) -> Floats:
    """Share of frauds caught at the lowest score that alarms at most `rate` of the innocents."""
    caught, alarmed = curve.steps(weights)
    allowed = (alarmed <= rate * alarmed[:, -1:] + 1e-9).sum(axis=1)
    reached = np.take_along_axis(np.c_[np.zeros(len(caught)), caught], allowed[:, None], axis=1)[:, 0]
    return _share(reached, np.where(alarmed[:, -1] > 0, caught[:, -1], 0))


def precision_at_top(curve: Curve, top: Top, weights: Floats) -> Floats:
    """Share of frauds among the top rows; at the last score the rows of that score count in part."""
    caught, alarmed = curve.steps(weights)
    rows = weights.sum(axis=1)
    share = _share(caught[:, -1], rows) if top.prevalence is None else np.full(len(rows), top.prevalence)
    frauds = _share(caught.T * share * rows, caught[:, -1]).T
    innocents = _share(alarmed.T * (1 - share) * rows, alarmed[:, -1]).T
    inside = [np.interp(top.count, np.r_[0, f + i], np.r_[0, f]) for f, i in zip(frauds, innocents, strict=True)]
    return np.array(inside) / top.count


def f1(called: Bools, fraud: Bools, weights: Floats) -> Floats:
    """Harmonic mean of precision and recall."""
    hits = weights @ (called & fraud)
    return _share(2 * hits, weights @ called + weights @ fraud)


def macro_f1(called: Bools, fraud: Bools, weights: Floats) -> Floats:
    """Mean of F1 on the frauds and F1 on the innocents."""
    return (f1(called, fraud, weights) + f1(~called, ~fraud, weights)) / 2


def precision(called: Bools, fraud: Bools, weights: Floats) -> Floats:
    """Share of frauds among the rows called fraud."""
    return _share(weights @ (called & fraud), weights @ called)


def recall(called: Bools, fraud: Bools, weights: Floats) -> Floats:
    """Share of frauds that are called fraud."""
    return _share(weights @ (called & fraud), weights @ fraud)


def threshold_at(innocent_scores: Floats, rate: float) -> float:
    """Return the lowest score that at most `rate` of the innocents reach; WrongCall when there are too few of them."""
    allowed = int(len(innocent_scores) * rate + 1e-9)
    if allowed < 1:
        raise WrongCall(f"a threshold for {rate:.2%} false alarms {_too_few(len(innocent_scores), rate).reason}")
    return float(np.nextafter(np.sort(innocent_scores)[-allowed - 1], np.inf))


def flat(found: Mapping[str, Figure]) -> dict[str, object]:
    """Return figures as JSON keys: KEY, KEY_ci95 as [low, high], and KEY_reason where there is no figure."""
    keys: dict[str, object] = {}
    for name, figure in found.items():
        keys[name] = figure.value
        keys[f"{name}_ci95"] = None if figure.low is None else [figure.low, figure.high]
        if figure.reason:
            keys[f"{name}_reason"] = figure.reason
    return keys


def _share(part: Floats, whole: Floats) -> Floats:
    known = np.broadcast_to(whole > 0, np.shape(part))
    shares: Floats = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=known)
    return shares


def _too_few(innocents: int, rate: float) -> Figure:
    return Figure(None, reason=f"needs {round(1 / rate):,} innocent rows, the test has {innocents:,}")


def _checked(top: Top, rows: int) -> Top:
    if not 0 < top.count <= rows:
        raise WrongCall(f"the top {top.count} of {rows} rows cannot be judged", fix=f"give 1 to {rows}")
    if top.prevalence is not None and not 0 < top.prevalence < 1:
        raise WrongCall(f"a prevalence of {top.prevalence} is no share", fix="give the share of fraud, e.g. 0.001")
    return top
