"""Fraud texts: the words by a compiled model, then what no model sees, on the few that are in doubt (Art. 25, 34)."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.brands import BrandTable
from fanzha.claims import Finding
from fanzha.detect._detector import Detector, Session
from fanzha.detect._text.examples import TEXTS
from fanzha.detect._text.repeats import First, Repeat, Repeats, first_of
from fanzha.detect._text.second import Second, ask
from fanzha.detect._text.telling import LAW, finding
from fanzha.detect._text.weighing import Weigher
from fanzha.kinds.message import KIND
from fanzha.learn.embedding import engine
from fanzha.models._text import FittedText
from fanzha.models.message import MODEL
from fanzha.models.message_slow import MODEL as SLOW
from fanzha.models.message_slow import FittedSlow
from fanzha.models.message_type import FRAUD_TYPE_OF
from fanzha.models.message_type import MODEL as TYPES

ELSEWHERE = ("call_transcript", "case", "report")  # told by fraud_type, turn by turn
TOGETHER = 1_000  # texts whose type is scored at once
ALARMS = (
    Words("千分之一误报水平", "read at 0.1 % false alarms"),
    Words("百分之一误报水平，另有佐证", "read at 1 % false alarms, with other signs"),
    Words("用语本身不足为凭，但链接仿冒", "little by themselves, but the link is an imitation"),
)
TYPE_FROM = 0.4  # share of a type from which it is named; below it any would be a guess
BY_LINK = 0.5  # of what words, link and other signs say together, from which a text is told for its link


class FraudText(Detector):
    """Claims what the words alone say at one false alarm in a thousand, or at one in a hundred with a sign beside."""

    name = "fraud-text"
    version = "1"
    title = Words("诈骗短信", "fraud text")
    tells = Words(
        "用语与诈骗短信相似的文本（先还原全角、繁体、谐音、夹杂符号等伪装），并看链接、回拨号码、联系账号、签名与品牌是否相符；广告不算诈骗。"
        "只针对这条信息，不针对所声称的发送号码。",
        "Texts whose words are those of fraud, disguises folded away, weighed with links, call-back numbers, contact "
        "handles and a signature that is not the named brand's. Advertising is not fraud. Meant is the message, never "
        "the number that it claims to come from.",
    )
    reads = ("message",)
    law = LAW
    examples = TEXTS

    def __init__(self, brands: BrandTable | None = None, slow: FittedSlow | None = None) -> None:
        """Compare names and links with these brands, by default those of the package; `slow` asks a second tier."""
        self._brands = brands
        self._slow = slow

    def protecting(self, brands: BrandTable) -> "FraudText":
        """Return the detector for an operator's table of brands."""
        return FraudText(brands, self._slow)

    def with_slow_tier(self) -> "FraudText":
        """Return the detector that also asks what a text means where its words leave doubt."""
        engine()  # that the package is missing is said before anything is read
        return FraudText(self._brands, SLOW.load())

    def open(self, saved: bytes = b"") -> Session:
        """Start, or go on with the texts that a saved session remembers."""
        return Sorting(self, Repeats.load(saved))

    def doubtful(self, batch: pa.RecordBatch) -> Iterator[tuple[dict[str, Any], float, Second | None]]:
        """Yield the rows that the models make worth a second look, with what they gave them."""
        scores = self._model.score(pa.table({"text": batch.column("text")}))
        channels = np.array(batch.column("channel").to_pylist(), dtype=object)
        low = min(self._low, self._slow.low) if self._slow else self._low
        imitating = np.zeros(len(scores), np.bool_)
        imitating[self._weigher.imitating(batch.column("text"))] = True
        chosen = np.flatnonzero(((scores >= low) | imitating) & ~np.isin(channels, ELSEWHERE))
        rows = batch.take(pa.array(chosen.tolist(), pa.int64())).to_pylist()
        for row, words, leads in zip(rows, scores[chosen].tolist(), imitating[chosen].tolist(), strict=True):
            model, second = ask(self._slow, row["text"], words) if self._slow else (words, None)
            if model >= self._low or leads:
                yield row, model, second

    def worth_telling(self, first: First) -> bool:
        """Say whether the words alone are enough, or a sign stands beside them; mild ones need a forged link."""
        if first.model >= self._high:
            return True
        weighed = self._weigher.weigh(first.text, first.model)
        return weighed.has_signs if first.model >= self._low else weighed.score >= BY_LINK

    def told(self, repeats: Iterable[Repeat]) -> Iterator[Finding]:
        """Yield the findings of those that are worth telling; their types are scored together."""
        known = [(repeat, repeat.first) for repeat in repeats if repeat.first]
        for start in range(0, len(known), TOGETHER):
            part = known[start : start + TOGETHER]
            shares = self._types.score(pa.table({"text": [first.text for _, first in part]}))
            for (repeat, first), share in zip(part, shares, strict=True):
                yield self._finding(repeat, first, share)

    def _finding(self, repeat: Repeat, first: First, shares: NDArray[np.float64]) -> Finding:
        frauds = np.array([FRAUD_TYPE_OF.get(name, "") != "" for name in self._types.classes])
        best = int(np.argmax(np.where(frauds, shares, -1.0)))
        weighed = self._weigher.weigh(first.text, first.model, first.second)
        named = FRAUD_TYPE_OF[self._types.classes[best]] if shares[best] >= TYPE_FROM else "other"
        return finding(
            self.name,
            self.version,
            repeat,
            weighed,
            self._model.fragments(first.text),
            "phishing" if named == "other" and weighed.imitates else named,
            float(shares[best]),
            first.event,
            ALARMS[0] if first.model >= self._high else ALARMS[1] if first.model >= self._low else ALARMS[2],
        )

    @cached_property
    def _model(self) -> FittedText:
        return MODEL.load()

    @cached_property
    def _types(self) -> FittedText:
        return TYPES.load()

    @cached_property
    def _weigher(self) -> Weigher:
        return Weigher(self._brands)

    @cached_property
    def _low(self) -> float:
        return (SLOW if self._slow else MODEL).card().thresholds["1pct"]

    @cached_property
    def _high(self) -> float:
        return (SLOW if self._slow else MODEL).card().thresholds["0.1pct"]


class Sorting(Session):
    """Counts how often the same words came and tells them once, when the run ends or there is no more room."""

    def __init__(self, detector: FraudText, repeats: Repeats) -> None:
        """Go on from what is remembered."""
        self._detector = detector
        self._repeats = repeats

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Count the suspects of a batch; what is forgotten to make room is told."""
        forgotten = []
        for row, model, second in self._detector.doubtful(batch):
            if subject := _subject(row["text"]):
                repeat, gone = self._repeats.count(subject, row)
                forgotten += [gone] if gone else []
                if repeat.first is None and self._detector.worth_telling(first := first_of(row, model, second)):
                    repeat.first = first
        return list(self._detector.told(forgotten))

    def finish(self) -> Iterable[Finding]:
        """Tell all that is remembered, in order of first appearance."""
        yield from sorted(self._detector.told(self._repeats.all()), key=lambda one: (one.found_at, one.event_ids))

    def save(self) -> bytes:
        """Return what is remembered."""
        return self._repeats.save()


def _subject(text: str) -> str:
    try:
        return KIND.normalise(text)
    except Malformed:
        return ""


DETECTOR = FraudText()
