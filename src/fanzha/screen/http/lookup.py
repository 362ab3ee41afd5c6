"""GET and POST /v1/lookup/{kind}: what is thought of values that somebody is about to trust, one or a thousand."""

import asyncio
from time import perf_counter_ns
from typing import Annotated
from urllib.parse import unquote

import msgspec

from fanzha.base.words import Words
from fanzha.screen.http.asks import Parts
from fanzha.screen.http.looked import Looked, asked_kinds, looked
from fanzha.screen.http.problem import Problem
from fanzha.screen.http.route import Asked, Parameter, Route
from fanzha.store.screen_keys import Scope

MOST_VALUES = 1_000
LONGEST_VALUE = 2_048
LONGEST_BODY = 262_144
#: So long may values be looked up before calls have their turn; a hostile link takes half a millisecond.
TURN_NS = 1_000_000

Value = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_VALUE)]


class LookupAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of one kind, as they are written. 同一类型的值，照原样书写。"""

    values: Annotated[tuple[Value, ...], msgspec.Meta(min_length=1, max_length=MOST_VALUES)]


class LookedUp(msgspec.Struct, frozen=True):
    """Results in the order of the question, with the snapshot they are of. 按询问顺序的结果，及所依据的快照。"""

    results: tuple[Looked, ...]
    sequence: int
    made_at: int


_encode = msgspec.json.Encoder().encode


async def _one(parts: Parts, asked: Asked) -> bytes:
    return await _looked_up(parts, asked, (_value(asked.query),))


async def _many(parts: Parts, asked: Asked) -> bytes:
    values: tuple[str, ...] = asked.value.values
    parts.gate.charge(asked.allowance, len(values), perf_counter_ns())
    return await _looked_up(parts, asked, values)


async def _looked_up(parts: Parts, asked: Asked, values: tuple[str, ...]) -> bytes:
    kind = asked.last
    if kind not in asked_kinds():
        there = ", ".join(asked_kinds())
        raise Problem("not-found", Words(f"可查询的类型：{there}", f"kinds that can be looked up: {there}"))
    snapshot = parts.snapshot()
    if snapshot is None:
        raise Problem("not-ready", Words("快照尚未载入", "no snapshot is loaded yet"))
    results, turn = list[Looked](), perf_counter_ns()
    for value in values:
        results.append(looked(snapshot, kind, value, asked.at))
        if perf_counter_ns() - turn > TURN_NS:
            await asyncio.sleep(0)
            turn = perf_counter_ns()
    for state, listed in (("listed", "yes"), ("unlisted", "no"), ("malformed", "malformed")):
        if count := sum(one.state == state for one in results):
            parts.metrics.lookups.of(kind, listed).value += count
    return _encode(LookedUp(tuple(results), snapshot.head.sequence, snapshot.head.created_at))


def _value(query: bytes) -> str:
    """Return `value` of a query. A plus stays a plus: it stands in front of telephone numbers."""
    if len(query) > 3 * LONGEST_VALUE + 16:
        raise _wrong_query()
    pairs = [part.partition("=") for part in query.decode("latin-1").split("&")]
    if [name for name, _, _ in pairs] != ["value"]:
        raise _wrong_query()
    text = unquote(pairs[0][2], errors="replace")
    if not 1 <= len(text) <= LONGEST_VALUE:
        raise _wrong_query()
    return text


def _wrong_query() -> Problem:
    most = LONGEST_VALUE
    return Problem(
        "wrong-value",
        Words(
            f"只写一个参数 value，1 至 {most} 个字符，按百分号编码",
            f"write ?value=… once, percent-encoded, 1 to {most} characters",
        ),
    )


_KIND = Parameter("kind", Words("对象类型", "kind of thing"), values=asked_kinds())
_VALUE = Parameter("value", Words("要查询的值", "the value"), longest=LONGEST_VALUE, in_query=True)

ONE = Route(
    name="lookup_one",
    method="GET",
    path="/v1/lookup/{kind}",
    scope=Scope.LOOKUP,
    title=Words("查询一个值", "Look a value up"),
    tells=Words(
        "值会出现在地址里，可能被代理记录；敏感时请用 POST 或按前缀查询。",
        "The value stands in the address, where proxies may log it: use POST or ask by prefix where that matters.",
    ),
    answer=_one,
    gives=LookedUp,
    parameters=(_KIND, _VALUE),
    problems=("wrong-value", "not-found", "not-ready"),
)
MANY = Route(
    name="lookup_many",
    method="POST",
    path="/v1/lookup/{kind}",
    scope=Scope.LOOKUP,
    title=Words("查询一批值", "Look many values up"),
    tells=Words(
        f"一次最多 {MOST_VALUES} 个值；每个值计入密钥的频率限制。结果按询问顺序排列。",
        f"At most {MOST_VALUES} values at once, each counted by the key's rate. Results stand in the order asked.",
    ),
    answer=_many,
    takes=LookupAsked,
    gives=LookedUp,
    longest=LONGEST_BODY,
    parameters=(_KIND,),
    problems=("too-many", "not-found", "not-ready"),
)
