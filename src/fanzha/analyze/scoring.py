"""Score rows with a model: with shipped weights, trained on other rows, or by cross-validation."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.learn.resample import Floats
from fanzha.learn.split import folds
from fanzha.models import Examples, Fitted, Model

#: Names of the class without fraud.
INNOCENT = ("normal", "正常", "ham", "innocent", "none", "0")

ReportProgress = Callable[[Words], None]


@dataclass(frozen=True)
class ModelScores:
    """Scores (rows, or rows × classes) and the wall time of training and scoring in seconds."""

    scores: Floats
    classes: tuple[str, ...]
    fit_seconds: float
    score_seconds: float


def score_with_shipped_weights(model: Model, rows: Examples, *, yes_no: bool) -> ModelScores:
    """Score with the shipped weights. Raise UsageError if the model has none."""
    try:
        fitted = model.load()
    except FileNotFoundError:
        raise UsageError(f"the model {model.name} ships no weights yet", fix="give --train FILE") from None
    return score_rows(fitted, rows, yes_no=yes_no, fitting=0.0)


def train_and_score(model: Model, train: Examples, rows: Examples, *, yes_no: bool, seed: int) -> ModelScores:
    """Train on `train` and score `rows`."""
    start_time = time.monotonic()
    fitted = model.fit(train, seed=seed)
    return score_rows(fitted, rows, yes_no=yes_no, fitting=time.monotonic() - start_time)


def cross_validate(
    model: Model, rows: Examples, *, yes_no: bool, count: int, seed: int, report: ReportProgress
) -> ModelScores:
    """Score every row with a model that was trained without its group.

    The classes are those of the rows and those that the model learned from texts of its own.
    """
    groups = rows.groups if rows.groups is not None else model.groups(rows.table)
    fold = folds(rows.labels, groups, count, seed=seed)
    parts: list[tuple[NDArray[np.bool_], ModelScores]] = []
    for number in range(count):
        report(Words(f"第 {number + 1}/{count} 折", f"fold {number + 1} of {count}"))
        selected = fold == number
        train, test = select_rows(rows, ~selected), select_rows(rows, selected)
        parts.append((selected, train_and_score(model, train, test, yes_no=yes_no, seed=seed)))
    names = set() if yes_no else {str(label) for label in rows.labels}.union(*(part.classes for _, part in parts))
    classes = tuple(sorted(names))
    scores = np.zeros((len(fold), len(classes)) if classes else len(fold))
    for selected, part in parts:
        scores[selected] = _align_classes(part, classes) if classes else part.scores
    fit_seconds = sum(part.fit_seconds for _, part in parts)
    return ModelScores(scores, classes, fit_seconds, sum(part.score_seconds for _, part in parts))


def select_rows(rows: Examples, selected: NDArray[np.bool_]) -> Examples:
    """Return the rows of a mask."""
    return Examples(
        table=rows.table.filter(pa.array(selected)),
        labels=rows.labels[selected],
        groups=None if rows.groups is None else rows.groups[selected],
        sources=None if rows.sources is None else rows.sources[selected],
    )


def score_rows(fitted: Fitted, rows: Examples, *, yes_no: bool, fitting: float = 0.0) -> ModelScores:
    """Score rows with a fitted model, which took `fitting` seconds."""
    start_time = time.monotonic()
    scores = fitted.score(rows.table)
    seconds = time.monotonic() - start_time
    if yes_no and fitted.classes:
        return ModelScores(_any_fraud(scores, fitted.classes), (), fitting, seconds)
    if not yes_no and not fitted.classes:
        raise UsageError(
            "the model answers yes or no, the labels are classes", fix="name those that are: positive=VALUE"
        )
    return ModelScores(scores, fitted.classes, fitting, seconds)


def _any_fraud(scores: Floats, classes: tuple[str, ...]) -> Floats:
    """Return the probability that a row is not of the innocent class."""
    innocent = [number for number, name in enumerate(classes) if name.lower() in INNOCENT]
    if not innocent:
        raise UsageError("none of the model's classes is the innocent one", fix="judge it by its classes")
    chances: Floats = 1 - scores[:, innocent].sum(axis=1)
    return chances


def _align_classes(part: ModelScores, classes: tuple[str, ...]) -> Floats:
    """Order the score columns of a fold by all classes; a class absent from its training gets 0."""
    scores = np.zeros((len(part.scores), len(classes)))
    for number, name in enumerate(part.classes):
        scores[:, classes.index(name)] = part.scores[:, number]
    return scores
