"""Phishing pages, by URL, facts collected by a crawler, and domain reputation (ATF Art. 24, 25)."""

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import BatchDetector
from fanzha.detect._contributions import explain_rows
from fanzha.detect._page.examples import EXAMPLES
from fanzha.detect._page.explain import LAW, NAME, VERSION, PageAssessment, build_finding
from fanzha.kinds.website import KIND as WEBSITE
from fanzha.models.families.page_features import PAGE_FACTS, REPUTATION, read_features
from fanzha.models.families.page_model import FittedPage, PageModel
from fanzha.models.page import MODEL as WHOLE
from fanzha.models.page_facts import MODEL as ALONE

_ENVELOPE = ("event_id", "occurred_at", "basis", "simulated", "host", "url")


class PhishingPageDetector(BatchDetector):
    """Scores pages with known reputation by one model, all others by another one with a stricter threshold.

    Innocent login pages are rare in the training data: without reputation many would pass the threshold for 1 %.
    """

    name = NAME
    version = VERSION
    title = Words("钓鱼网页", "Phishing page")
    tells = Words(
        "根据网址、抓取到的页面信息和域名信誉对网页评分，并列出影响最大的特征。没有信誉数据的，仅依据网址和页面评"
        "分；未抓取页面的，不作判断。",
        "This detector scores a web page by its URL, by what a crawler found on it and by the reputation of its "
        "domain, and lists the features that moved the score most. Without reputation data it scores by URL and page "
        "alone. It does not judge a page that nobody has crawled.",
    )
    reads = ("site_seen",)
    law = LAW
    examples = EXAMPLES

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Yield the findings of one batch; rows without a URL or with missing page facts are skipped."""
        rows = pa.Table.from_batches([batch])
        has_facts = ~np.isnan(read_features(rows, PAGE_FACTS)).any(axis=1) & rows["url"].is_valid().to_numpy()
        has_reputation = has_facts & ~np.isnan(read_features(rows, REPUTATION)).any(axis=1)
        yield from self._score(WHOLE, self._full_model, rows, has_reputation)
        yield from self._score(ALONE, self._facts_model, rows, has_facts & ~has_reputation)

    def _score(
        self, model: PageModel, fitted: FittedPage, rows: pa.Table, mask: NDArray[np.bool_]
    ) -> Iterator[Finding]:
        rows = rows.filter(pa.array(mask))
        if not rows.num_rows:
            return
        high = self._thresholds[model.name, "0.1pct"]
        low = self._thresholds[model.name, "1pct"] if model is WHOLE else high
        for _, event, score, contributions in explain_rows(fitted, rows, low, _ENVELOPE):
            is_certain = score >= high
            assessment = PageAssessment(
                model=model.name,
                model_version=model.version,
                host=_host(event["host"]),
                score=score,
                rate=0.001 if is_certain else 0.01,
                threshold=high if is_certain else low,
                contributions=contributions,
                with_reputation=model is WHOLE,
            )
            yield build_finding(assessment, event)

    @cached_property
    def _full_model(self) -> FittedPage:
        return WHOLE.load()

    @cached_property
    def _facts_model(self) -> FittedPage:
        return ALONE.load()

    @cached_property
    def _thresholds(self) -> dict[tuple[str, str], float]:
        return {(m.name, rate): value for m in (WHOLE, ALONE) for rate, value in m.card().thresholds.items()}


def _host(raw: str) -> str:
    try:
        return WEBSITE.normalise(raw)
    except Malformed:
        return raw


DETECTOR = PhishingPageDetector()
