"""The HTTP screens as one bare ASGI application: find the route, let in by key, read, answer, count."""

import logging
from time import perf_counter_ns, time_ns
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.screen.http.body import Gone, Message, Receive, Send, read_body
from fanzha.screen.http.dependencies import Parts
from fanzha.screen.http.problem import CONTENT_TYPE, Problem, malformed, reads_chinese, wrong_shape
from fanzha.screen.http.protocol import WAITED
from fanzha.screen.http.route import JSON, Asked, Given, Route
from fanzha.screen.http.routes import ROUTES
from fanzha.screen.metrics import STATUSES, Metrics
from fanzha.screen.overload import nothing_waited

_LOG = logging.getLogger(__name__)
_TELL_AGAIN_NS = 60_000_000_000
_NO_EXTENSIONS: Message = {}
_VARY = (b"vary", b"accept-language")
_JSON_HEADER = (b"content-type", JSON)


class Place:
    """A route made ready: its decoder, its headers, its series. Without a route: whatever leads nowhere."""

    def __init__(self, route: Route | None, metrics: Metrics) -> None:
        """Make all that does not change from request to request."""
        name = route.name if route else "none"
        takes = route.takes if route else None
        caching = route.caching if route and route.method != "POST" else b""  # answers to POST are kept by nobody
        self.route = route
        self.decoder: msgspec.json.Decoder[Any] | None = msgspec.json.Decoder(takes) if takes else None
        self.headers = ((b"cache-control", caching),) if caching else ()
        self._counts = {int(status[0]): metrics.requests.of(name, status) for status in STATUSES}
        self._seconds = metrics.request_seconds.of(name)

    def counted(self, status: int, began: int) -> None:
        """Count an answer and how long it took."""
        self._counts[status // 100].value += 1
        self._seconds.add(perf_counter_ns() - began)

    def read(self, body: bytes) -> Any:
        """Return the body as the route takes it; raises Problem."""
        if self.decoder is None:
            return body
        try:
            return self.decoder.decode(body)
        except msgspec.ValidationError as error:
            raise wrong_shape(error) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise malformed(error) from None


class App:
    """ASGI 3, HTTP only."""

    def __init__(self, parts: Parts) -> None:
        """Lay out the routes."""
        self._parts = parts
        self._places: dict[str, dict[str, Place]] = {}
        for route in ROUTES:
            path = route.path.partition("{")[0]
            self._places.setdefault(path, {})[route.method] = Place(route, parts.metrics)
        self._nowhere = Place(None, parts.metrics)
        self._garbage = parts.metrics.garbage.of("http")
        parts.metrics.ready.read(lambda: float(not parts.missing()))
        self._told_at = -_TELL_AGAIN_NS

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request. Whatever goes wrong is an answer too."""
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is spoken here, not {scope['type']}")
        began, place = perf_counter_ns(), self._nowhere
        try:
            place, last = self._found(scope["path"], scope["method"])
            answer = await self._answer(place, last, scope, receive, began)
        except Gone:
            return
        except Problem as problem:
            self._garbage.value += problem.code == "malformed"
            answer = _told(problem, scope)
        except Exception:
            answer = _told(self._failed(began), scope)
        status, body = 200, answer
        headers = [_JSON_HEADER, *place.headers]
        if type(answer) is Given:
            status, body = answer.status, answer.body
            headers = [(b"content-type", answer.content_type), *place.headers, *answer.headers]
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        place.counted(status, began)

    async def _answer(self, place: Place, last: str, scope: Message, receive: Receive, now: int) -> bytes | Given:
        """Let in, read, answer; raises Problem."""
        route, parts, headers = place.route, self._parts, dict(scope["headers"])
        assert route is not None
        at, allowance, value = time_ns() // 1_000_000, None, None
        if route.scope is not None:
            allowance = parts.gate.admit(headers.get(b"authorization", b""), route.scope, at, now)
        if route.longest:
            _check_type(route, headers)
            value = place.read(await read_body(receive, route.longest))
        waited_ms = scope.get("extensions", _NO_EXTENSIONS).get(WAITED, nothing_waited)
        asked = Asked(at, now, value, last, allowance, scope["query_string"], headers, waited_ms)
        answer = route.answer(parts, asked)
        return answer if isinstance(answer, bytes | Given) else await answer

    def _found(self, path: str, method: str) -> tuple[Place, str]:
        """Return where a path leads, and what stands for its parameter."""
        last, methods = "", self._places.get(path)
        if methods is None:
            cut = path.rfind("/") + 1
            last, methods = path[cut:], self._places.get(path[:cut])
        if methods is None:
            raise Problem("not-found", Words("地址见 OpenAPI 文件", "see the OpenAPI file"))
        place = methods.get("GET" if method == "HEAD" else method)
        if place is None:
            there = ", ".join(methods)
            allow = ((b"allow", there.encode()),)
            raise Problem("wrong-method", Words(f"可用方法：{there}", f"methods that fit: {there}"), allow)
        return place, last

    def _failed(self, now: int) -> Problem:
        """Tell the log of a mistake of ours, once a minute: whoever found it could fill the disk."""
        if now - self._told_at >= _TELL_AGAIN_NS:
            self._told_at = now
            _LOG.exception("请求处理出错 a request failed")
        return Problem("failed", Words("已记录，请联系运营方", "it was recorded: tell the operator"))


def _check_type(route: Route, headers: dict[bytes, bytes]) -> None:
    """Refuse a body of another type; one of no type is taken for one of the right type."""
    content_type = headers.get(b"content-type", route.body_type)
    if content_type != route.body_type and content_type.partition(b";")[0].strip().lower() != route.body_type:
        wanted = route.body_type.decode()
        raise Problem("wrong-type", Words(f"应为 {wanted}", f"send {wanted}"))


def _told(problem: Problem, scope: Message) -> Given:
    accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    chinese = reads_chinese(accepted)
    language = (b"content-language", b"zh-CN" if chinese else b"en")
    return Given(problem.body(chinese), CONTENT_TYPE, problem.status, (language, _VARY, *problem.headers))
