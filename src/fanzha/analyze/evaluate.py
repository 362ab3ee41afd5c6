"""Evaluate a model on labelled rows."""

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.analyze.alarm_rate import AlarmExposure, AlarmRate, alarm_rate
from fanzha.analyze.labelled_files import LabelledFile, LabelledRows, read_rows
from fanzha.analyze.labels import LabelledExamples, collect_examples, is_yes_no
from fanzha.analyze.scoring import (
    ModelScores,
    ReportProgress,
    cross_validate,
    score_with_shipped_weights,
    train_and_score,
)
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.events.subscriber_profile import EVENT as PROFILES
from fanzha.learn.class_metrics import class_figures
from fanzha.learn.metrics import Top, figures
from fanzha.learn.obfuscate import obfuscate
from fanzha.learn.resample import MeasuredFigure
from fanzha.learn.split import near_duplicates
from fanzha.models import Examples, Model, all_models

#: A row is called fraud from this score on.
CALLED_FRAUD = 0.5

#: The default name of a text column, beside the header aliases of the event column.
TEXT_COLUMN = "text"


SHIPPED_WEIGHTS_NOTE = (
    "shipped weights: they may have learned from these rows (the card names the sets) "
    "出厂权重：可能已从这些数据中学习（见模型卡）"
)


@dataclass(frozen=True)
class EvaluationRequest:
    """The model, its files and options; without a test set the training set is cross-validated."""

    model: str
    train: tuple[LabelledFile, ...] = ()
    test: tuple[LabelledFile, ...] = ()
    top: Top | None = None
    folds: int = 5
    seed: int = 0
    obfuscate: bool = False  # disguise the frauds of the test
    days: float | None = None  # that each row, one line, covers


class Overlap(msgspec.Struct, frozen=True):
    """Test rows that occur in the training set: exactly, as near-duplicates (texts), or by their group."""

    exact: int
    near: int | None = None
    groups: int | None = None


@dataclass(frozen=True)
class Evaluation:
    """The figures of one model on one test set."""

    model: str
    weights: str  # shipped, trained or folds
    train_rows: int | None
    rows: int
    groups: int | None  # groups that are resampled for intervals (near-duplicates, hosts); None: rows
    positives: int | None  # None for classes
    figures: dict[str, MeasuredFigure]
    per_class: dict[str, dict[str, float | None]] | None
    overlap: Overlap | None
    seconds: float
    seconds_fitting: float
    seconds_scoring: float
    notes: tuple[str, ...]
    false_alarms: AlarmRate | None = None  # innocent lines called fraud, a day and million innocent lines


def find_model(name: str) -> Model:
    """Return a model by name. Raise UsageError."""
    models = all_models()
    if name not in models:
        raise UsageError(f"no model is called {name!r}", fix=f"there are: {', '.join(models)}")
    return models[name]


def evaluate(request: EvaluationRequest, report: ReportProgress) -> Evaluation:
    """Read the files, train if requested, score and measure."""
    start_time, model = time.monotonic(), find_model(request.model)
    if not request.test and not request.train:
        raise UsageError("nothing to judge on", fix="give --test FILE, or --train FILE alone to judge by folds")
    if request.days is not None and model.reads != PROFILES.name:
        raise UsageError(
            f"rows of {model.name} are no lines", fix="leave --days out: only models of subscribers have it"
        )
    report(Words("读取", "reading"))
    files = [read_rows(file, text_names(model)) for file in (*request.train, *request.test)]
    yes_no = is_yes_no(model.answers, files)
    train, test = (
        _examples(model, files[: len(request.train)], yes_no),
        _examples(model, files[len(request.train) :], yes_no),
    )
    if request.obfuscate:
        test = _obfuscate_frauds(model, test, request.seed)
    scored = _score_test(model, train, test, request, yes_no, report)
    report(Words("度量", "measuring"))
    return _evaluation(request, train, test, scored, yes_no, start_time)


def text_names(model: Model) -> tuple[str, ...]:
    """Return the possible headers of a model's text column; () if it reads a table."""
    if model.reads != "text":
        return ()
    event, column = model.text_from
    return (TEXT_COLUMN, *all_events()[event].column(column).aliases)


def _examples(model: Model, files: Sequence[LabelledRows], yes_no: bool) -> LabelledExamples | None:
    return (
        collect_examples(files, yes_no=yes_no, columns=("text",) if model.reads == "text" else None) if files else None
    )


def _obfuscate_frauds(model: Model, test: LabelledExamples | None, seed: int) -> LabelledExamples:
    """Return the test set with the texts of its frauds obfuscated."""
    if test is None or model.reads != "text":
        raise UsageError("only the texts of a test can be disguised", fix="give --test FILE and a model of texts")
    texts, labels = test.examples.table["text"].to_pylist(), test.examples.labels
    is_disguised = [not test.yes_no or label == 1 for label in labels]
    disguised = obfuscate([text or "" for text in texts], seed=seed)
    new_texts = [new if change else old for old, new, change in zip(texts, disguised, is_disguised, strict=True)]
    table = pa.table({"text": pa.array(new_texts, pa.string())})
    note = f"{sum(is_disguised)} texts of the test were disguised by the generator 测试文本经混淆生成器处理"
    return test._replace(examples=replace(test.examples, table=table), notes=(*test.notes, note))


