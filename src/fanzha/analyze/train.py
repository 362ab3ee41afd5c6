"""Rebuild a shipped model from public data: figures by folds or across sources, thresholds, weights and card."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fanzha.analyze.across_sources import (
    SourceScores,
    measure_source,
    score_across_sources,
    sure_accuracy,
    sure_share,
    sure_threshold,
    thresholds,
)
from fanzha.analyze.evaluate import text_names
from fanzha.analyze.labelled_files import LabelledFile, read_rows
from fanzha.analyze.labels import LabelledExamples, collect_examples, is_yes_no
from fanzha.analyze.scoring import ModelScores, ReportProgress, cross_validate
from fanzha.base.errors import FanzhaError, UsageError
from fanzha.base.words import Words
from fanzha.learn.card import (
    Bilingual,
    Card,
    Figures,
    MeasuredFigures,
    TrainingData,
    differences,
    sha256_of,
    write_card,
)
from fanzha.learn.class_metrics import class_figures
from fanzha.learn.metrics import figures, flat
from fanzha.models import ALARM_RATES, Examples, Model, Source, card_beside, source_path

FOLDS, SEED = 5, 0

#: No row is scored by a model trained on its group (near-duplicates, host); intervals are a bootstrap of groups.
_HOW = Words(f"{FOLDS} 折交叉验证（同组不拆分）", f"{FOLDS} folds, groups kept whole")


class CardDiffers(FanzhaError):
    """The figures of a rebuilt model differ from the committed card."""

    exit_code = 4


@dataclass(frozen=True)
class RebuiltModel:
    """A new card, and its differences from the shipped card (None: there is no shipped card)."""

    card: Card
    differences: list[str] | None


def train(model: Model, data: Path, out: Path, *, trained_on: str, report: ReportProgress) -> RebuiltModel:
    """Train on the model's sources below `data`; write weights and card to the folder `out`."""
    rows = read_sources(model, data, report)
    measure = _measure_across_sources if model.across_sources else _measure
    measured, alarm_thresholds = measure(model, rows, report)
    report(Words("用全部数据训练", "learning from all rows"))
    out.mkdir(parents=True, exist_ok=True)
    weights = out / model.weights.name
    committed = model.card() if card_beside(model.weights).exists() else None
    model.fit(rows.examples, seed=SEED).save(weights)
    card = Card(
        name=model.name,
        version=model.version,
        title=Bilingual(*model.title),
        made_on=trained_on,
        learned_from=[_training_set(source, data, rows) for source in model.sources],
        intended_use=Bilingual(*model.use),
        limits=[Bilingual(*limit) for limit in model.limits],
        measured=measured,
        thresholds=alarm_thresholds,
        weights=weights.name,
        weights_sha256=sha256_of(weights),
    )
    write_card(card, card_beside(weights))
    return RebuiltModel(card, None if committed is None else differences(card, committed))


def read_sources(model: Model, data: Path, report: ReportProgress) -> LabelledExamples:
    """Read the training data of a model. Raise UsageError if a data set is missing."""
    report(Words("读取训练数据", "reading the training data"))
    missing = [source.path for source in model.sources if not source_path(source, data).is_file()]
    if missing or not model.sources:
        raise UsageError(
            f"{data} lacks {', '.join(missing) or 'sources'}", fix="give the folder of the data sets: --data DIR"
        )
    files = [read_rows(_source_file(source, data, model), text_names(model)) for source in model.sources]
    return collect_examples(
        files, yes_no=is_yes_no(model.answers, files), columns=("text",) if model.reads == "text" else None
    )


def _source_file(source: Source, data: Path, model: Model) -> LabelledFile:
    return LabelledFile(
        source_path(source, data),
        text=source.text if model.reads == "text" else None,
        label=source.label,
        positive=source.positive,
        where=tuple(source.where.items()),
        without=source.without,
        innocent=source.innocent,
        opening=source.opening or None,
        classes=tuple(source.classes.items()),
    )


def _measure(
    model: Model, rows: LabelledExamples, report: ReportProgress
) -> tuple[list[MeasuredFigures], dict[str, float]]:
    scored = cross_validate(model, rows.examples, yes_no=rows.yes_no, count=FOLDS, seed=SEED, report=report)
    groups = model.groups(rows.examples.table)
    measured = [_figures(words, rows, scored, selected, groups) for words, selected in _slices(model, rows.examples)]
    for words, variant in model.variants():
        report(words)
        variant_scores = cross_validate(
            variant, rows.examples, yes_no=rows.yes_no, count=FOLDS, seed=SEED, report=report
        )
        measured.append(_figures(words, rows, variant_scores, variant.select_figure_rows(rows.examples.table), groups))
    if not rows.yes_no:
        return measured, {}
    return measured, model.thresholds(rows.examples, scored.scores)


def _measure_across_sources(
    model: Model, rows: LabelledExamples, report: ReportProgress
) -> tuple[list[MeasuredFigures], dict[str, float]]:
    """Return the figures of each source by a fit on the others, and the thresholds that these scores give."""
    scored = list(score_across_sources(model, rows, seed=SEED, report=report))
    found = thresholds(scored, ALARM_RATES) if rows.yes_no else {"sure": sure_threshold(scored)}
    return [_across_figures(scores, rows.yes_no, found.get("sure")) for scores in scored], found


def _across_figures(scores: SourceScores, yes_no: bool, sure_from: float | None) -> MeasuredFigures:
    keys = _card_figures(flat(measure_source(scores, yes_no=yes_no)))
    if sure_from is not None:
        keys |= {"sure_share": sure_share(scores, sure_from), "sure_accuracy": sure_accuracy(scores, sure_from)}
    return MeasuredFigures(how=Bilingual(*scores.how), rows=len(scores.rows.labels), figures=keys)


def _slices(model: Model, examples: Examples) -> Iterator[tuple[Words, NDArray[np.bool_]]]:
    """Yield masks with titles: all rows, each of several sources, the slices that the model defines."""
    yield _HOW, np.ones(len(examples.labels), bool)
    if examples.sources is not None and len(set(examples.sources)) > 1:
        for name in dict.fromkeys(examples.sources):
            short = "/".join(Path(name).parts[-2:])
            yield Words(f"仅 {short}", f"{short} alone"), examples.sources == name
    yield from model.slices(examples.table)


def _figures(
    words: Words,
    rows: LabelledExamples,
    scored: ModelScores,
    selected: NDArray[np.bool_],
    groups: NDArray[np.object_] | None,
) -> MeasuredFigures:
    labels, scores = rows.examples.labels[selected], scored.scores[selected]
    grouped = None if groups is None else groups[selected]
    if rows.yes_no:
        figures_by_name = figures(labels, scores, groups=grouped)
    else:
        figures_by_name = class_figures(
            labels.astype(str).astype(object), scores, scored.classes, groups=grouped
        ).over_all
    return MeasuredFigures(how=Bilingual(*words), rows=len(labels), figures=_card_figures(flat(figures_by_name)))


def _card_figures(keys: dict[str, object]) -> Figures:
    return {key: value for key, value in keys.items() if value is None or isinstance(value, float | list | str)}


def _training_set(source: Source, data: Path, rows: LabelledExamples) -> TrainingData:
    assert rows.examples.sources is not None
    selected = rows.examples.sources == str(source_path(source, data))
    positives = int((rows.examples.labels[selected] == 1).sum()) if rows.yes_no else None
    return TrainingData(path=source.path, licence=source.licence, rows=int(selected.sum()), positives=positives)
