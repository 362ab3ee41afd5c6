"""The HTTP API as one ASGI application: route, authorize, read, answer, count."""

import logging
from time import perf_counter_ns, time_ns
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.screen.http.body import ClientDisconnected, Message, Receive, Send, read_body
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.problem import CONTENT_TYPE, HttpProblem, malformed, prefers_chinese, wrong_shape
from fanzha.screen.http.protocol import WAIT_EXTENSION
from fanzha.screen.http.route import JSON, HttpRequest, HttpResponse, HttpRoute
from fanzha.screen.http.routes import ROUTES
from fanzha.screen.metrics import STATUSES, Metrics
from fanzha.screen.overload import no_wait

_LOG = logging.getLogger(__name__)
_LOG_AGAIN_NS = 60_000_000_000
_NO_EXTENSIONS: Message = {}
_VARY = (b"vary", b"accept-language")
_JSON_HEADER = (b"content-type", JSON)


class HttpEndpoint:
    """A route with its decoder, headers and metric series; without a route, for unknown paths."""

    def __init__(self, route: HttpRoute | None, metrics: Metrics) -> None:
        """Prepare everything that is the same for all requests."""
        name = route.name if route else "none"
        takes = route.takes if route else None
        caching = route.caching if route and route.method != "POST" else b""  # POST responses are not cacheable
        self.route = route
        self.decoder: msgspec.json.Decoder[Any] | None = msgspec.json.Decoder(takes) if takes else None
        self.headers = ((b"cache-control", caching),) if caching else ()
        self._counts = {int(status[0]): metrics.requests.series_for(name, status) for status in STATUSES}
        self._seconds = metrics.request_seconds.series_for(name)

    def count(self, status: int, started_ns: int) -> None:
        """Count an answer and its duration."""
        self._counts[status // 100].value += 1
        self._seconds.add(perf_counter_ns() - started_ns)

    def read(self, body: bytes) -> Any:
        """Return the decoded body; raise HttpProblem."""
        if self.decoder is None:
            return body
        try:
            return self.decoder.decode(body)
        except msgspec.ValidationError as error:
            raise wrong_shape(error) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise malformed(error) from None


class HttpApp:
    """The ASGI 3 application; HTTP only."""

    def __init__(self, services: ScreenServices) -> None:
        """Create the endpoints."""
        self._services = services
        self._endpoints: dict[str, dict[str, HttpEndpoint]] = {}
        for route in ROUTES:
            path = route.path.partition("{")[0]
            self._endpoints.setdefault(path, {})[route.method] = HttpEndpoint(route, services.metrics)
        self._unknown = HttpEndpoint(None, services.metrics)
        self._garbage = services.metrics.garbage.series_for("http")
        services.metrics.ready.set_function(lambda: float(not services.missing()))
        self._logged_at = -_LOG_AGAIN_NS

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; errors become problem responses."""
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is spoken here, not {scope['type']}")
        started_ns, endpoint = perf_counter_ns(), self._unknown
        try:
            endpoint, path_value = self._find_endpoint(scope["path"], scope["method"])
            answer = await self._answer(endpoint, path_value, scope, receive, started_ns)
        except ClientDisconnected:
            return
        except HttpProblem as problem:
            self._garbage.value += problem.code == "malformed"
            answer = _problem_response(problem, scope)
        except Exception:
            answer = _problem_response(self._log_failure(started_ns), scope)
        status, body = 200, answer
        headers = [_JSON_HEADER, *endpoint.headers]
        if type(answer) is HttpResponse:
            status, body = answer.status, answer.body
            headers = [(b"content-type", answer.content_type), *endpoint.headers, *answer.headers]
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        endpoint.count(status, started_ns)

    async def _answer(
        self, endpoint: HttpEndpoint, path_value: str, scope: Message, receive: Receive, now: int
    ) -> bytes | HttpResponse:
        """Authorize, read the body and call the route; raise HttpProblem."""
        route, services, headers = endpoint.route, self._services, dict(scope["headers"])
        assert route is not None
        at, allowance, value = time_ns() // 1_000_000, None, None
        if route.scope is not None:
            allowance = services.authorizer.admit(headers.get(b"authorization", b""), route.scope, at, now)
        if route.max_body_bytes:
            _check_type(route, headers)
            value = endpoint.read(await read_body(receive, route.max_body_bytes))
        waited_ms = scope.get("extensions", _NO_EXTENSIONS).get(WAIT_EXTENSION, no_wait)
        request = HttpRequest(at, now, value, path_value, allowance, scope["query_string"], headers, waited_ms)
        answer = route.answer(services, request)
        return answer if isinstance(answer, bytes | HttpResponse) else await answer

    def _find_endpoint(self, path: str, method: str) -> tuple[HttpEndpoint, str]:
        """Return the endpoint of a path and the value of its path parameter."""
        path_value, methods = "", self._endpoints.get(path)
        if methods is None:
            cut = path.rfind("/") + 1
            path_value, methods = path[cut:], self._endpoints.get(path[:cut])
        if methods is None:
            raise HttpProblem("not-found", Words("地址见 OpenAPI 文件", "see the OpenAPI file"))
        endpoint = methods.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            allowed = ", ".join(methods)
            allow = ((b"allow", allowed.encode()),)
            raise HttpProblem("wrong-method", Words(f"可用方法：{allowed}", f"methods that fit: {allowed}"), allow)
        return endpoint, path_value

    def _log_failure(self, now: int) -> HttpProblem:
        """Log an internal error at most once a minute, so that clients cannot fill the disk."""
        if now - self._logged_at >= _LOG_AGAIN_NS:
            self._logged_at = now
            _LOG.exception("请求处理出错 a request failed")
        return HttpProblem("failed", Words("已记录，请联系运营方", "it was recorded: tell the operator"))


def _check_type(route: HttpRoute, headers: dict[bytes, bytes]) -> None:
    """Refuse a body of another content type; accept a missing content type."""
    content_type = headers.get(b"content-type", route.body_type)
    if content_type != route.body_type and content_type.partition(b";")[0].strip().lower() != route.body_type:
        expected = route.body_type.decode()
        raise HttpProblem("wrong-type", Words(f"应为 {expected}", f"send {expected}"))


def _problem_response(problem: HttpProblem, scope: Message) -> HttpResponse:
    accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    chinese = prefers_chinese(accepted)
    language = (b"content-language", b"zh-CN" if chinese else b"en")
    return HttpResponse(problem.body(chinese), CONTENT_TYPE, problem.status, (language, _VARY, *problem.headers))