def _score_test(
    model: Model,
    train: LabelledExamples | None,
    test: LabelledExamples | None,
    request: EvaluationRequest,
    yes_no: bool,
    report: ReportProgress,
) -> ModelScores:
    if test is None:
        assert train is not None
        return cross_validate(
            model, train.examples, yes_no=yes_no, count=request.folds, seed=request.seed, report=report
        )
    if train is None:
        report(Words("评分", "scoring"))
        return score_with_shipped_weights(model, test.examples, yes_no=yes_no)
    report(Words(f"用 {train.examples.table.num_rows} 行训练", f"learning from {train.examples.table.num_rows} rows"))
    return train_and_score(model, train.examples, test.examples, yes_no=yes_no, seed=request.seed)


def _notes(train: LabelledExamples | None, test: LabelledExamples | None) -> tuple[str, ...]:
    """Return the notes of both sets, and for shipped weights that they may have been trained on the test rows."""
    notes = list(dict.fromkeys(note for rows in (train, test) if rows for note in rows.notes))
    return tuple(notes if train else [*notes, SHIPPED_WEIGHTS_NOTE])


def _evaluation(
    request: EvaluationRequest,
    train: LabelledExamples | None,
    test: LabelledExamples | None,
    scored: ModelScores,
    yes_no: bool,
    start_time: float,
) -> Evaluation:
    rows = test or train
    assert rows is not None
    groups = rows.examples.groups
    if groups is None:
        groups = find_model(request.model).groups(rows.examples.table)
    figures_by_name, per_class = _compute_figures(rows.examples, scored, groups, request.top, yes_no)
    return Evaluation(
        model=request.model,
        weights="shipped" if train is None else "trained" if test else "folds",
        train_rows=train.examples.table.num_rows if train else None,
        rows=rows.examples.table.num_rows,
        groups=None if groups is None else len(set(groups.astype(str).tolist())),
        positives=int((rows.examples.labels == 1).sum()) if yes_no else None,
        figures=figures_by_name,
        per_class=per_class,
        overlap=count_overlap(train.examples, test.examples) if train and test else None,
        seconds=time.monotonic() - start_time,
        seconds_fitting=scored.fit_seconds,
        seconds_scoring=scored.score_seconds,
        notes=_notes(train, test),
        false_alarms=_count_false_alarms(rows.examples, scored, request.days) if request.days and yes_no else None,
    )


def _count_false_alarms(rows: Examples, scored: ModelScores, days: float) -> AlarmRate:
    """Return the innocent rows called fraud, one alarm a row; each row is one line over a number of days."""
    is_innocent = rows.labels != 1
    alarms = int((scored.scores[is_innocent] >= CALLED_FRAUD).sum())
    return alarm_rate(alarms, AlarmExposure(int(is_innocent.sum()), days, "given"))


def _compute_figures(
    rows: Examples, scored: ModelScores, groups: NDArray[np.object_] | None, top: Top | None, yes_no: bool
) -> tuple[dict[str, MeasuredFigure], dict[str, dict[str, float | None]] | None]:
    if yes_no:
        return figures(rows.labels, scored.scores, groups=groups, top=top), None
    figures_by_name = class_figures(
        rows.labels.astype(str).astype(object), scored.scores, scored.classes, groups=groups
    )
    return figures_by_name.over_all, figures_by_name.per_class


pc: Any = pyarrow.compute  # the type stubs lose track in nested calls


def count_overlap(train: Examples, test: Examples) -> Overlap:
    """Compare rows by their text, or without a text by all numeric columns."""
    groups = None
    if train.groups is not None and test.groups is not None:
        groups = _count_shared(train.groups.astype(str).tolist(), test.groups.astype(str).tolist())
    if "text" in train.table.column_names and "text" in test.table.column_names:
        train_texts, test_texts = train.table["text"].to_pylist(), test.table["text"].to_pylist()
        clusters = near_duplicates([*train_texts, *test_texts])
        near = _count_shared(clusters[: len(train_texts)].tolist(), clusters[len(train_texts) :].tolist())
        return Overlap(_count_shared(train_texts, test_texts), near, groups)
    names = [name for name in _numeric(train.table) if name in _numeric(test.table)]
    return Overlap(_count_shared(*(_row_bytes(table, names) for table in (train.table, test.table))), None, groups)


def _count_shared(train: Sequence[Hashable], test: Sequence[Hashable]) -> int:
    train_values = set(train)
    return sum(value in train_values for value in test)


def _numeric(table: pa.Table) -> list[str]:
    """Return the numeric columns, except integer columns of unique values, which are row ids."""
    whole = {name for name in table.column_names if pa.types.is_integer(table[name].type)}
    ids = {name for name in whole if table.num_rows > 1 and pc.count_distinct(table[name]).as_py() == table.num_rows}
    return sorted((whole - ids) | {name for name in table.column_names if pa.types.is_floating(table[name].type)})


def _row_bytes(table: pa.Table, names: Sequence[str]) -> list[bytes]:
    """Return the numbers of each row as bytes."""
    columns: list[NDArray[np.float64]] = [table[name].cast(pa.float64()).to_numpy() for name in names]
    return [row.tobytes() for row in np.column_stack(columns)] if columns else []
