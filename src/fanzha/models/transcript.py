"""Kind of fraud of a call or conversation, usable after its first turns."""

import re
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.learn.fit_linear import fit
from fanzha.models._model import Examples, Model, Source
from fanzha.models.families.text import FittedText, build_views, class_names, load_text, views_for

FIRST_TURNS = 2
#: Up to this many conversations, classes are balanced on held-out rows; beyond, four more fits would take minutes.
MAX_BALANCED = 6_000

#: The classes of the data sets as fraud types of the handbook.
FRAUD_TYPE_OF = {
    "客服诈骗": "fake_cs",
    "银行诈骗": "fake_bank",
    "投资诈骗": "fake_invest",
    "钓鱼诈骗": "phishing",
    "彩票诈骗": "prize",
    "绑架诈骗": "kidnap",
    "身份盗窃": "identity_theft",
    "邮件诈骗": "phishing",
}
_SPEAKER = re.compile(r"(?m)^\s*(?:left|right|L|R|A|B|客户|客服|坐席|用户)\s*[:：]\s*")


def strip_speakers(text: str | None, turns: int = 0) -> str:
    """Return a conversation without speaker labels; only its first turns if `turns` > 0."""
    lines = [line for line in (text or "").splitlines() if line.strip()]
    return _SPEAKER.sub("", "\n".join(lines[:turns] if turns else lines))


class FittedTranscript(FittedText):
    """The fitted model; speaker labels are removed before scoring."""

    def score(self, table: pa.Table) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
        """Return conversations × classes."""
        texts = pa.array([strip_speakers(text) for text in table["text"].to_pylist()], pa.string())
        return super().score(pa.table({"text": texts}))


class Transcript(Model):
    """A linear model over character n-grams, trained on whole conversations and on their first turns."""

    name: ClassVar[str] = "transcript"
    title: ClassVar[Words] = Words("通话与会话类型", "type of a conversation")
    reads: ClassVar[str] = "text"
    sources: ClassVar[tuple[Source, ...]] = (
        Source("zh_call_dialogues_2677/data.parquet", label="type", licence="no licence (training only)"),
        Source(
            "teleantifraud_dialogues/data.parquet",
            label="type",
            where={"label": ("1",)},
            licence="Apache-2.0",
        ),
    )
    limits: ClassVar[tuple[Words, ...]] = (
        Words(
            "训练用的对话多由语言模型生成或改写，真实通话中的效果未经检验。",
            "The training conversations were mostly written or rewritten by a language model; real calls are untested.",
        ),
    )

    def fit(self, examples: Examples, *, seed: int = 0) -> FittedTranscript:
        """Fit the model; each conversation is used twice, whole and by its first turns."""
        texts = examples.table["text"].to_pylist()
        all_texts = [strip_speakers(text) for text in texts] + [strip_speakers(text, FIRST_TURNS) for text in texts]
        classes = class_names(examples.labels)
        is_balanced = bool(classes) and len(texts) <= MAX_BALANCED
        groups = np.arange(len(texts)) if examples.groups is None else examples.groups
        linear = fit(
            views_for(examples)[:2],
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
