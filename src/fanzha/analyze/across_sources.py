"""Judge a model across sources: each source is scored by a fit on the other sources, near-duplicates left out."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.analyze.labels import LabelledExamples
from fanzha.analyze.scoring import ModelScores, ReportProgress, score_rows, select_rows
from fanzha.base.words import Words
from fanzha.learn.class_metrics import class_figures
from fanzha.learn.metrics import figures, threshold_at
from fanzha.learn.resample import MeasuredFigure
from fanzha.models import Examples, Model

#: The mean accuracy over the sources that the answers of a model of classes must have to count as sure.
SURE_ACCURACY = 2 / 3
SURE_STEPS = tuple(round(0.05 * step, 2) for step in range(4, 20))


class SourceScores(NamedTuple):
    """One form (excerpt) of one source, scored by a fit on the others."""

    how: Words
    rows: Examples
    groups: NDArray[np.object_]
    scored: ModelScores


def score_across_sources(
    model: Model, rows: LabelledExamples, *, seed: int, report: ReportProgress
) -> Iterator[SourceScores]:
    """Yield each source in each form that the model defines; rows whose group the training has are left out."""
    examples = rows.examples
    assert examples.sources is not None
    groups = model.groups(examples.table)
    assert groups is not None
    for source in dict.fromkeys(examples.sources):
        short = Path(source).parent.name
        report(Words(f"不用 {short} 训练，再以其测试", f"learning without {short}, then judging it"))
        is_left_out = examples.sources == source
        is_judged = is_left_out & ~np.isin(groups.astype(str), groups[~is_left_out].astype(str))
        fitted = model.fit(select_rows(examples, ~is_left_out), seed=seed)
        judged = select_rows(examples, is_judged)
        for words, table in model.excerpts(judged.table):
            form = Examples(table, judged.labels, judged.groups, judged.sources)
            how = Words(
                "，".join(part for part in (f"不用 {short} 训练，以其测试", words.zh) if part),
                ", ".join(part for part in (f"{short}, learned without it", words.en) if part),
            )
            yield SourceScores(how, form, groups[is_judged], score_rows(fitted, form, yes_no=rows.yes_no))


def measure_source(scores: SourceScores, *, yes_no: bool) -> dict[str, MeasuredFigure]:
    """Return the figures of one source: of fraud or not, or among the classes that training and source share."""
    labels, scored = scores.rows.labels, scores.scored
    if yes_no:
        return figures(labels, scored.scores, groups=scores.groups)
    shared = [name for name in scored.classes if name in set(labels.astype(str).tolist())]
    columns = [scored.classes.index(name) for name in shared]
    is_shared = np.isin(labels.astype(str), shared)
    return class_figures(
        labels[is_shared].astype(str).astype(object),
        scored.scores[is_shared][:, columns],
        shared,
        groups=scores.groups[is_shared],
    ).over_all


def thresholds(all_scores: list[SourceScores], rates: dict[str, float]) -> dict[str, float]:
    """Return for each false-alarm rate the highest of the sources' thresholds, so that it holds for each of them.

    A rate for which a source has too few innocents is left out.
    """
    innocents = [scores.scored.scores[scores.rows.labels == 0] for scores in all_scores]
    least = min((len(scores) for scores in innocents), default=0)
    return {
        name: max(threshold_at(scores, rate) for scores in innocents)
        for name, rate in rates.items()
        if least * rate >= 1
    }


def sure_threshold(all_scores: list[SourceScores]) -> float:
    """Return the lowest share from which the answers are right often enough, as the mean over the sources.

    An answer counts as wrong also if the training lacks the class of the row. A source without an answer at a share is
    left out of its mean; without any that suffices, the highest share is returned.
    """
    for share in SURE_STEPS:
        accuracies = [accuracy for scores in all_scores if (accuracy := sure_accuracy(scores, share)) is not None]
        if accuracies and float(np.mean(accuracies)) >= SURE_ACCURACY:
            return share
    return SURE_STEPS[-1]


def sure_accuracy(scores: SourceScores, share: float) -> float | None:
    """Return the accuracy of the answers whose share is at least `share`; None if there is none."""
    best = scores.scored.scores.argmax(axis=1)
    is_sure = scores.scored.scores.max(axis=1) >= share
    if not is_sure.any():
        return None
    is_right = np.array(scores.scored.classes)[best] == scores.rows.labels.astype(str)
    return float(np.mean(is_right[is_sure]))


def sure_share(scores: SourceScores, share: float) -> float:
    """Return the share of the rows that get an answer at `share`."""
    return float((scores.scored.scores.max(axis=1) >= share).mean())
