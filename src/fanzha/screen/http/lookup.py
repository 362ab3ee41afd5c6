"""GET and POST /v1/lookup/{kind}: look up the verdicts on one value or up to a thousand."""

import asyncio
from collections.abc import Iterator
from functools import cache
from time import perf_counter_ns
from typing import Annotated, Literal
from urllib.parse import unquote

import msgspec

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.url_expressions import expressions, url_hash
from fanzha.claims.verdict import LEVEL_WORDS, Level
from fanzha.kinds import all_kinds
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.phone_number import LONGEST_DIGITS
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.problem import HttpProblem
from fanzha.screen.http.redress import Redress
from fanzha.screen.http.route import HttpRequest, HttpRoute, Parameter
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store.screen_keys import KeyScope

#: Kinds that cannot be looked up: message texts and identity numbers.
EXCLUDED_KINDS = frozenset({"message", "person"})
LINKS, NUMBERS = "website", "phone_number"
LONGEST_NUMBER_TEXT = 64  # characters of a number including separators


class LookupOpinion(msgspec.Struct, frozen=True):
    """A verdict with scope ("" is any), expiry (UTC ms; 9007199254740991: none), organisation and public text.

    研判结论：适用范围（空为不限）、截止时间（UTC 毫秒，9007199254740991 表示无期限）、作出单位及公开说法。
    """

    level: Level
    treatment: Treatment
    fraud_type: str
    until: int
    direction: str
    service: str
    ingress: str
    organization: str = msgspec.field(name="organisation")
    simulated: bool
    zh: str
    en: str


class ValueLookup(msgspec.Struct, frozen=True):
    """The verdicts on one value, narrowest scope first; `malformed`: not a value of its kind.

    对一个值的结论，范围由窄到宽；malformed 表示不是该类型的值。
    """

    state: Literal["listed", "unlisted", "malformed"]
    opinions: tuple[LookupOpinion, ...] = ()


_UNLISTED, _MALFORMED = ValueLookup("unlisted"), ValueLookup("malformed")


@cache
def lookup_kinds() -> tuple[str, ...]:
    """Return the kinds that can be looked up."""
    return tuple(name for name in all_kinds() if name not in EXCLUDED_KINDS)


def look_up(snapshot: MappedSnapshot, kind: str, value: str, at: int) -> ValueLookup:
    """Return the verdicts on a value as written, at `at` (UTC ms)."""
    try:
        entries = _find_entries(snapshot, kind, value)
    except Malformed:
        return _MALFORMED
    opinions = [_opinion(scope) for entry in entries for scope in _scopes(entry) if at < scope.until]
    return ValueLookup("listed", tuple(opinions)) if opinions else _UNLISTED


def _find_entries(snapshot: MappedSnapshot, kind: str, value: str) -> list[SnapshotEntry]:
    """Return the entries of a written value; for a link also of its host and path parts. Raise Malformed."""
    listed = snapshot.look_up(kind, _parse_number(value) if kind == NUMBERS else all_kinds()[kind].normalise(value))
    entries = [listed] if listed is not None else []
    for expression in expressions(value) if kind == LINKS else ():
        entries += [entry for _, entry in snapshot.urls(url_hash(expression))]
    return entries


def _scopes(entry: SnapshotEntry | None) -> Iterator[SnapshotEntry]:
    while entry is not None:
        yield entry
        entry = entry.next_scope


def _opinion(entry: SnapshotEntry) -> LookupOpinion:
    words = describe_verdict(entry.level, entry.fraud_type)
    scope = (entry.direction, entry.service, entry.ingress)
    return LookupOpinion(
        entry.level, entry.treatment, entry.fraud_type, entry.until, *scope, entry.organization, entry.simulated, *words
    )


@cache
def describe_verdict(level: Level, fraud_type: str) -> Words:
    """Describe a verdict for the public, without rule or threshold."""
    words, fraud_words = LEVEL_WORDS[level], FRAUD_TYPES.get(fraud_type)
    return Words(f"{words.zh}：{fraud_words.zh}", f"{words.en}: {fraud_words.en}") if fraud_words else words


def _parse_number(raw: str) -> str:
    """Parse a number as calls do, five times as fast as `normalise`."""
    if len(raw) > LONGEST_NUMBER_TEXT:
        raise Malformed("longer than any telephone number")
    number = read_number(raw).canonical
    if not 0 < len(number.lstrip("+")) <= LONGEST_DIGITS:
        raise Malformed("not a telephone number")
    return number


MAX_VALUES = 1_000
LONGEST_VALUE = 2_048
LONGEST_BODY = 262_144
#: Time after which calls get a turn of the loop; a hostile link takes half a millisecond.
TURN_NS = 1_000_000

