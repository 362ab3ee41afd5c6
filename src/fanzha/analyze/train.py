"""Rebuild a shipped model from the public data: its figures by folds, its thresholds, its weights and its card."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fanzha.analyze.evaluate import text_names
from fanzha.analyze.labelled import Given, read_rows
from fanzha.analyze.labels import Taken, is_yes_no, taken
from fanzha.analyze.scoring import Scored, Tell, by_folds
from fanzha.base.errors import FanzhaError, WrongCall
from fanzha.base.words import Words
from fanzha.learn.card import Bilingual, Card, Figures, Learned, Measured, differences, sha256_of, write_card
from fanzha.learn.class_metrics import class_figures
from fanzha.learn.metrics import figures, flat, threshold_at
from fanzha.models import Examples, Model, Source
from fanzha.models._model import card_beside

FOLDS, SEED = 5, 0

#: False-alarm rates for which the card gives a threshold.
ALARM_RATES = {"1pct": 0.01, "0.1pct": 0.001}

#: No row is scored by a fit that has seen it or its group (near-duplicates, a host); intervals by bootstrap of groups.
_HOW = Words(f"{FOLDS} 折交叉验证（同组不拆分）", f"{FOLDS} folds, groups kept whole")


class CardDiffers(FanzhaError):
    """A rebuilt model has other figures than the committed card says."""

    exit_code = 4


@dataclass(frozen=True)
class Rebuilt:
    """A card that was made, and in what it differs from the one that ships (None: there is none)."""

    card: Card
    differs: list[str] | None


def train(model: Model, data: Path, out: Path, *, made_on: str, tell: Tell) -> Rebuilt:
    """Learn from the model's sources below `data`; write weights and card to the folder `out`."""
    rows = read_sources(model, data, tell)
    measured, thresholds = _measured(model, rows, tell)
    tell(Words("用全部数据训练", "learning from all rows"))
    out.mkdir(parents=True, exist_ok=True)
    weights = out / model.weights.name
    committed = model.card() if card_beside(model.weights).exists() else None
    model.fit(rows.examples, seed=SEED).save(weights)
    card = Card(
        name=model.name,
        version=model.version,
        title=Bilingual(*model.title),
        made_on=made_on,
        learned_from=[_learned(source, data, rows) for source in model.sources],
        intended_use=Bilingual(*model.use),
        limits=[Bilingual(*limit) for limit in model.limits],
        measured=measured,
        thresholds=thresholds,
        weights=weights.name,
        weights_sha256=sha256_of(weights),
    )
    write_card(card, card_beside(weights))
    return Rebuilt(card, None if committed is None else differences(card, committed))


def read_sources(model: Model, data: Path, tell: Tell) -> Taken:
    """Read what a model learns from; WrongCall names a data set that is not there."""
    tell(Words("读取训练数据", "reading the training data"))
    missing = [source.path for source in model.sources if not (data / source.path).is_file()]
    if missing or not model.sources:
        raise WrongCall(
            f"{data} lacks {', '.join(missing) or 'sources'}", fix="give the folder of the data sets: --data DIR"
        )
    files = [read_rows(_given(source, data, model), text_names(model)) for source in model.sources]
    return taken(files, yes_no=is_yes_no(model.answers, files), columns=("text",) if model.reads == "text" else None)


def _given(source: Source, data: Path, model: Model) -> Given:
    return Given(
        data / source.path,
        text=source.text if model.reads == "text" else None,
        label=source.label,
        positive=source.positive,
        where=tuple(source.where.items()),
        without=source.without,
        innocent=source.innocent,
        opening=source.opening or None,
    )


def _measured(model: Model, rows: Taken, tell: Tell) -> tuple[list[Measured], dict[str, float]]:
    scored = by_folds(model, rows.examples, yes_no=rows.yes_no, count=FOLDS, seed=SEED, tell=tell)
    groups = model.groups(rows.examples.table)
    measured = [_figures(words, rows, scored, inside, groups) for words, inside in _slices(model, rows.examples)]
    for words, variant in model.variants():
        tell(words)
        other = by_folds(variant, rows.examples, yes_no=rows.yes_no, count=FOLDS, seed=SEED, tell=tell)
        measured.append(_figures(words, rows, other, np.ones(len(rows.examples.labels), bool), groups))
    if not rows.yes_no:
        return measured, {}
    innocents = scored.scores[rows.examples.labels == 0]
    rates = {name: rate for name, rate in ALARM_RATES.items() if len(innocents) * rate >= 1}
    return measured, {name: threshold_at(innocents, rate) for name, rate in rates.items()}


def _slices(model: Model, examples: Examples) -> Iterator[tuple[Words, NDArray[np.bool_]]]:
    """Yield all rows, then each source where there are several, then what the model wants to be looked at."""
    yield _HOW, np.ones(len(examples.labels), bool)
    if examples.sources is not None and len(set(examples.sources)) > 1:
        for name in dict.fromkeys(examples.sources):
            short = "/".join(Path(name).parts[-2:])
            yield Words(f"仅 {short}", f"{short} alone"), examples.sources == name
    yield from model.slices(examples.table)


def _figures(
    words: Words, rows: Taken, scored: Scored, inside: NDArray[np.bool_], groups: NDArray[np.object_] | None
) -> Measured:
    labels, scores = rows.examples.labels[inside], scored.scores[inside]
    grouped = None if groups is None else groups[inside]
    if rows.yes_no:
        found = figures(labels, scores, groups=grouped)
    else:
        found = class_figures(labels.astype(str).astype(object), scores, scored.classes, groups=grouped).over_all
    return Measured(how=Bilingual(*words), rows=len(labels), figures=_plain(flat(found)))


def _plain(keys: dict[str, object]) -> Figures:
    return {key: value for key, value in keys.items() if value is None or isinstance(value, float | list | str)}


def _learned(source: Source, data: Path, rows: Taken) -> Learned:
    assert rows.examples.sources is not None
    inside = rows.examples.sources == str(data / source.path)
    positives = int((rows.examples.labels[inside] == 1).sum()) if rows.yes_no else None
    return Learned(path=source.path, licence=source.licence, rows=int(inside.sum()), positives=positives)
