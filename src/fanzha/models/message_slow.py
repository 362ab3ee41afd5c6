"""Fraud texts, classified by their words and, if those are uncertain, by a slow text embedding."""

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
from fanzha.learn.fold import fold_width
from fanzha.learn.logistic import Floats, Logistic, fit_logistic, log_odds, to_probabilities
from fanzha.learn.metrics import threshold_at
from fanzha.learn.obfuscate import obfuscate
from fanzha.learn.split import folds
from fanzha.models._model import Examples, Fitted, Model, Source
from fanzha.models.families.text import FittedText
from fanzha.models.message import KNOWLEDGE_WEIGHT, knowledge
from fanzha.models.message import MODEL as FAST

#: Texts are uncertain if their score lies between these false alarm rates; training uses a wider range.
UNCERTAIN_RATES, TRAINING_RATE = (0.01, 0.001), 0.05
FOLDS, MAX_ROWS = 5, 2_500
MAX_CHARACTERS = 200  # embedding time grows with the length, and the beginning suffices
COST = 0.003  # chosen on kinds of fraud that were left out of the training

_DIGIT = re.compile("[1-9]")


@dataclass
class FittedSlow(Fitted):
    """The fast model, the range of its scores in which the slow tier is used, and the classifier of embeddings."""

    fast: FittedText
    low: float
    high: float
    head: Logistic

    def is_uncertain(self, fast: Floats) -> NDArray[np.bool_]:
        """Return the mask of fast scores that are uncertain."""
        return (fast >= self.low) & (fast < self.high)

    def score_meaning(self, texts: Sequence[str]) -> Floats:
        """Return the score of each text by its embedding alone, 0-1; takes 1 CPU-second for some 20 texts."""
        return to_probabilities(self.head.log_odds(embed(normalize_texts(texts))))

    def join_scores(self, fast: Floats, meaning: Floats) -> Floats:
        """Return the joint score of both tiers, the product of their odds."""
        return to_probabilities(log_odds(fast) + log_odds(meaning))

    def score(self, table: pa.Table) -> Floats:
        """Return one probability for each text; uncertain ones get the joint score."""
        scores = self.fast.score(table)
        uncertain = np.flatnonzero(self.is_uncertain(scores))
        scores[uncertain] = self.join_scores(scores[uncertain], self.score_meaning(_texts(table, uncertain)))
        return scores

    def save(self, path: Path) -> None:
        """Write the classifier of embeddings; the fast model has its own file."""
        data, head = io.BytesIO(), self.head
        fast = np.array(sha256_of(FAST.weights) if FAST.weights.exists() else "")
        np.savez(data, low=self.low, high=self.high, weights=head.weights, bias=head.bias, fast=fast)
        path.write_bytes(data.getvalue())


def normalize_texts(texts: Sequence[str]) -> list[str]:
    """Normalise texts for the embedding: width, case and script folded, digits 0, truncated.

    Texts that differ in digits only are embedded once.
    """
    codes = fold_width(code_points(pa.array(texts, pa.string())))
    return [_DIGIT.sub("0", codes.text(row))[:MAX_CHARACTERS] for row in range(len(texts))]


class MessageSlow(Model):
    """The message model, with a logistic regression over the embeddings of uncertain texts."""

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
        """Fit the fast model, then a classifier of embeddings on the texts with uncertain out-of-fold scores.

        Needs 1,000 negative rows (labels 0 and 1); embeds at most some 5,000 texts, which takes minutes of CPU.
        """
        labels = examples.labels.astype(np.int64)
        groups = self.groups(examples.table) if examples.groups is None else examples.groups
        assert groups is not None
        scores = _out_of_fold_scores(examples, groups, seed)
        low, high, training_low = (
            threshold_at(scores[labels == 0], rate) for rate in (*UNCERTAIN_RATES, TRAINING_RATE)
        )
        rows = _sample_rows((scores >= training_low) & (scores < high), groups, seed)
        head = _fit_head(_texts(examples.table, rows), labels[rows], seed)
        return FittedSlow(FAST.fit(examples, seed=seed), low, high, head)

    def load(self, path: Path | None = None) -> FittedSlow:
        """Load the shipped weights, or those of another file, with the shipped fast model."""
        with np.load(path or self.weights, allow_pickle=False) as data:
            head = Logistic(data["weights"], float(data["bias"]))
            return FittedSlow(FAST.load(), float(data["low"]), float(data["high"]), head)


def _texts(table: pa.Table, rows: NDArray[np.intp]) -> list[str]:
    return [text or "" for text in table["text"].take(pa.array(rows.tolist(), pa.int64())).to_pylist()]


def _out_of_fold_scores(examples: Examples, groups: NDArray[np.object_], seed: int) -> Floats:
    """Return out-of-fold scores of the fast model: each row is scored by a fit without its group."""
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


def _sample_rows(mask: NDArray[np.bool_], groups: NDArray[np.object_], seed: int) -> NDArray[np.intp]:
    """Return a random sample of at most `MAX_ROWS` of the rows of the mask, one for each group."""
    rows = np.flatnonzero(mask)
    rows = rows[np.unique(groups[rows].astype(str), return_index=True)[1]]
    return np.sort(np.random.default_rng(seed).permutation(rows)[:MAX_ROWS])


def _fit_head(texts: list[str], labels: NDArray[np.int64], seed: int) -> Logistic:
    """Fit on the texts, a disguised copy of each, and the written examples."""
    examples = knowledge()
    disguised = [obfuscate([text], seed=seed + zlib.crc32(text.encode()))[0] for text in texts]
    all_texts = [*texts, *disguised, *(example.text for example in examples)]
    all_labels = np.concatenate([labels, labels, [example.fraud for example in examples]])
    weights = np.ones(len(all_labels))
    weights[2 * len(texts) :] = KNOWLEDGE_WEIGHT
    return fit_logistic(embed(normalize_texts(all_texts)), all_labels, cost=COST, row_weights=weights)


MODEL = MessageSlow()