Value = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_VALUE)]


class LookupIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of one kind, as they are written. 同一类型的值，照原样书写。"""

    values: Annotated[tuple[Value, ...], msgspec.Meta(min_length=1, max_length=MAX_VALUES)]


class LookupOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """Results in request order, with the snapshot they derive from; `appeal` is given if any value is listed.

    按询问顺序的结果，及所依据的快照；有收录的值时附申诉渠道。
    """

    results: tuple[ValueLookup, ...]
    sequence: int
    made_at: int
    appeal: Redress | None = None


_encode = msgspec.json.Encoder().encode


async def _answer_one(services: ScreenServices, request: HttpRequest) -> bytes:
    return await _look_up_values(services, request, (_parse_value(request.query),))


async def _answer_many(services: ScreenServices, request: HttpRequest) -> bytes:
    values: tuple[str, ...] = request.value.values
    services.authorizer.charge(request.bucket, len(values), perf_counter_ns())
    return await _look_up_values(services, request, values)


async def _look_up_values(services: ScreenServices, request: HttpRequest, values: tuple[str, ...]) -> bytes:
    kind = request.path_value
    if kind not in lookup_kinds():
        available = ", ".join(lookup_kinds())
        raise HttpProblem("not-found", Words(f"可查询的类型：{available}", f"kinds that can be looked up: {available}"))
    snapshot = services.snapshot()
    if snapshot is None:
        raise HttpProblem("not-ready", Words("快照尚未载入", "no snapshot is loaded yet"))
    results, turn_started_ns = list[ValueLookup](), perf_counter_ns()
    for value in values:
        results.append(look_up(snapshot, kind, value, request.at))
        if perf_counter_ns() - turn_started_ns > TURN_NS:
            await asyncio.sleep(0)
            turn_started_ns = perf_counter_ns()
    for state, listed in (("listed", "yes"), ("unlisted", "no"), ("malformed", "malformed")):
        if count := sum(result.state == state for result in results):
            services.metrics.lookups.series_for(kind, listed).value += count
    appeal = services.redress if any(result.state == "listed" for result in results) else None
    return _encode(LookupOut(tuple(results), snapshot.head.sequence, snapshot.head.created_at, appeal))


def _parse_value(query: bytes) -> str:
    """Return `value` of a query. A plus is kept, because telephone numbers begin with it."""
    if len(query) > 3 * LONGEST_VALUE + 16:
        raise _wrong_query()
    pairs = [part.partition("=") for part in query.decode("latin-1").split("&")]
    if [name for name, _, _ in pairs] != ["value"]:
        raise _wrong_query()
    text = unquote(pairs[0][2], errors="replace")
    if not 1 <= len(text) <= LONGEST_VALUE:
        raise _wrong_query()
    return text


def _wrong_query() -> HttpProblem:
    limit = LONGEST_VALUE
    return HttpProblem(
        "wrong-value",
        Words(
            f"只写一个参数 value，1 至 {limit} 个字符，按百分号编码",
            f"write ?value=… once, percent-encoded, 1 to {limit} characters",
        ),
    )


_KIND = Parameter("kind", Words("对象类型", "kind of thing"), values=lookup_kinds())
_VALUE = Parameter("value", Words("要查询的值", "the value"), longest=LONGEST_VALUE, in_query=True)

ONE = HttpRoute(
    name="lookup_one",
    method="GET",
    path="/v1/lookup/{kind}",
    scope=KeyScope.LOOKUP,
    title=Words("查询一个值", "Look a value up"),
    tells=Words(
        "值会出现在地址里，可能被代理记录；敏感时请用 POST 或按前缀查询。",
        "The value stands in the address, where proxies may log it: use POST or ask by prefix where that matters.",
    ),
    answer=_answer_one,
    gives=LookupOut,
    parameters=(_KIND, _VALUE),
    problems=("wrong-value", "not-found", "not-ready"),
)
MANY = HttpRoute(
    name="lookup_many",
    method="POST",
    path="/v1/lookup/{kind}",
    scope=KeyScope.LOOKUP,
    title=Words("查询一批值", "Look many values up"),
    tells=Words(
        f"一次最多 {MAX_VALUES} 个值；每个值计入密钥的频率限制。结果按询问顺序排列。",
        f"At most {MAX_VALUES} values at once, each counted by the key's rate. Results stand in the order asked.",
    ),
    answer=_answer_many,
    takes=LookupIn,
    gives=LookupOut,
    max_body_bytes=LONGEST_BODY,
    parameters=(_KIND,),
    problems=("too-many", "not-found", "not-ready"),
)
