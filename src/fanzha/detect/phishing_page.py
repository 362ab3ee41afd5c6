"""Pages that look like phishing once a crawler has seen them: URL, page facts, reputation (Art. 24, 25; task 3)."""

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect._contributions import above
from fanzha.detect._detector import BatchDetector
from fanzha.detect._page.examples import EXAMPLES
from fanzha.detect._page.telling import LAW, NAME, VERSION, Judged, finding
from fanzha.kinds.website import KIND as WEBSITE
from fanzha.models._page_features import FOUND, REPUTATION, facts
from fanzha.models._page_model import Page, PageModel
from fanzha.models.page import MODEL as WHOLE
from fanzha.models.page_facts import MODEL as ALONE

_ENVELOPE = ("event_id", "occurred_at", "basis", "simulated", "host", "url")


class PhishingPage(BatchDetector):
    """Judges pages whose reputation is known by one model, the others by another and with the stricter threshold.

    Innocent log-in pages are rare in the training: without reputation many would pass the threshold for 1 %.
    """

    name = NAME
    version = VERSION
    title = Words("钓鱼网页", "phishing page")
    tells = Words(
        "按网址、抓取到的页面事实和域名信誉给网页评分，列出影响最大的特征；没有信誉数据时只看网址与页面，没有页面事实则不判断。",
        "Scores a page by URL, what a crawler found and the domain's reputation, with the features that moved it most; "
        "without reputation by URL and page alone; a page that nobody has crawled is not judged.",
    )
    reads = ("site_seen",)
    law = LAW
    examples = EXAMPLES

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Find in one batch; only rows with a URL and every fact of the page are judged."""
        rows = pa.Table.from_batches([batch])
        seen = ~np.isnan(facts(rows, FOUND)).any(axis=1) & rows["url"].is_valid().to_numpy()
        known = seen & ~np.isnan(facts(rows, REPUTATION)).any(axis=1)
        yield from self._by(WHOLE, self._whole, rows, known)
        yield from self._by(ALONE, self._alone, rows, seen & ~known)

    def _by(self, model: PageModel, fitted: Page, rows: pa.Table, chosen: NDArray[np.bool_]) -> Iterator[Finding]:
        rows = rows.filter(pa.array(chosen))
        if not rows.num_rows:
            return
        high = self._thresholds[model.name, "0.1pct"]
        low = self._thresholds[model.name, "1pct"] if model is WHOLE else high
        for _, event, score, moved in above(fitted, rows, low, _ENVELOPE):
            sure = score >= high
            judged = Judged(
                model=model.name,
                model_version=model.version,
                host=_host(event["host"]),
                score=score,
                rate=0.001 if sure else 0.01,
                threshold=high if sure else low,
                contributions=moved,
                with_reputation=model is WHOLE,
            )
            yield finding(judged, event)

    @cached_property
    def _whole(self) -> Page:
        return WHOLE.load()

    @cached_property
    def _alone(self) -> Page:
        return ALONE.load()

    @cached_property
    def _thresholds(self) -> dict[tuple[str, str], float]:
        return {(m.name, rate): value for m in (WHOLE, ALONE) for rate, value in m.card().thresholds.items()}


def _host(raw: str) -> str:
    try:
        return WEBSITE.normalise(raw)
    except Malformed:
        return raw


DETECTOR = PhishingPage()
