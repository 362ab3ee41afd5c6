"""POST /v1/feed: ingest events of other systems for live windows, one JSON object a line."""

import asyncio
from collections.abc import Iterator
from time import perf_counter_ns

import msgspec

from fanzha.base.words import Words
from fanzha.screen.http.dependencies import FeedResult, LineFeed, ScreenServices
from fanzha.screen.http.problem import HttpProblem
from fanzha.screen.http.route import HttpRequest, HttpRoute
from fanzha.store.screen_keys import KeyScope

LONGEST_BODY = 262_144
#: Rows ingested before calls get a turn of the loop.
BATCH_ROWS = 64
MAX_REASONS = 10


class FeedOut(msgspec.Struct, frozen=True):
    """How many rows were taken and refused, with the first reasons. 收下与拒收的行数及最先的几个原因。"""

    taken: int
    refused: int
    why: tuple[str, ...]


async def _answer(services: ScreenServices, request: HttpRequest) -> bytes:
    if services.feed is None:
        raise HttpProblem("not-offered", Words("本筛查未开放事件输入", "this screen takes no events in"))
    accepted, rejected, reasons = await ingest_body(services, request, services.feed)
    services.metrics.feed_rows.series_for("taken").value += accepted
    services.metrics.feed_rows.series_for("refused").value += rejected
    return msgspec.json.encode(FeedOut(accepted, rejected, reasons))


async def ingest_body(services: ScreenServices, request: HttpRequest, feed: LineFeed) -> FeedResult:
    """Charge the key and pass the lines of a body to a feed, some at a time, so that calls get their turn."""
    body: bytes = request.value
    services.authorizer.charge(request.bucket, body.count(b"\n"), perf_counter_ns())
    accepted, rejected = 0, 0
    reasons: tuple[str, ...] = ()
    for first, lines in _batches(body):
        if first > 1:
            await asyncio.sleep(0)
        result = feed.ingest(lines, first)
        accepted, rejected, reasons = (
            accepted + result.accepted,
            rejected + result.rejected,
            (*reasons, *result.reasons)[:MAX_REASONS],
        )
    return FeedResult(accepted, rejected, reasons)


def _batches(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Split at line ends into batches of BATCH_ROWS lines, each with the number of its first line."""
    lines = body.split(b"\n")
    for first in range(0, len(lines), BATCH_ROWS):
        yield first + 1, b"\n".join(lines[first : first + BATCH_ROWS])


ROUTE = HttpRoute(
    name="feed",
    method="POST",
    path="/v1/feed",
    scope=KeyScope.FEED,
    title=Words("送入事件", "Feed events in"),
    tells=Words(
        "每行一个 JSON 对象：table 为事件表名，其余为 fanzha schema 的列；坏行计数并说明原因，其余照收。每行计一个值。",
        "One JSON object a line: its table and the columns of fanzha schema. Bad rows are counted and told, the others "
        "are taken. Each line counts as one value.",
    ),
    answer=_answer,
    gives=FeedOut,
    max_body_bytes=LONGEST_BODY,
    body_type=b"application/x-ndjson",
    problems=("not-offered", "too-many"),
)
