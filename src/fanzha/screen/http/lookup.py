"""GET and POST /v1/lookup/{kind}: what is thought of values that somebody is about to trust, one or a thousand."""

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
from fanzha.screen.http.dependencies import Parts
from fanzha.screen.http.problem import Problem
from fanzha.screen.http.route import Asked, Parameter, Route
from fanzha.screen.mapped_snapshot import Mapped
from fanzha.store.screen_keys import KeyScope

#: Nobody looks up what somebody wrote, or a person by his identity number.
NOT_ASKED = frozenset({"message", "person"})
LINKS, NUMBERS = "website", "phone_number"
LONGEST_WRITTEN = 64  # characters of a number with all that people put between its digits


class Opinion(msgspec.Struct, frozen=True):
    """A verdict: where it holds ("" is anywhere), until when (UTC ms; 9007199254740991: no end), whose, in words.

    研判结论：适用范围（空为不限）、截止时间（UTC 毫秒，9007199254740991 表示无期限）、作出单位及公开说法。
    """

    level: Level
    treatment: Treatment
    fraud_type: str
    until: int
    direction: str
    service: str
    ingress: str
    organisation: str
    simulated: bool
    zh: str
    en: str


class Looked(msgspec.Struct, frozen=True):
    """What is thought of one value, from the narrowest scope to the widest; `malformed`: it is no value of its kind.

    对一个值的结论，范围由窄到宽；malformed 表示不是该类型的值。
    """

    state: Literal["listed", "unlisted", "malformed"]
    opinions: tuple[Opinion, ...] = ()


_UNLISTED, _MALFORMED = Looked("unlisted"), Looked("malformed")


@cache
def asked_kinds() -> tuple[str, ...]:
    """Return the kinds that may be looked up."""
    return tuple(name for name in all_kinds() if name not in NOT_ASKED)


def looked(snapshot: Mapped, kind: str, value: str, at: int) -> Looked:
    """Return what is thought of a value as somebody wrote it, at a moment (UTC ms)."""
    try:
        entries = _entries(snapshot, kind, value)
    except Malformed:
        return _MALFORMED
    opinions = [_opinion(one) for entry in entries for one in _scopes(entry) if at < one.until]
    return Looked("listed", tuple(opinions)) if opinions else _UNLISTED


def _entries(snapshot: Mapped, kind: str, value: str) -> list[SnapshotEntry]:
    """Return what is listed of a written value; of a link also of its host and parts of its path. Raises Malformed."""
    one = snapshot.look_up(kind, _number(value) if kind == NUMBERS else all_kinds()[kind].normalise(value))
    found = [one] if one is not None else []
    for expression in expressions(value) if kind == LINKS else ():
        found += [entry for _, entry in snapshot.urls(url_hash(expression))]
    return found


def _scopes(entry: SnapshotEntry | None) -> Iterator[SnapshotEntry]:
    while entry is not None:
        yield entry
        entry = entry.next_scope


def _opinion(one: SnapshotEntry) -> Opinion:
    said = said_of(one.level, one.fraud_type)
    scope = (one.direction, one.service, one.ingress)
    return Opinion(one.level, one.treatment, one.fraud_type, one.until, *scope, one.organisation, one.simulated, *said)


@cache
def said_of(level: Level, fraud_type: str) -> Words:
    """Say a verdict in words for the public: no rule, no threshold (design §5)."""
    words, kind = LEVEL_WORDS[level], FRAUD_TYPES.get(fraud_type)
    return Words(f"{words.zh}：{kind.zh}", f"{words.en}: {kind.en}") if kind else words


def _number(raw: str) -> str:
    """Read a number as calls are read, for a fifth of what `normalise` takes."""
    if len(raw) > LONGEST_WRITTEN:
        raise Malformed("longer than any telephone number")
    found = read_number(raw).canonical
    if not 0 < len(found.lstrip("+")) <= LONGEST_DIGITS:
        raise Malformed("not a telephone number")
    return found


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
    scope=KeyScope.LOOKUP,
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
    scope=KeyScope.LOOKUP,
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
