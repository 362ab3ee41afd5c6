"""Routes: path, scope, body and answer; the OpenAPI description derives from them."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from fanzha.base.words import Words
from fanzha.screen.http.authorization import TokenBucket
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.overload import no_wait
from fanzha.store.screen_keys import KeyScope

JSON = b"application/json"
NO_BODY = 0


class HttpRequest(NamedTuple):
    """An admitted request."""

    at: int  # UTC ms of arrival
    now_ns: int  # nanoseconds of a monotonic clock
    value: Any  # the decoded body; None for routes without one
    path_value: str = ""  # value of the path parameter
    bucket: TokenBucket | None = None  # None on open routes
    query: bytes = b""
    headers: Mapping[bytes, bytes] = MappingProxyType({})
    wait_ms: Callable[[], float] = no_wait  # returns the ms since its last bytes arrived


class HttpResponse(NamedTuple):
    """A response other than JSON with status 200."""

    body: bytes
    content_type: bytes = JSON
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Parameter(NamedTuple):
    """A path or query parameter."""

    name: str
    tells: Words
    pattern: str = ""  # a regular expression of JSON Schema
    values: tuple[str, ...] = ()
    longest: int = 0
    in_query: bool = False
    required: bool = True


class HttpRoute(NamedTuple):
    """One method of one path. A path has at most one parameter, at its end; `scope` None needs no key."""

    name: str
    method: str
    path: str
    scope: KeyScope | None
    title: Words
    tells: Words
    answer: Callable[[ScreenServices, HttpRequest], bytes | HttpResponse | Awaitable[bytes | HttpResponse]]
    gives: type | None = None  # a struct; None: see `content_type`
    takes: type | None = None  # a struct; None: no JSON body
    max_body_bytes: int = NO_BODY  # maximum bytes of the body
    body_type: bytes = JSON
    content_type: bytes = JSON
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[str, ...] = ()  # in addition to those of every route
    caching: bytes = b"no-store"  # Cache-Control; "" omits it
    other_statuses: tuple[tuple[int, Words], ...] = ()  # successful statuses other than 200
