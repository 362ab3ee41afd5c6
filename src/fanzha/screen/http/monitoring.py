"""GET /health/live, /health/ready and /metrics: for whoever watches a screen."""

import msgspec

from fanzha.base.words import Words
from fanzha.screen.http.dependencies import Parts
from fanzha.screen.http.problem import Problem
from fanzha.screen.http.route import Asked, Given, Route
from fanzha.screen.metrics import CONTENT_TYPE
from fanzha.store.screen_keys import KeyScope


class State(msgspec.Struct, frozen=True):
    """How a screen is. 运行状态。"""

    state: str


_LIVE, _READY = (msgspec.json.encode(State(state)) for state in ("live", "ready"))
_TEXT = CONTENT_TYPE.encode()


async def _live(parts: Parts, asked: Asked) -> bytes:
    return _LIVE


async def _ready(parts: Parts, asked: Asked) -> bytes:
    if missing := parts.missing():
        chinese, english = "；".join(one.zh for one in missing), "; ".join(one.en for one in missing)
        raise Problem("not-ready", Words(f"缺少：{chinese}", f"missing: {english}"))
    return _READY


async def _metrics(parts: Parts, asked: Asked) -> Given:
    return Given(parts.metrics.text(), _TEXT)


LIVE = Route(
    name="health_live",
    method="GET",
    path="/health/live",
    scope=None,
    title=Words("是否存活", "Is it alive"),
    tells=Words("进程的事件循环在转即答复。", "Answers while the process's loop goes round."),
    answer=_live,
    gives=State,
)
READY = Route(
    name="health_ready",
    method="GET",
    path="/health/ready",
    scope=None,
    title=Words("可否提供服务", "Is it ready"),
    tells=Words(
        "快照已载入且可筛查时为 200，否则 503 并说明缺少什么。",
        "200 when calls are screened as set, else 503 with what is missing.",
    ),
    answer=_ready,
    gives=State,
    problems=("not-ready",),
)
METRICS = Route(
    name="metrics",
    method="GET",
    path="/metrics",
    scope=KeyScope.METRICS,
    title=Words("运行指标", "Metrics"),
    tells=Words("Prometheus 文本格式 0.0.4。", "Text format of Prometheus, version 0.0.4."),
    answer=_metrics,
    content_type=_TEXT,
)
