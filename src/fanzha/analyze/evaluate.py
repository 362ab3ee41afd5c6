"""Judge a model on labelled rows, with all that is needed to read the figures."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.analyze.labelled import Given, Rows, read_rows
from fanzha.analyze.labels import Taken, is_yes_no, taken
from fanzha.analyze.overlap import Overlap, overlap
from fanzha.analyze.scoring import Scored, Tell, by_folds, learned, shipped
from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.learn.class_metrics import class_figures
from fanzha.learn.metrics import Top, figures
from fanzha.learn.obfuscate import obfuscate
from fanzha.learn.resample import Figure
from fanzha.models import Examples, Model, all_models

#: What a text column is called where the caller does not say, beside the headers known of such a column.
TEXT = "text"


SEEN = (
    "shipped weights: they may have learned from these rows (the card names the sets) "
    "出厂权重：可能已从这些数据中学习（见模型卡）"
)


@dataclass(frozen=True)
class Asked:
    """What is to be judged on what; a training without a test is judged by folds."""

    model: str
    train: tuple[Given, ...] = ()
    test: tuple[Given, ...] = ()
    top: Top | None = None
    folds: int = 5
    seed: int = 0
    obfuscate: bool = False  # disguise the frauds of the test


@dataclass(frozen=True)
class Judgement:
    """Figures of one model on one test."""

    model: str
    weights: str  # shipped, trained or folds
    train_rows: int | None
    rows: int
    groups: int | None  # near-duplicates, hosts: what intervals are drawn by; None: by row
    positives: int | None  # None for classes
    figures: dict[str, Figure]
    per_class: dict[str, dict[str, float | None]] | None
    overlap: Overlap | None
    seconds: float
    seconds_fitting: float
    seconds_scoring: float
    notes: tuple[str, ...]


def find_model(name: str) -> Model:
    """Return a model by name; WrongCall names those there are."""
    models = all_models()
    if name not in models:
        raise WrongCall(f"no model is called {name!r}", fix=f"there are: {', '.join(models)}")
    return models[name]


def evaluate(asked: Asked, tell: Tell) -> Judgement:
    """Read, learn if asked to, score and measure."""
    began, model = time.monotonic(), find_model(asked.model)
    if not asked.test and not asked.train:
        raise WrongCall("nothing to judge on", fix="give --test FILE, or --train FILE alone to judge by folds")
    tell(Words("读取", "reading"))
    files = [read_rows(one, text_names(model)) for one in (*asked.train, *asked.test)]
    yes_no = is_yes_no(model.answers, files)
    train, test = _taken(model, files[: len(asked.train)], yes_no), _taken(model, files[len(asked.train) :], yes_no)
    if asked.obfuscate:
        test = _disguised(model, test, asked.seed)
    scored = _scored(model, train, test, asked, yes_no, tell)
    tell(Words("度量", "measuring"))
    return _judgement(asked, train, test, scored, yes_no, began)


def text_names(model: Model) -> tuple[str, ...]:
    """Return the headers under which a model's text may stand; none when it reads a table."""
    if model.reads != "text":
        return ()
    event, column = model.text_from
    return (TEXT, *all_events()[event].column(column).aliases)


def _taken(model: Model, files: Sequence[Rows], yes_no: bool) -> Taken | None:
    return taken(files, yes_no=yes_no, columns=("text",) if model.reads == "text" else None) if files else None


def _disguised(model: Model, test: Taken | None, seed: int) -> Taken:
    """Return the test with the texts of its frauds written as fraudsters do; innocents stay as they are."""
    if test is None or model.reads != "text":
        raise WrongCall("only the texts of a test can be disguised", fix="give --test FILE and a model of texts")
    texts, labels = test.examples.table["text"].to_pylist(), test.examples.labels
    changed = [not test.yes_no or label == 1 for label in labels]
    written = obfuscate([text or "" for text in texts], seed=seed)
    kept = [new if change else old for old, new, change in zip(texts, written, changed, strict=True)]
    table = pa.table({"text": pa.array(kept, pa.string())})
    note = f"{sum(changed)} texts of the test were disguised by the generator 测试文本经混淆生成器处理"
    return test._replace(examples=replace(test.examples, table=table), notes=(*test.notes, note))


def _scored(model: Model, train: Taken | None, test: Taken | None, asked: Asked, yes_no: bool, tell: Tell) -> Scored:
    if test is None:
        assert train is not None
        return by_folds(model, train.examples, yes_no=yes_no, count=asked.folds, seed=asked.seed, tell=tell)
    if train is None:
        tell(Words("评分", "scoring"))
        return shipped(model, test.examples, yes_no=yes_no)
    tell(Words(f"用 {train.examples.table.num_rows} 行训练", f"learning from {train.examples.table.num_rows} rows"))
    return learned(model, train.examples, test.examples, yes_no=yes_no, seed=asked.seed)


def _notes(train: Taken | None, test: Taken | None) -> tuple[str, ...]:
    """Return what to know beside the figures; shipped weights may have seen the very rows they are judged on."""
    said = list(dict.fromkeys(note for rows in (train, test) if rows for note in rows.notes))
    return tuple(said if train else [*said, SEEN])


def _judgement(
    asked: Asked, train: Taken | None, test: Taken | None, scored: Scored, yes_no: bool, began: float
) -> Judgement:
    judged = test or train
    assert judged is not None
    groups = judged.examples.groups
    if groups is None:
        groups = find_model(asked.model).groups(judged.examples.table)
    found, per_class = _measured(judged.examples, scored, groups, asked.top, yes_no)
    return Judgement(
        model=asked.model,
        weights="shipped" if train is None else "trained" if test else "folds",
        train_rows=train.examples.table.num_rows if train else None,
        rows=judged.examples.table.num_rows,
        groups=None if groups is None else len(set(groups.astype(str).tolist())),
        positives=int((judged.examples.labels == 1).sum()) if yes_no else None,
        figures=found,
        per_class=per_class,
        overlap=overlap(train.examples, test.examples) if train and test else None,
        seconds=time.monotonic() - began,
        seconds_fitting=scored.fitting,
        seconds_scoring=scored.scoring,
        notes=_notes(train, test),
    )


def _measured(
    rows: Examples, scored: Scored, groups: NDArray[np.object_] | None, top: Top | None, yes_no: bool
) -> tuple[dict[str, Figure], dict[str, dict[str, float | None]] | None]:
    if yes_no:
        return figures(rows.labels, scored.scores, groups=groups, top=top), None
    found = class_figures(rows.labels.astype(str).astype(object), scored.scores, scored.classes, groups=groups)
    return found.over_all, found.per_class
