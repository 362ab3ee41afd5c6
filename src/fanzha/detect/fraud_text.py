"""Fraud texts: a model scores what a text says, demands and leads to (ATF Art. 25, 34)."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.brands import BrandTable
from fanzha.claims import Finding
from fanzha.demands import find_demands
from fanzha.detect import Detector, Session
from fanzha.detect._text.examples import TEXTS
from fanzha.detect._text.explain import LAW, ScoredText, build_finding
from fanzha.detect._text.repeats import FirstCopy, RepeatedText, TextRepeatCounter, first_copy
from fanzha.kinds.message import KIND
from fanzha.learn.fragments import mask_fragments
from fanzha.models.families.contacts import ContactReader
from fanzha.models.families.mixture import FittedMixture
from fanzha.models.families.own_model import MixedText, OwnModel
from fanzha.models.message import MODEL
from fanzha.models.message_type import MODEL as TYPES
from fanzha.models.message_type import FittedType, TypeGuess

OTHER_CHANNELS = ("call_transcript", "case", "report")  # left to the detector fraud_type
TYPE_BATCH = 1_000  # texts whose type is scored at once
ALARMS = (
    Words("千分之一误报水平", "read at 0.1 % false alarms"),
    Words("告警阈值", "read at the alarm threshold"),
    Words("用语本身不足为凭，但链接仿冒", "little by itself, but the link is an imitation"),
)
IMITATION_SCORE = 0.6  # least score of a text with a link that imitates a brand


class FraudTextDetector(Detector):
    """Reports texts whose score reaches the alarm threshold of the model's card, or whose link imitates a brand."""

    name = "fraud-text"
    version = "2"
    title = Words("诈骗短信", "Fraud text")
    tells = Words(
        "识别向收信人索要钱款、验证码、屏幕共享或诱导安装软件等的诈骗短信。识别前先还原全角、繁体、谐音、拆字、夹"
        "杂符号等伪装，并核对链接、回拨号码、联系账号以及签名与品牌是否相符；广告不按诈骗处理。仅针对该条信息，不"
        "针对其声称的发送号码。",
        "This detector finds fraud texts by what they ask of the recipient, such as money, a code, the screen or an "
        "app. It first undoes disguises of the wording, and also weighs links, call-back numbers, contact handles "
        "and a signature that does not belong to the named brand; advertising does not count as fraud. It names the "
        "message, never the number that the message claims to come from.",
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
        """Yield the rows to report, with their scores."""
        scores = self._model.score(pa.table({"text": batch.column("text")}))
        channels = np.array(batch.column("channel").to_pylist(), dtype=object)
        has_imitation = np.zeros(len(scores), np.bool_)
        has_imitation[self._contacts.find_imitations(batch.column("text"))] = True
        scores = np.where(has_imitation, np.maximum(scores, IMITATION_SCORE), scores)
        is_reportable = (scores >= self._alarm) | has_imitation
        indices = np.flatnonzero(is_reportable & ~np.isin(channels, OTHER_CHANNELS))
        rows = batch.take(pa.array(indices.tolist(), pa.int64())).to_pylist()
        yield from zip(rows, scores[indices].tolist(), strict=True)

    def build_findings(self, repeats: Iterable[RepeatedText]) -> Iterator[Finding]:
        """Yield the findings of texts; their types and word scores are computed in batches."""
        reportable = [(repeat, repeat.first) for repeat in repeats if repeat.first]
        for start in range(0, len(reportable), TYPE_BATCH):
            batch = reportable[start : start + TYPE_BATCH]
            texts = [first.text for _, first in batch]
            guesses = self._types.guess(texts, self._sure_from)
            words = self._model.score_words(pa.table({"text": texts}))
            for (repeat, first), guess, words_score in zip(batch, guesses, words.tolist(), strict=True):
                scored = self._scored(first, words_score, guess)
                yield build_finding(self.name, self.applied_version, repeat, scored, first.event, self._reached(first))

    def _scored(self, first: FirstCopy, words_score: float, guess: TypeGuess) -> ScoredText:
        return ScoredText(
            text=first.text,
            score=first.model_score,
            words_score=words_score,
            fragments=tuple(mask_fragments(self._model.fragments(first.text), first.text)),
            demands=tuple(find_demands(first.text)),
            contacts=self._contacts.read(first.text),
            guess=guess,
        )

    def _reached(self, first: FirstCopy) -> Words:
        if first.model_score < self._alarm:
            return ALARMS[2]
        return ALARMS[0] if first.model_score >= max(self._alarm, self._high) else ALARMS[1]

    @cached_property
    def _model(self) -> FittedMixture | MixedText:
        model = MODEL.load() if self._own_model is None else self._own_model.load()
        return model if self._brands is None else model.with_contacts(self._contacts)

    @cached_property
    def _contacts(self) -> ContactReader:
        return ContactReader(self._brands)

    @cached_property
    def _types(self) -> FittedType:
        return TYPES.load()

    @cached_property
    def _sure_from(self) -> float:
        return TYPES.sure_from()

    @cached_property
    def _alarm(self) -> float:
        return self._thresholds["alarm"]

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
                if repeat.first is None:
                    repeat.first = first_copy(row, model_score)
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
