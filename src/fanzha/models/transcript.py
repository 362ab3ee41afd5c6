"""Whether a call or conversation is a fraud, usable after its first turns and again after each turn."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.demands import Demand, DemandState, find_demands
from fanzha.learn.fit_linear import fit
from fanzha.learn.split import near_duplicates
from fanzha.models._model import Examples, Model, Source
from fanzha.models.families.made_up_texts import training_texts
from fanzha.models.families.text import VIEWS, FittedText, balanced_weights, build_views, class_names, load_text

FIRST_TURNS = 2
#: Up to this many conversations, classes are balanced on held-out rows; beyond, four more fits would take minutes.
MAX_BALANCED = 6_000
#: The folded text alone: the text as written identifies the generator of a data set.
TRANSCRIPT_VIEWS = VIEWS[:1]

_SPEAKER = re.compile(r"(?m)^\s*(?:left|right|L|R|A|B|客户|客服|坐席|用户)\s*[:：]\s*")


class TurnScore(NamedTuple):
    """The score and demands of a conversation after one of its turns."""

    turn: int  # from 1
    probability: float  # that the conversation up to and with this turn is a fraud
    demands: tuple[Demand, ...]  # made so far, each kind once, in order


def strip_speakers(text: str | None, turns: int = 0) -> str:
    """Return a conversation without speaker labels; only its first turns if `turns` > 0."""
    return "\n".join(split_turns(text)[: turns or None])


def split_turns(text: str | None) -> list[str]:
    """Return the turns of a conversation, a line each, without speaker labels; empty lines are left out."""
    return [line for line in _SPEAKER.sub("", text or "").splitlines() if line.strip()]


class FittedTranscript(FittedText):
    """The fitted model; speaker labels are removed before scoring."""

    def score(self, table: pa.Table) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
        """Return one probability for each conversation; conversations × classes if fitted for classes."""
        texts = pa.array([strip_speakers(text) for text in table["text"].to_pylist()], pa.string())
        return super().score(pa.table({"text": texts}))

    def score_turns(self, turns: Sequence[str]) -> list[TurnScore]:
        """Return the score and the demands so far after each turn; after `FIRST_TURNS` turns is the early warning.

        `turns` are the turns in order, with or without speaker labels. Raise ValueError if fitted for classes.
        """
        if self.classes:
            raise ValueError("the model was fitted for classes, not for fraud or not")
        if not turns:
            return []
        scores = self.score(pa.table({"text": ["\n".join(turns[:end]) for end in range(1, len(turns) + 1)]}))
        demands: dict[str, Demand] = {}
        result = []
        for number, (turn, score) in enumerate(zip(turns, scores.tolist(), strict=True), start=1):
            for demand in find_demands(strip_speakers(turn)):
                if demand.state is DemandState.ASKED:
                    demands.setdefault(demand.kind, demand)
            result.append(TurnScore(number, score, tuple(demands.values())))
        return result


class Transcript(Model):
    """A linear model over character n-grams of conversations, whole and by their first turns, and of made-up texts."""

    name: ClassVar[str] = "transcript"
    version: ClassVar[str] = "2"
    title: ClassVar[Words] = Words("通话与会话是否诈骗", "fraud or not, of a conversation")
    reads: ClassVar[str] = "text"
    across_sources: ClassVar[bool] = True
    sources: ClassVar[tuple[Source, ...]] = (
        Source(
            "zh_call_dialogues_2677/data.parquet",
            label="label",
            positive=("1",),
            licence="no licence (training only)",
        ),
        Source("teleantifraud_dialogues/data.parquet", label="label", positive=("1",), licence="Apache-2.0"),
    )
    limits: ClassVar[tuple[Words, ...]] = (
        Words(
            "训练用的对话由语言模型生成或改写，另有本项目手写的虚构文本；真实通话中的效果未经检验。",
            "The training conversations were written or rewritten by a language model, beside them stand texts made "
            "up by hand for this project; real calls are untested.",
        ),
        Words(
            "同一数据集内部的成绩接近满分，说明不了问题：正常对话的开场白由同一批提示生成（如“欢迎使用我们的服务”）。应看跨来源的成绩。",
            "Figures within one data set are near perfect and prove nothing: its innocent conversations open with the "
            "same few phrases of one generator. The figures across sources count.",
        ),
    )

    def __init__(self, writers: frozenset[str] | None = None) -> None:
        """Learn from the made-up texts of `writers`, by default of all training writers."""
        self._writers = writers

    def groups(self, table: pa.Table) -> NDArray[np.object_]:
        """Return groups of near-duplicate conversations, speaker labels aside."""
        return near_duplicates([strip_speakers(text) for text in table["text"].to_pylist()]).astype(object)

    def excerpts(self, table: pa.Table) -> tuple[tuple[Words, pa.Table], ...]:
        """Return the whole conversations, and their first turns."""
        first = [strip_speakers(text, FIRST_TURNS) for text in table["text"].to_pylist()]
        return (
            (Words("整段", "whole"), table),
            (Words(f"前 {FIRST_TURNS} 轮", f"first {FIRST_TURNS} turns"), pa.table({"text": first})),
        )

    def fit(self, examples: Examples, *, seed: int = 0) -> FittedTranscript:
        """Fit the model: fraud or not for labels 0 and 1, else one class for each label.

        Fraud or not also learns from the made-up texts; each source, and in it frauds and innocents, has the same
        weight.
        """
        classes = class_names(examples.labels)
        return self._fit_classes(examples, classes, seed) if classes else self._fit_fraud(examples, seed)

    def _fit_fraud(self, examples: Examples, seed: int) -> FittedTranscript:
        size = examples.table.num_rows
        written = [text for text in training_texts() if self._writers is None or text.writer in self._writers]
        sources = np.zeros(size, object) if examples.sources is None else examples.sources
        groups = np.arange(size).astype(object) if examples.groups is None else examples.groups
        conversations = examples.table["text"].to_pylist()
        texts = [strip_speakers(text, turns) for turns in (0, FIRST_TURNS) for text in conversations]
        labels = np.concatenate([examples.labels, examples.labels, [text.fraud for text in written]]).astype(np.int64)
        sources = np.concatenate([sources, sources, np.full(len(written), "made-up")])
        groups = np.concatenate([groups, groups, [f"writer {text.writer}" for text in written]])
        linear = fit(
            TRANSCRIPT_VIEWS,
            build_views(pa.array([*texts, *(text.text for text in written)], pa.string())),
            labels,
            cost=1.0,
            row_weights=balanced_weights(sources, labels),
            groups=groups.astype(str).astype(object),
            parts=1,
            seed=seed,
        )
        return FittedTranscript(linear)

    def _fit_classes(self, examples: Examples, classes: tuple[str, ...], seed: int) -> FittedTranscript:
        texts = examples.table["text"].to_pylist()
        all_texts = [strip_speakers(text) for text in texts] + [strip_speakers(text, FIRST_TURNS) for text in texts]
        is_balanced = len(texts) <= MAX_BALANCED
        groups = np.arange(len(texts)) if examples.groups is None else examples.groups
        linear = fit(
            VIEWS[:2],
            build_views(pa.array(all_texts, pa.string())),
            np.concatenate([examples.labels, examples.labels]),
            classes=classes,
            groups=np.concatenate([groups, groups]).astype(object),
            parts=5 if is_balanced else 1,
            evened=np.arange(len(all_texts)) < len(texts) if is_balanced else None,
            seed=seed,
        )
        return FittedTranscript(linear)

    def load(self, path: Path | None = None) -> FittedTranscript:
        """Load the shipped weights, or those of another file."""
        return FittedTranscript(load_text(path or self.weights).linear)


MODEL = Transcript()
