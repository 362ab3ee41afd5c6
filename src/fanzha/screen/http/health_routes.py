"""GET /health/live, /health/ready and /metrics for monitoring systems."""

import msgspec

from fanzha.base.words import Words
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.problem import HttpProblem
from fanzha.screen.http.route import HttpRequest, HttpResponse, HttpRoute
from fanzha.screen.metrics import CONTENT_TYPE
from fanzha.store.screen_keys import KeyScope


class HealthOut(msgspec.Struct, frozen=True):
    """The state of a screen. 运行状态。"""

    state: str


_LIVE, _READY = (msgspec.json.encode(HealthOut(state)) for state in ("live", "ready"))
_TEXT = CONTENT_TYPE.encode()


async def _live(services: ScreenServices, request: HttpRequest) -> bytes:
    return _LIVE


async def _ready(services: ScreenServices, request: HttpRequest) -> bytes:
    if missing := services.missing():
        chinese, english = "；".join(words.zh for words in missing), "; ".join(words.en for words in missing)
        raise HttpProblem("not-ready", Words(f"缺少：{chinese}", f"missing: {english}"))
    return _READY


async def _metrics(services: ScreenServices, request: HttpRequest) -> HttpResponse:
    return HttpResponse(services.metrics.text(), _TEXT)


LIVE = HttpRoute(
    name="health_live",
    method="GET",
    path="/health/live",
    scope=None,
    title=Words("是否存活", "Is it alive"),
    tells=Words("进程的事件循环在转即答复。", "Answers while the process's loop goes round."),
    answer=_live,
    gives=HealthOut,
)
READY = HttpRoute(
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
    gives=HealthOut,
    problems=("not-ready",),
)
METRICS = HttpRoute(
    name="metrics",
    method="GET",
    path="/metrics",
    scope=KeyScope.METRICS,
    title=Words("运行指标", "Metrics"),
    tells=Words("Prometheus 文本格式 0.0.4。", "Text format of Prometheus, version 0.0.4."),
    answer=_metrics,
    content_type=_TEXT,
)
