"""Which kind of fraud a call or conversation is, usable after its first turns."""

import re
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.learn.fit_linear import fit
from fanzha.models._model import Examples, Model, Source
from fanzha.models._text import FittedText, class_names, load_text, look, views_for

FIRST_TURNS = 2
#: Up to so many conversations classes are evened out on held-out rows; beyond, the four fits more take minutes.
MOST_EVENED = 6_000

#: The data sets' classes in the handbook's terms.
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


def plain(text: str | None, turns: int = 0) -> str:
    """Return a conversation without its speakers' marks; `turns` > 0 keeps only the first."""
    lines = [line for line in (text or "").splitlines() if line.strip()]
    return _SPEAKER.sub("", "\n".join(lines[:turns] if turns else lines))


class FittedTranscript(FittedText):
    """The fitted model; speakers' marks are taken away before scoring."""

    def score(self, table: pa.Table) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
        """Return conversations × classes."""
        texts = pa.array([plain(text) for text in table["text"].to_pylist()], pa.string())
        return super().score(pa.table({"text": texts}))


class Transcript(Model):
    """A linear machine over character n-grams, learned from whole conversations and from their first turns."""

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
        """Learn; each conversation stands twice, whole and by its first turns."""
        texts = examples.table["text"].to_pylist()
        both = [plain(text) for text in texts] + [plain(text, FIRST_TURNS) for text in texts]
        classes = class_names(examples.labels)
        even = bool(classes) and len(texts) <= MOST_EVENED
        groups = np.arange(len(texts)) if examples.groups is None else examples.groups
        linear = fit(
            views_for(examples)[:2],
            look(pa.array(both, pa.string())),
            np.concatenate([examples.labels, examples.labels]),
            classes=classes,
            groups=np.concatenate([groups, groups]).astype(object),
            parts=5 if even else 1,
            evened=np.arange(len(both)) < len(texts) if even else None,
            seed=seed,
        )
        return FittedTranscript(linear)

    def load(self, path: Path | None = None) -> FittedTranscript:
        """Return the shipped weights, or those of another file."""
        return FittedTranscript(load_text(path or self.weights).linear)


MODEL = Transcript()
