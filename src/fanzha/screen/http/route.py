"""A route: where it is, what opens it, what it takes and gives; the OpenAPI file is written from nothing else."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from fanzha.base.words import Words
from fanzha.screen.http.authorization import Allowance
from fanzha.screen.http.dependencies import Parts
from fanzha.screen.overload import nothing_waited
from fanzha.store.screen_keys import KeyScope

JSON = b"application/json"
NO_BODY = 0


class Asked(NamedTuple):
    """A request that was let in."""

    at: int  # UTC ms, when it came
    now: int  # nanoseconds of the clock that never goes back
    value: Any  # the body as the route takes it; None when it takes none
    last: str = ""  # what stands for the parameter of the path
    allowance: Allowance | None = None  # None on open routes
    query: bytes = b""
    headers: Mapping[bytes, bytes] = MappingProxyType({})
    waited_ms: Callable[[], float] = nothing_waited  # asks the kernel how long ago the last of it came


class Given(NamedTuple):
    """An answer that is not just a body of JSON with status 200."""

    body: bytes
    content_type: bytes = JSON
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Parameter(NamedTuple):
    """What stands in the path or the query."""

    name: str
    tells: Words
    pattern: str = ""  # a regular expression of JSON Schema
    values: tuple[str, ...] = ()
    longest: int = 0
    in_query: bool = False


class Route(NamedTuple):
    """One method on one path. A path has at most one parameter, at its end; `scope` None is open to everybody."""

    name: str
    method: str
    path: str
    scope: KeyScope | None
    title: Words
    tells: Words
    answer: Callable[[Parts, Asked], bytes | Given | Awaitable[bytes | Given]]
    gives: type | None = None  # a struct; None: `content_type` says what it is
    takes: type | None = None  # a struct, or None: no JSON body
    longest: int = NO_BODY  # bytes of a body
    body_type: bytes = JSON
    content_type: bytes = JSON
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[str, ...] = ()  # beside those that any route may answer
    caching: bytes = b"no-store"  # Cache-Control; "" is not said
    also: tuple[tuple[int, Words], ...] = ()  # statuses that are no problem, beside 200
