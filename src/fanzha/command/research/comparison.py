"""Compare a partner's scores with ours: recall at fixed false alarms, overlap, and what both do to the innocent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fanzha.learn.metrics import RATES, figures

if TYPE_CHECKING:
    from fanzha.command.research.feature_columns import Bools, Floats, Integers
    from fanzha.learn.resample import MeasuredFigure

#: The figures that are compared: recall at 1 % and at 0.1 % false alarms, and the area under the curve.
FIGURES = ("recall_at_1pct", "recall_at_0.1pct", "auc")
#: A finding of ours from this score on is an alarm.
ALARM = 0.5
_SAMPLES = 200


def compare_scores(
    labels: Integers, ours: Floats, theirs: Floats, main_types: Sequence[str], protected: Bools
) -> dict[str, Any]:
    """Return the comparison as JSON: figures of both with their intervals, overlap of alarms, innocent look-alikes.

    `labels` are 1 for fraud, 0 for clear and -1 for undecided; only decided subjects enter the figures.
    `protected` are subjects on the allowlist. The partner's alarms are as many as ours: its highest scores.
    """
    decided = labels >= 0
    our_alarms = ours >= ALARM
    their_alarms = top_alarms(theirs, int(our_alarms.sum()))
    return {
        "subjects": len(labels),
        "fraud": int((labels == 1).sum()),
        "clear": int((labels == 0).sum()),
        "ours": _measure(labels[decided], ours[decided]),
        "theirs": _measure(labels[decided], theirs[decided]),
        "alarms": int(our_alarms.sum()),
        "both": int((our_alarms & their_alarms).sum()),
        "only_ours": _split(labels, our_alarms & ~their_alarms),
        "only_theirs": _split(labels, their_alarms & ~our_alarms),
        "look_alikes": _look_alikes(labels, our_alarms, their_alarms, main_types),
        "protected": {
            "subjects": int(protected.sum()),
            "ours": int((protected & our_alarms).sum()),
            "theirs": int((protected & their_alarms).sum()),
        },
    }


def top_alarms(scores: Floats, count: int) -> Bools:
    """Return which rows are among the `count` highest scores; equal scores at the end stay out together."""
    alarms = np.zeros(len(scores), np.bool_)
    if count > 0:
        ordered = np.sort(scores)[::-1]
        threshold = ordered[min(count, len(scores)) - 1]
        alarms = scores >= threshold
        if alarms.sum() > count:
            alarms = scores > threshold
    return alarms


def _measure(labels: Integers, scores: Floats) -> dict[str, Any]:
    """Return the figures of one side; a figure that the labels do not allow is None with its reason."""
    if not len(labels):
        return {name: _figure(None) for name in FIGURES}
    found = figures(labels, scores, samples=_SAMPLES)
    return {name: _figure(found[name]) for name in FIGURES}


def _figure(figure: MeasuredFigure | None) -> dict[str, Any]:
    if figure is None or figure.value is None:
        return {"value": None, "low": None, "high": None}
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def _split(labels: Integers, chosen: Bools) -> dict[str, int]:
    """Return how many of the chosen are fraud, clear and undecided."""
    return {
        "fraud": int((chosen & (labels == 1)).sum()),
        "clear": int((chosen & (labels == 0)).sum()),
        "undecided": int((chosen & (labels < 0)).sum()),
    }


def _look_alikes(
    labels: Integers, our_alarms: Bools, their_alarms: Bools, main_types: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the cleared subjects by what they were taken for: how many, and how many each side alarms on."""
    clear, types = labels == 0, np.array(main_types, dtype=object)
    rows = []
    for code in sorted(set(types[clear])):
        chosen = clear & (types == code)
        rows.append(
            {
                "fraud_type": str(code),
                "subjects": int(chosen.sum()),
                "ours": int((chosen & our_alarms).sum()),
                "theirs": int((chosen & their_alarms).sum()),
            }
        )
    return sorted(rows, key=lambda row: -row["subjects"])


def least_clear(name: str) -> int:
    """Return how many cleared subjects a recall figure needs."""
    return round(1 / RATES[name])
