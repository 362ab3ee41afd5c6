"""POST /v1/feed: events of others (call answered, ended, messages…), one JSON object a line, for the windows."""

import asyncio
from collections.abc import Iterator
from time import perf_counter_ns

import msgspec

from fanzha.base.words import Words
from fanzha.screen.http.dependencies import Parts
from fanzha.screen.http.problem import Problem
from fanzha.screen.http.route import Asked, Route
from fanzha.store.screen_keys import KeyScope

LONGEST_BODY = 262_144
#: Rows between two turns of the loop: calls wait no longer than these take.
PIECE = 64
MOST_REASONS = 10


class FeedTaken(msgspec.Struct, frozen=True):
    """How many rows were taken and refused, with the first reasons. 收下与拒收的行数及最先的几个原因。"""

    taken: int
    refused: int
    why: tuple[str, ...]


async def _answer(parts: Parts, asked: Asked) -> bytes:
    if parts.feed is None:
        raise Problem("not-offered", Words("本筛查未开放事件输入", "this screen takes no events in"))
    body: bytes = asked.value
    parts.gate.charge(asked.allowance, body.count(b"\n"), perf_counter_ns())
    taken, refused = 0, 0
    why: tuple[str, ...] = ()
    for first, lines in _pieces(body):
        if first > 1:
            await asyncio.sleep(0)
        fed = parts.feed.take(lines, first)
        taken, refused, why = taken + fed.taken, refused + fed.refused, (*why, *fed.why)[:MOST_REASONS]
    parts.metrics.feed_rows.of("taken").value += taken
    parts.metrics.feed_rows.of("refused").value += refused
    return msgspec.json.encode(FeedTaken(taken, refused, why))


def _pieces(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Cut at line ends, PIECE lines each, with the number of the first."""
    lines = body.split(b"\n")
    for first in range(0, len(lines), PIECE):
        yield first + 1, b"\n".join(lines[first : first + PIECE])


ROUTE = Route(
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
    gives=FeedTaken,
    longest=LONGEST_BODY,
    body_type=b"application/x-ndjson",
    problems=("not-offered", "too-many"),
)
