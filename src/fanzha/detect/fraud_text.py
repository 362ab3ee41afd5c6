"""Fraud texts: a model scores the words, and links, numbers and signature if it is uncertain (ATF Art. 25, 34)."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.brands import BrandTable
from fanzha.claims import Finding
from fanzha.detect import Detector, Session
from fanzha.detect._text.examples import TEXTS
from fanzha.detect._text.explain import LAW, build_finding
from fanzha.detect._text.repeats import FirstCopy, RepeatedText, TextRepeatCounter, first_copy
from fanzha.detect._text.scoring import TextScorer
from fanzha.kinds.message import KIND
from fanzha.models.families.own_model import MixedText, OwnModel
from fanzha.models.families.text import FittedText
from fanzha.models.message import MODEL
from fanzha.models.message_type import FRAUD_TYPE_OF
from fanzha.models.message_type import MODEL as TYPES

OTHER_CHANNELS = ("call_transcript", "case", "report")  # left to the detector fraud_type
TYPE_BATCH = 1_000  # texts whose type is scored at once
ALARMS = (
    Words("千分之一误报水平", "read at 0.1 % false alarms"),
    Words("百分之一误报水平，另有佐证", "read at 1 % false alarms, with other signs"),
    Words("用语本身不足为凭，但链接仿冒", "little by themselves, but the link is an imitation"),
)
MIN_TYPE_SHARE = 0.4  # probability from which a fraud type is named
MIN_LINK_SCORE = 0.5  # joint score of words, link and other signs from which a text is reported for its link


class FraudTextDetector(Detector):
    """Reports texts whose words pass the threshold for 0.1 % false alarms, or that for 1 % with a further sign."""

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

    def __init__(self, brands: BrandTable | None = None, own_model: OwnModel | None = None) -> None:
        """Compare names and links with `brands`, by default the shipped table; score with `own_model` if given."""
        self._brands = brands
        self._own_model = own_model

    @property
    def applied_version(self) -> str:
        """The version, with the tag of the own model."""
        return self.version if self._own_model is None else f"{self.version}+{self._own_model.card.tag}"

    def with_brands(self, brands: BrandTable) -> "FraudTextDetector":
        """Return the detector for `brands`."""
        return FraudTextDetector(brands, self._own_model)

    def with_own_models(self, models: Mapping[str, OwnModel]) -> "FraudTextDetector":
        """Return the detector for the own model of texts, if there is one."""
        own_model = models.get(MODEL.name)
        return self if own_model is None else FraudTextDetector(self._brands, own_model)

    def open(self, saved: bytes = b"") -> Session:
        """Start a session, or resume a saved one."""
        return FraudTextSession(self, TextRepeatCounter.load(saved))

    def suspect_rows(self, batch: pa.RecordBatch) -> Iterator[tuple[dict[str, Any], float]]:
        """Yield the rows to examine further, with their model scores."""
        scores = self._model.score(pa.table({"text": batch.column("text")}))
        channels = np.array(batch.column("channel").to_pylist(), dtype=object)
        has_imitation = np.zeros(len(scores), np.bool_)
        has_imitation[self._scorer.find_imitations(batch.column("text"))] = True
        indices = np.flatnonzero(((scores >= self._low) | has_imitation) & ~np.isin(channels, OTHER_CHANNELS))
        rows = batch.take(pa.array(indices.tolist(), pa.int64())).to_pylist()
        yield from zip(rows, scores[indices].tolist(), strict=True)

    def is_reportable(self, first: FirstCopy) -> bool:
        """Return whether a text suffices for a finding: by its words, a further sign, or an imitated link."""
        if first.model_score >= self._high:
            return True
        scored = self._scorer.score(first.text, first.model_score)
        return scored.has_signs if first.model_score >= self._low else scored.score >= MIN_LINK_SCORE

    def build_findings(self, repeats: Iterable[RepeatedText]) -> Iterator[Finding]:
        """Yield the findings of the reportable texts; their types are scored in batches."""
        reportable = [(repeat, repeat.first) for repeat in repeats if repeat.first]
        for start in range(0, len(reportable), TYPE_BATCH):
            batch = reportable[start : start + TYPE_BATCH]
            shares = self._types.score(pa.table({"text": [first.text for _, first in batch]}))
            for (repeat, first), type_shares in zip(batch, shares, strict=True):
                yield self._finding(repeat, first, type_shares)

    def _finding(self, repeat: RepeatedText, first: FirstCopy, shares: NDArray[np.float64]) -> Finding:
        is_fraud = np.array([FRAUD_TYPE_OF.get(name, "") != "" for name in self._types.classes])
        best = int(np.argmax(np.where(is_fraud, shares, -1.0)))
        scored = self._scorer.score(first.text, first.model_score)
        fraud_type = FRAUD_TYPE_OF[self._types.classes[best]] if shares[best] >= MIN_TYPE_SHARE else "other"
        return build_finding(
            self.name,
            self.applied_version,
            repeat,
            scored,
            self._model.fragments(first.text),
            "phishing" if fraud_type == "other" and scored.imitates else fraud_type,
            float(shares[best]),
            first.event,
            ALARMS[0]
            if first.model_score >= self._high
            else ALARMS[1]
            if first.model_score >= self._low
            else ALARMS[2],
        )

    @cached_property
    def _model(self) -> FittedText | MixedText:
        return MODEL.load() if self._own_model is None else self._own_model.load()

    @cached_property
    def _types(self) -> FittedText:
        return TYPES.load()

    @cached_property
    def _scorer(self) -> TextScorer:
        return TextScorer(self._brands)

    @cached_property
    def _low(self) -> float:
        return self._thresholds["1pct"]

    @cached_property
    def _high(self) -> float:
        return self._thresholds["0.1pct"]

    @cached_property
    def _thresholds(self) -> Mapping[str, float]:
        return (MODEL.card() if self._own_model is None else self._own_model.card).thresholds


class FraudTextSession(Session):
    """Counts copies of texts; yields one finding for each text at the end of the run, or when it is evicted."""

    def __init__(self, detector: FraudTextDetector, repeats: TextRepeatCounter) -> None:
        """Continue with `repeats`."""
        self._detector = detector
        self._repeats = repeats

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Count the suspect texts of a batch; return the findings of evicted texts."""
        evicted = []
        for row, model_score in self._detector.suspect_rows(batch):
            if subject := _subject(row["text"]):
                repeat, evicted_entry = self._repeats.count(subject, row)
                evicted += [evicted_entry] if evicted_entry and not evicted_entry.is_reported else []
                if repeat.first is None and self._detector.is_reportable(first := first_copy(row, model_score)):
                    repeat.first = first
        return list(self._detector.build_findings(evicted))

    def report(self) -> Iterable[Finding]:
        """Yield the findings of the reportable texts, with their copies so far, in order of first appearance."""
        repeats = [repeat for repeat in self._repeats.all() if repeat.first and not repeat.is_reported]
        for repeat in repeats:
            repeat.is_reported = True
        return self._sorted_findings(repeats)

    def finish(self) -> Iterable[Finding]:
        """Yield the findings of all stored texts that were not reported, in order of first appearance."""
        return self._sorted_findings(repeat for repeat in self._repeats.all() if not repeat.is_reported)

    def _sorted_findings(self, repeats: Iterable[RepeatedText]) -> list[Finding]:
        return sorted(self._detector.build_findings(repeats), key=lambda finding: (finding.found_at, finding.event_ids))

    def save(self) -> bytes:
        """Return the stored texts."""
        return self._repeats.save()


def _subject(text: str) -> str:
    try:
        return KIND.normalise(text)
    except Malformed:
        return ""


DETECTOR = FraudTextDetector()
