"""Is this text a fraud, where its words leave it in doubt? Then its meaning is asked too, by a slow embedding."""

import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.learn.card import sha256_of
from fanzha.learn.codes import code_points
from fanzha.learn.embedding import embed
from fanzha.learn.fold import written
from fanzha.learn.logistic import Floats, Logistic, as_shares, fit_logistic, log_odds
from fanzha.learn.metrics import threshold_at
from fanzha.learn.obfuscate import obfuscate
from fanzha.learn.split import folds
from fanzha.models._model import Examples, Fitted, Model, Source
from fanzha.models._text import FittedText
from fanzha.models.message import KNOWLEDGE_WEIGHT, knowledge
from fanzha.models.message import MODEL as FAST

#: In doubt is what the words put between these rates of false alarms; learned from is a little more.
DOUBT, LEARNED_FROM = (0.01, 0.001), 0.05
FOLDS, MOST_ROWS = 5, 2_500
MOST_CHARACTERS = 200  # time grows with them, and a text says early what it wants
COST = 0.003  # small: chosen on kinds of fraud left out of the training

_DIGIT = re.compile("[1-9]")


@dataclass
class FittedSlow(Fitted):
    """The fast model, between which of its scores the meaning is asked, and what makes a score of a meaning."""

    fast: FittedText
    low: float
    high: float
    head: Logistic

    def asks(self, fast: Floats) -> NDArray[np.bool_]:
        """Say which fast scores leave their texts in doubt."""
        return (fast >= self.low) & (fast < self.high)

    def meaning(self, texts: Sequence[str]) -> Floats:
        """Return what the meaning alone says of each text, 0-1; some 20 texts a CPU-second."""
        return as_shares(self.head.log_odds(embed(plain(texts))))

    def joined(self, fast: Floats, meaning: Floats) -> Floats:
        """Return the score of both tiers: the odds of words and meaning multiply."""
        return as_shares(log_odds(fast) + log_odds(meaning))

    def score(self, table: pa.Table) -> Floats:
        """Return one probability a text: of its words, and in doubt of words and meaning."""
        scores = self.fast.score(table)
        asked = np.flatnonzero(self.asks(scores))
        scores[asked] = self.joined(scores[asked], self.meaning(_texts(table, asked)))
        return scores

    def save(self, path: Path) -> None:
        """Write the head; the fast model has its own file."""
        data, head = io.BytesIO(), self.head
        fast = np.array(sha256_of(FAST.weights) if FAST.weights.exists() else "")
        np.savez(data, low=self.low, high=self.high, weights=head.weights, bias=head.bias, fast=fast)
        path.write_bytes(data.getvalue())


def plain(texts: Sequence[str]) -> list[str]:
    """Return the texts as the embedding sees them: width, case and script folded, every digit 0, cut.

    Texts that differ in digits alone are asked about once.
    """
    codes = written(code_points(pa.array(texts, pa.string())))
    return [_DIGIT.sub("0", codes.text(row))[:MOST_CHARACTERS] for row in range(len(texts))]


class MessageSlow(Model):
    """The message model, and a logistic regression over the embedding of what that leaves in doubt."""

    name: ClassVar[str] = "message-slow"
    title: ClassVar[Words] = Words("诈骗短信（含慢速层）", "fraud text, with the slow tier")
    reads: ClassVar[str] = "text"
    answers: ClassVar[str] = "yes_no"
    sources: ClassVar[tuple[Source, ...]] = FAST.sources
    limits: ClassVar[tuple[Words, ...]] = (
        *FAST.limits,
        Words(
            "只有快速层评分介于 1% 与 0.1% 误报水平之间的文本才询问慢速层，其余得分与 message 模型相同；"
            "每种文本约需 50 毫秒 CPU，只看还原伪装后的前 200 个字符。",
            "Only texts that the fast tier puts between 1 % and 0.1 % false alarms are asked about; all others keep "
            "the score of the message model. A text costs some 50 ms of CPU; its first 200 characters are looked at.",
        ),
        Words(
            "逐类留出诈骗种类时召回有提高；但在训练之外的来源（中文 Fraud-R1）上没有提高，1% 误报时略有下降。",
            "It helped on kinds of fraud left out of the training one by one; on a source outside the training "
            "(Chinese Fraud-R1) it gained nothing and lost a little at 1 % false alarms.",
        ),
    )

    def fit(self, examples: Examples, *, seed: int = 0) -> FittedSlow:
        """Learn the fast model, see what it leaves in doubt unseen, and learn from the meaning of that.

        Needs 1,000 innocent rows (labels 0 and 1); embeds at most some 5,000 texts, a few minutes of CPU.
        """
        labels = examples.labels.astype(np.int64)
        groups = self.groups(examples.table) if examples.groups is None else examples.groups
        assert groups is not None
        unseen = _unseen(examples, groups, seed)
        low, high, wide = (threshold_at(unseen[labels == 0], rate) for rate in (*DOUBT, LEARNED_FROM))
        chosen = _chosen((unseen >= wide) & (unseen < high), groups, seed)
        head = _head(_texts(examples.table, chosen), labels[chosen], seed)
        return FittedSlow(FAST.fit(examples, seed=seed), low, high, head)

    def load(self, path: Path | None = None) -> FittedSlow:
        """Return the shipped head, or that of another file, on the shipped fast model."""
        with np.load(path or self.weights, allow_pickle=False) as data:
            head = Logistic(data["weights"], float(data["bias"]))
            return FittedSlow(FAST.load(), float(data["low"]), float(data["high"]), head)


def _texts(table: pa.Table, rows: NDArray[np.intp]) -> list[str]:
    return [text or "" for text in table["text"].take(pa.array(rows.tolist(), pa.int64())).to_pylist()]


def _unseen(examples: Examples, groups: NDArray[np.object_], seed: int) -> Floats:
    """Return the fast score of each row by a fit that has seen neither it nor its group."""
    fold = folds(examples.labels, groups, FOLDS, seed=seed)
    scores = np.zeros(len(fold))
    for number in range(FOLDS):
        inside = fold == number
        fitted = FAST.fit(_rows(examples, ~inside), seed=seed)
        scores[inside] = fitted.score(_rows(examples, inside).table)
    return scores


def _rows(examples: Examples, inside: NDArray[np.bool_]) -> Examples:
    sources = None if examples.sources is None else examples.sources[inside]
    groups = None if examples.groups is None else examples.groups[inside]
    return Examples(examples.table.filter(pa.array(inside)), examples.labels[inside], groups, sources)


def _chosen(wanted: NDArray[np.bool_], groups: NDArray[np.object_], seed: int) -> NDArray[np.intp]:
    """Return at most `MOST_ROWS` of the wanted rows, one a group."""
    rows = np.flatnonzero(wanted)
    rows = rows[np.unique(groups[rows].astype(str), return_index=True)[1]]
    return np.sort(np.random.default_rng(seed).permutation(rows)[:MOST_ROWS])


def _head(texts: list[str], labels: NDArray[np.int64], seed: int) -> Logistic:
    """Learn from the texts, a disguised copy of each, and the made-up texts."""
    known = knowledge()
    disguised = [obfuscate([text], seed=seed + zlib.crc32(text.encode()))[0] for text in texts]
    both = [*texts, *disguised, *(one.text for one in known)]
    wanted = np.concatenate([labels, labels, [one.fraud for one in known]])
    weights = np.ones(len(wanted))
    weights[2 * len(texts) :] = KNOWLEDGE_WEIGHT
    return fit_logistic(embed(plain(both)), wanted, cost=COST, row_weights=weights)


MODEL = MessageSlow()
