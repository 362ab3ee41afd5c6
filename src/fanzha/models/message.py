"""Fraud texts, by their words, their demands and where they lead (handbook §6.4)."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.learn.fit_linear import fit
from fanzha.learn.linear import Floats
from fanzha.learn.metrics import threshold_at
from fanzha.learn.split import folds, near_duplicates
from fanzha.models._model import PACKAGE_DATA, Examples, Fitted, Model, Source
from fanzha.models.families.made_up_texts import (
    TEST_WRITERS,
    MadeUpText,
    kind_folds,
    load_made_up_texts,
    training_texts,
)
from fanzha.models.families.mixture import FittedMixture, fit_mixture, load_mixture
from fanzha.models.families.text import VIEWS as TEXT_VIEWS
from fanzha.models.families.text import FittedText, build_views, class_names

#: Recruitment for brushing, which fbs_sms labels as advertising though it is among the costliest frauds (handbook §7).
BRUSHING = r"刷\s*(单|信誉|钻|客|手|好评)"
#: Weight of other innocent texts in the classifier of the made-up texts: they show it what ordinary texts look like.
ORDINARY_WEIGHT = 0.05
#: Weight of made-up innocent texts in the same classifier: a false alarm costs more than a miss.
INNOCENT_WEIGHT = 2.0
#: Costs of the support vector machines of the two classifiers: of made-up texts, and of all rows.
COSTS = (1.0, 1.0)
#: Weight of all made-up rows in the joint regression, in weights of all other rows.
MADE_UP_SHARE = 4.0
#: Writers of blunt frauds and short everyday texts, and the weight of their texts in both classifiers: such texts
#: arrive far more often than the corpus has them.
BLUNT_WRITERS, BLUNT_WEIGHT = frozenset({"Q", "R"}), 6.0
#: The alarm threshold: highest share of alarms among all made-up innocent texts, in each of their families of at least
#: `FAMILY_ROWS`, and among ordinary texts.
ALARM_RATE, FAMILY_RATE, FAMILY_ROWS, ORDINARY_RATE = 0.01, 0.04, 100, 0.0005
ORDINARY_SOURCES = ("zh_spam_11k", "zh_msglog")
#: From this many made-up texts on, a fit has a classifier of these alone.
CORPUS_ROWS = 100


class MessageModel(Model):
    """Two classifiers over words and demands, one of the made-up texts and one of all rows, joined with contacts.

    A fit of other labelled files has the second classifier alone: it learns from nothing but these files.
    """

    name: ClassVar[str] = "message"
    title: ClassVar[Words] = Words("诈骗短信", "fraud text")
    reads: ClassVar[str] = "text"
    sources: ClassVar[tuple[Source, ...]] = (
        Source(
            f"{PACKAGE_DATA}made_up_texts.tsv",
            label="fraud",
            where={"writer": tuple(sorted({text.writer for text in training_texts()}))},
            licence="Apache-2.0 (made up for this project)",
        ),
        Source("fbs_sms/data.parquet", label="fraud", without=BRUSHING, licence="no licence file (training only)"),
        Source(
            "telecom_fraud_texts_5/data.parquet",
            label="label",
            positive=("1", "2", "3", "4"),
            licence="GPL-3.0, research (training only)",
        ),
        Source(
            "zh_spam_11k/data.parquet", label="label", where={"label": ("0",)}, licence="no licence (training only)"
        ),
        Source("zh_msglog/data.parquet", label="label", where={"label": ("0",)}, licence="MIT"),
        Source("mendeley_smishing/data.parquet", label="label", positive=("smishing",), licence="CC BY 4.0"),
    )
    limits: ClassVar[tuple[Words, ...]] = (
        Words(
            "广告不算诈骗。只有开场白、尚未提出要求的诈骗文本往往与日常聊天无法区分，会漏报。"
            "阈值按虚构的无害文本各类分别限定误报；新网络中的误报须先清点。",
            "Advertising is not fraud. An opening that demands nothing yet can often not be told from ordinary talk "
            "and is missed. The threshold limits false alarms in each family of made-up innocent texts; in a new "
            "network count its alarms first.",
        ),
        Words(
            "约一万条训练文本为本项目虚构；fbs_sms 将刷单招募算作广告，此类文本不参与训练。",
            "Many training texts were made up for this project. Texts that recruit for brushing, which fbs_sms calls "
            "advertising, are not learned from.",
        ),
    )

    def fit(self, examples: Examples, *, seed: int = 0) -> Fitted:
        """Fit the model: binary for labels 0 and 1, else one class for each label."""
        classes = class_names(examples.labels)
        if classes:
            return self._fit_classes(examples, classes, seed)
        texts, labels = examples.table["text"].to_pylist(), examples.labels.astype(np.int64)
        made_up = _is_made_up(examples.table)
        groups, blunt = examples.groups, np.where(_is_blunt(texts), BLUNT_WEIGHT, 1.0)
        weights, costs = blunt[:, None], list(COSTS[1:])
        if made_up.sum() >= CORPUS_ROWS:
            groups = self.groups(examples.table) if groups is None else groups
            own = np.where(
                made_up, np.where(labels == 0, INNOCENT_WEIGHT, 1.0) * blunt, ORDINARY_WEIGHT * (labels == 0)
            )
            weights, costs = np.column_stack([own, blunt]), list(COSTS)
        return fit_mixture(
            pa.array(texts, pa.string()),
            labels,
            weights,
            _balance(made_up),
            folds(examples.labels, groups, 5, seed=seed),
            costs=costs,
            seed=seed,
        )

    def _fit_classes(self, examples: Examples, classes: tuple[str, ...], seed: int) -> FittedText:
        linear = fit(
            TEXT_VIEWS[:2],
            build_views(examples.table["text"], forms=()),
            examples.labels,
            classes=classes,
            groups=examples.groups,
            parts=1,
            seed=seed,
        )
        return FittedText(linear)

    def load(self, path: Path | None = None) -> FittedMixture:
        """Load the shipped weights, or those of another file."""
        return load_mixture(path or self.weights)

    def groups(self, table: pa.Table) -> NDArray[np.object_]:
        """Return the writer of each made-up text, and the group of near-duplicates of each other text."""
        texts = table["text"].to_pylist()
        groups = near_duplicates(texts).astype(object)
        for row, text in enumerate(texts):
            if made_up := _by_text().get(text or ""):
                groups[row] = f"writer {made_up.writer}"
        return groups

    def variants(self) -> tuple[tuple[Words, Model], ...]:
        """Return the model judged on kinds of fraud that it has not learned from."""
        return (
            (
                Words("虚构文本：整类留出（类别不参与训练）", "made-up texts, judged by fits without their kinds"),
                KindOut(),
            ),
        )

    def slices(self, table: pa.Table) -> tuple[tuple[Words, NDArray[np.bool_]], ...]:
        """Return the made-up texts, which are judged by fits without their writer."""
        return (
            (
                Words("虚构文本：整名作者留出", "made-up texts, judged by fits without their writers"),
                _is_made_up(table),
            ),
        )

    def thresholds(self, examples: Examples, scores: Floats) -> dict[str, float]:
        """Return the thresholds at 1 % and 0.1 % of the made-up innocents, and the alarm threshold."""
        texts = [_by_text().get(text or "") for text in examples.table["text"].to_pylist()]
        innocent = examples.labels == 0
        family = np.array([text.kind if text else "" for text in texts])
        made_up = scores[innocent & (family != "")]
        found = {"1pct": threshold_at(made_up, 0.01), "0.1pct": threshold_at(made_up, 0.001)}
        names, counts = np.unique(family[innocent & (family != "")], return_counts=True)
        limits = [threshold_at(made_up, ALARM_RATE)]
        limits += [
            threshold_at(scores[innocent & (family == name)], FAMILY_RATE) for name in names[counts >= FAMILY_ROWS]
        ]
        assert examples.sources is not None
        ordinary = np.array([any(name in str(source) for name in ORDINARY_SOURCES) for source in examples.sources])
        limits.append(threshold_at(scores[innocent & ordinary], ORDINARY_RATE))
        return found | {"alarm": max(limits)}


class KindOut(MessageModel):
    """The same model with the kinds of the made-up texts as groups, for a figure on kinds not learned from."""

    def select_figure_rows(self, table: pa.Table) -> NDArray[np.bool_]:
        """Return the made-up texts."""
        return _is_made_up(table)

    def groups(self, table: pa.Table) -> NDArray[np.object_]:
        """Return the fold by kind of each made-up text, and the group of near-duplicates of each other text."""
        groups = super().groups(table)
        texts = [_by_text().get(text or "") for text in table["text"].to_pylist()]
        rows = [row for row, text in enumerate(texts) if text]
        for row, fold in zip(rows, kind_folds([text for text in texts if text]), strict=True):
            groups[row] = f"kinds {fold}"
        return groups


def _balance(made_up: NDArray[np.bool_]) -> Floats:
    """Return the weights of the rows in the joint regression: made-up rows weigh MADE_UP_SHARE times all others."""
    weights = np.ones(len(made_up))
    own, others = int(made_up.sum()), int((~made_up).sum())
    if own >= CORPUS_ROWS and others:
        weights[made_up] = MADE_UP_SHARE * others / own
    return weights


def _is_made_up(table: pa.Table) -> NDArray[np.bool_]:
    return np.array([text in _by_text() for text in table["text"].to_pylist()], np.bool_)


def _is_blunt(texts: Sequence[str | None]) -> NDArray[np.bool_]:
    found = (_by_text().get(text or "") for text in texts)
    return np.array([text is not None and text.writer in BLUNT_WRITERS for text in found], np.bool_)


@cache
def _by_text() -> dict[str, MadeUpText]:
    return {text.text: text for text in load_made_up_texts() if text.writer not in TEST_WRITERS}


MODEL = MessageModel()
