"""Fraud texts: the words by a compiled model, then what no model sees, on the few that are in doubt (Art. 25, 34)."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pyarrow as pa

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.brands import BrandTable
from fanzha.claims import Finding
from fanzha.detect._detector import BatchDetector
from fanzha.detect._text.examples import TEXTS
from fanzha.detect._text.telling import LAW, finding
from fanzha.detect._text.weighing import Weighed, Weigher
from fanzha.kinds.message import KIND
from fanzha.models._text import FittedText
from fanzha.models.message import MODEL
from fanzha.models.message_type import FRAUD_TYPE_OF
from fanzha.models.message_type import MODEL as TYPES

ELSEWHERE = ("call_transcript", "case", "report")  # told by fraud_type, turn by turn
ALARMS = (
    Words("千分之一误报水平", "read at 0.1 % false alarms"),
    Words("百分之一误报水平，另有佐证", "read at 1 % false alarms, with other signs"),
)


class FraudText(BatchDetector):
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

    def __init__(self, brands: BrandTable | None = None) -> None:
        """Compare names and links with these brands, by default those that come with the package."""
        self._brands = brands

    def protecting(self, brands: BrandTable) -> "FraudText":
        """Return the detector for an operator's table of brands."""
        return FraudText(brands)

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Find in one batch; the same words are told once a batch, with how often they came."""
        scores = self._model.score(pa.table({"text": batch.column("text")}))
        channels = np.array(batch.column("channel").to_pylist(), dtype=object)
        doubtful = np.flatnonzero((scores >= self._low) & ~np.isin(channels, ELSEWHERE))
        rows = batch.take(pa.array(doubtful.tolist(), pa.int64())).to_pylist()
        found: dict[tuple[str, object, object], tuple[Weighed, dict[str, object]]] = {}
        copies: dict[tuple[str, object, object], int] = {}
        for row, score in zip(rows, scores[doubtful], strict=True):
            subject = _subject(row["text"])
            key = (subject, row["simulated"], row["basis"])  # real and made-up copies are told apart
            copies[key] = copies.get(key, 0) + 1
            if key not in found and subject:
                weighed = self._weigher.weigh(row["text"], float(score))
                if weighed.model >= self._high or weighed.has_signs:
                    found[key] = (weighed, row)
        return [self._finding(key[0], weighed, row, copies[key]) for key, (weighed, row) in found.items()]

    def _finding(self, subject: str, weighed: Weighed, row: dict[str, object], copies: int) -> Finding:
        shares = self._types.score(pa.table({"text": [weighed.text]}))[0]
        frauds = np.array([FRAUD_TYPE_OF.get(name, "") != "" for name in self._types.classes])
        best = int(np.argmax(np.where(frauds, shares, -1.0)))
        known = bool(shares[best] >= 0.2)
        return finding(
            self.name,
            self.version,
            subject,
            weighed,
            self._model.fragments(weighed.text),
            FRAUD_TYPE_OF[self._types.classes[best]] if known else "other",
            float(shares[best]),
            row,
            copies,
            ALARMS[0] if weighed.model >= self._high else ALARMS[1],
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
        return MODEL.card().thresholds["1pct"]

    @cached_property
    def _high(self) -> float:
        return MODEL.card().thresholds["0.1pct"]


def _subject(text: str) -> str:
    try:
        return KIND.normalise(text)
    except Malformed:
        return ""


DETECTOR = FraudText()
