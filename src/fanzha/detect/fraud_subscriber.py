"""Subscribers whose calls, texts, traffic and bills look like a fraudster's: cards to verify again (Art. 11)."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect._contributions import above
from fanzha.detect._detector import BatchDetector
from fanzha.detect._profile.examples import EXAMPLES
from fanzha.detect._profile.telling import (
    FROM_WINDOWS,
    LAW,
    NAME,
    NO_BILL,
    NO_BILLING_DATA,
    VERSION,
    Judged,
    finding,
)
from fanzha.events.subscriber_profile import BY_WINDOWS
from fanzha.models._boosted import Boosted
from fanzha.models._profile_model import ProfileModel
from fanzha.models.subscriber import MODEL as WHOLE
from fanzha.models.subscriber_usage import MODEL as USAGE

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_ENVELOPE = ("event_id", "occurred_at", "source", "basis", "simulated", "subscriber")


class FraudSubscriber(BatchDetector):
    """Judges billed subscribers by the whole profile, the others by calls and texts alone."""

    name = NAME
    version = VERSION
    title = Words("涉诈用户", "fraud subscriber")
    tells = Words(
        "按通话、短信、流量和账单画像给用户评分，列出影响最大的指标及普通用户的中位数；没有账单的用户只看通话与短信。",
        "Scores a subscriber by the profile of calls, texts, traffic and bills, with the numbers that moved it most "
        "beside what is usual; subscribers without bills by calls and texts alone.",
    )
    reads = ("subscriber_profile",)
    law = LAW
    examples = EXAMPLES

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Find in one batch of profiles; one that has neither calls nor texts cannot be judged."""
        rows = pa.Table.from_batches([batch])
        billed = pc.is_valid(rows["bill_cny_mean"])
        used = pc.or_(pc.is_valid(rows["calls"]), pc.is_valid(rows["texts"]))
        yield from self._by(WHOLE, self._whole, rows.filter(pc.and_(billed, used)))
        yield from self._by(USAGE, self._usage, rows.filter(pc.and_(pc.invert(billed), used)))

    def _by(self, model: ProfileModel, fitted: Boosted, rows: pa.Table) -> Iterator[Finding]:
        if not rows.num_rows:
            return
        low, high = (self._thresholds[model.name, rate] for rate in ("1pct", "0.1pct"))
        for at, event, score, moved in above(fitted, rows, low, _ENVELOPE):
            sure = score >= high
            judged = Judged(
                model=model.name,
                model_version=model.version,
                score=score,
                rate=0.001 if sure else 0.01,
                threshold=high if sure else low,
                contributions=moved,
                caveat=_caveat(model, event["source"], rows["bill_cny"][at].as_py()),
            )
            yield finding(judged, event)

    @cached_property
    def _whole(self) -> Boosted:
        return WHOLE.load()

    @cached_property
    def _usage(self) -> Boosted:
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


DETECTOR = FraudSubscriber()
