"""POST /v1/registrations: take in where home mobile numbers are registered, one JSON object a line."""

import msgspec

from fanzha.base.words import Words
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.feed import FeedOut, ingest_body
from fanzha.screen.http.problem import HttpProblem
from fanzha.screen.http.route import HttpRequest, HttpRoute
from fanzha.store.screen_keys import KeyScope

LONGEST_BODY = 1_048_576
_NOT_OFFERED = Words(
    "本筛查未开放登记输入：设置中须写 [registrations]",
    "this screen takes no registrations: its settings need the table [registrations]",
)


async def _answer(services: ScreenServices, request: HttpRequest) -> bytes:
    if services.registrations is None:
        raise HttpProblem("not-offered", _NOT_OFFERED)
    return msgspec.json.encode(FeedOut(*await ingest_body(services, request, services.registrations)))


ROUTE = HttpRoute(
    name="registrations",
    method="POST",
    path="/v1/registrations",
    scope=KeyScope.REGISTRATIONS,
    title=Words("送入漫游登记", "Push registrations"),
    tells=Words(
        "每行一个 JSON 对象：number 为本国移动号码，country 为所在国家代码（回国为 CN），since、until 为 UTC 毫秒，"
        "可省略。同一号码以最近开始者为准；坏行与过期行计数并说明原因。每行计一个值。",
        "One JSON object a line: number is a home mobile number, country where it is registered (CN after a return), "
        "since and until in UTC ms, both optional. Of one number the registration that began last counts. Bad and "
        "outdated rows are counted and told. Each line counts as one value.",
    ),
    answer=_answer,
    gives=FeedOut,
    max_body_bytes=LONGEST_BODY,
    body_type=b"application/x-ndjson",
    problems=("not-offered", "too-many"),
)
