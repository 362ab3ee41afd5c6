"""The type of a fraud by the taxonomy, for texts and conversations alike; "not sure" below a measured confidence."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.fraud_types import FRAUD_TYPES, MADE_UP_KINDS, codes_of
from fanzha.base.words import Words
from fanzha.learn.fit_linear import fit
from fanzha.learn.split import near_duplicates
from fanzha.models._model import Examples, Model, Source
from fanzha.models.families.made_up_texts import training_texts
from fanzha.models.families.text import (
    VIEWS,
    FittedText,
    balanced_weights,
    build_views,
    class_names,
    load_text,
    views_for,
)
from fanzha.models.transcript import FIRST_TURNS, split_turns, strip_speakers

#: Texts are read up to this length, so that a long conversation does not drown the short texts.
MAX_CHARACTERS = 400
MADE_UP_WEIGHT = 3.0
#: The folded text alone: the text as written identifies the data set.
TYPE_VIEWS = VIEWS[:1]


class TypeGuess(NamedTuple):
    """The likeliest fraud type of a text, and whether it is sure enough to be named."""

    fraud_type: str  # code of the taxonomy
    share: float  # of the type among all types, 0-1
    is_sure: bool

    @property
    def reported_type(self) -> str:
        """The code to report: `other` if not sure."""
        return self.fraud_type if self.is_sure else "other"


class FittedType(FittedText):
    """The fitted model; speaker labels are removed before scoring."""

    def score(self, table: pa.Table) -> NDArray[np.float64]:
        """Return texts × classes, shares that sum to 1."""
        texts = pa.array([_excerpt(text) for text in table["text"].to_pylist()], pa.string())
        return super().score(pa.table({"text": texts}))

    def guess(self, texts: Sequence[str], sure_from: float) -> list[TypeGuess]:
        """Return the likeliest type of each text; sure if its share is at least `sure_from`."""
        if not texts:
            return []
        shares = self.score(pa.table({"text": list(texts)}))
        best = shares.argmax(axis=1)
        return [
            TypeGuess(self.classes[number], float(row[number]), bool(row[number] >= sure_from))
            for number, row in zip(best.tolist(), shares, strict=True)
        ]


class MessageType(Model):
    """A one-versus-rest linear model over character n-grams, fitted on the frauds of all sources together."""

    name: ClassVar[str] = "message-type"
    version: ClassVar[str] = "2"
    title: ClassVar[Words] = Words("诈骗类型", "type of a fraud")
    reads: ClassVar[str] = "text"
    answers: ClassVar[str] = "classes"
    across_sources: ClassVar[bool] = True
    sources: ClassVar[tuple[Source, ...]] = (
        Source(
            "fbs_sms/data.parquet",
            label="label",
            classes=codes_of("fbs_sms"),
            licence="no licence file (training only)",
        ),
        Source(
            "telecom_fraud_texts_5/data.parquet",
            label="label_name",
            classes=codes_of("telecom_fraud_texts_5"),
            licence="GPL-3.0, research (training only)",
        ),
        Source(
            "zh_call_dialogues_2677/data.parquet",
            label="type",
            classes=codes_of("zh_call_dialogues_2677"),
            licence="no licence (training only)",
        ),
        Source(
            "teleantifraud_dialogues/data.parquet",
            label="type",
            classes=codes_of("teleantifraud_dialogues"),
            licence="Apache-2.0",
        ),
    )
    limits: ClassVar[tuple[Words, ...]] = (
        Words(
            "只判断诈骗的类型，不判断是否诈骗。另用本项目手写的虚构文本训练；数据集缺少的类型只见于虚构文本。",
            "Tells the type of a fraud, not whether a text is a fraud. It also learns from texts made up by hand for "
            "this project, the only examples of the types that the data sets lack.",
        ),
        Words(
            "各数据集对同一类型的理解不一（如一个集的“银行诈骗”多为假贷款，另一个集多为账户异常），跨来源的成绩因此明显低于同源；"
            "把握不足时回答“不确定”。",
            "The data sets disagree on what a type is (the bank frauds of one are mostly fake loans, those of another "
            "alarms about an account), so figures across sources are far lower than within one; below the threshold "
            "`sure` of the card the answer is “not sure”.",
        ),
    )

    def groups(self, table: pa.Table) -> NDArray[np.object_]:
        """Return groups of near-duplicate texts, speaker labels aside."""
        return near_duplicates([strip_speakers(text) for text in table["text"].to_pylist()]).astype(object)

    def fit(self, examples: Examples, *, seed: int = 0) -> FittedType:
        """Fit one class for each label; labels that are codes of the taxonomy learn from the made-up frauds too."""
        labels = examples.labels.astype(str).astype(object)
        groups = np.arange(len(labels)).astype(object) if examples.groups is None else examples.groups
        if not set(labels.tolist()) <= set(FRAUD_TYPES):
            views = views_for(examples)
            linear = fit(
                views,
                build_views(examples.table["text"]),
                labels,
                classes=class_names(labels),
                groups=groups,
                parts=1,
                seed=seed,
            )
            return FittedType(linear)
        texts, rows = _conversation_excerpts(examples.table["text"].to_pylist())
        frauds = [text for text in training_texts() if text.fraud]
        labels = np.concatenate([labels[rows], [MADE_UP_KINDS[text.kind] for text in frauds]]).astype(object)
        groups = np.concatenate([groups[rows], [f"writer {text.writer}" for text in frauds]])
        sources = np.zeros(len(rows), object) if examples.sources is None else examples.sources[rows]
        is_made_up = np.arange(len(labels)) >= len(rows)
        weights = balanced_weights(np.concatenate([sources, np.full(len(frauds), "made-up")]), labels, power=0.5)
        weights = np.where(is_made_up, MADE_UP_WEIGHT, 1.0) * weights
        linear = fit(
            TYPE_VIEWS,
            build_views(pa.array([*texts, *(text.text for text in frauds)], pa.string())),
            labels,
            classes=class_names(labels),
            cost=1.0,
            row_weights=weights,
            groups=groups.astype(str).astype(object),
            parts=1,
            seed=seed,
        )
        return FittedType(linear)

    def load(self, path: Path | None = None) -> FittedType:
        """Load the shipped weights, or those of another file."""
        return FittedType(load_text(path or self.weights).linear)

    def sure_from(self) -> float:
        """Return the share from which a type is named, as measured across sources for the shipped card."""
        return self.card().thresholds["sure"]


def _excerpt(text: str | None) -> str:
    return strip_speakers(text)[:MAX_CHARACTERS]


def _conversation_excerpts(texts: Sequence[str | None]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the beginning of each text and, of those with more turns, the first turns too; and their row numbers."""
    excerpts = [_excerpt(text) for text in texts]
    several = [row for row, text in enumerate(texts) if len(split_turns(text)) > FIRST_TURNS]
    first = [strip_speakers(texts[row], FIRST_TURNS) for row in several]
    return excerpts + first, np.array([*range(len(texts)), *several], np.int64)


MODEL = MessageType()
