"""Subscribers whose calls, texts, traffic and bills resemble a fraudster's: cards to verify again (ATF Art. 11)."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import BatchDetector
from fanzha.detect._contributions import explain_rows
from fanzha.detect._profile.examples import EXAMPLES
from fanzha.detect._profile.explain import (
    FROM_WINDOWS,
    LAW,
    NAME,
    NO_BILL,
    NO_BILLING_DATA,
    USED,
    VERSION,
    ProfileAssessment,
    build_finding,
)
from fanzha.events.subscriber_profile import BY_WINDOWS
from fanzha.models.families.boosted_trees import Boosted
from fanzha.models.families.profile_model import ProfileModel
from fanzha.models.subscriber import MODEL as WHOLE
from fanzha.models.subscriber_usage import MODEL as USAGE

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_ENVELOPE = ("event_id", "occurred_at", "source", "basis", "simulated", "subscriber", *USED)


class FraudSubscriberDetector(BatchDetector):
    """Scores billed subscribers by the whole profile, all others by calls and texts alone."""

    name = NAME
    version = VERSION
    title = Words("涉诈用户", "Fraud subscriber")
    tells = Words(
        "根据用户的通话、短信、流量和账单画像评分，并列出对评分影响最大的指标及普通用户的中位数。没有账单的用户仅"
        "依据通话和短信评分。",
        "This detector scores a subscriber by a profile of calls, texts, data traffic and bills. It lists the "
        "figures that moved the score most, next to the median of ordinary subscribers. Subscribers without bills "
        "are scored by calls and texts alone.",
    )
    reads = ("subscriber_profile",)
    law = LAW
    examples = EXAMPLES

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Yield the findings of one batch of profiles; profiles without calls and texts are skipped."""
        rows = pa.Table.from_batches([batch])
        is_billed = pc.is_valid(rows["bill_cny_mean"])
        has_usage = pc.or_(pc.is_valid(rows["calls"]), pc.is_valid(rows["texts"]))
        yield from self._score(WHOLE, self._full_model, rows.filter(pc.and_(is_billed, has_usage)))
        yield from self._score(USAGE, self._usage_model, rows.filter(pc.and_(pc.invert(is_billed), has_usage)))

    def _score(self, model: ProfileModel, fitted: Boosted, rows: pa.Table) -> Iterator[Finding]:
        if not rows.num_rows:
            return
        low, high = (self._thresholds[model.name, rate] for rate in ("1pct", "0.1pct"))
        for index, event, score, contributions in explain_rows(fitted, rows, low, _ENVELOPE):
            is_certain = score >= high
            assessment = ProfileAssessment(
                model=model.name,
                model_version=model.version,
                score=score,
                rate=0.001 if is_certain else 0.01,
                threshold=high if is_certain else low,
                contributions=contributions,
                caveat=_caveat(model, event["source"], rows["bill_cny"][index].as_py()),
            )
            yield build_finding(assessment, event)

    @cached_property
    def _full_model(self) -> Boosted:
        return WHOLE.load()

    @cached_property
    def _usage_model(self) -> Boosted:
        return USAGE.load()

    @cached_property
    def _thresholds(self) -> dict[tuple[str, str], float]:
        return {(m.name, rate): value for m in (WHOLE, USAGE) for rate, value in m.card().thresholds.items()}


def _caveat(model: ProfileModel, source: str, bills: float | None) -> Words | None:
    if model is WHOLE:
        return None
    if source == BY_WINDOWS:
        return FROM_WINDOWS
    return NO_BILLING_DATA if bills is None else NO_BILL


DETECTOR = FraudSubscriberDetector()
