"""POST /v1/screen/call: one call that is being set up, and what to do with it."""

import asyncio
from collections.abc import Awaitable
from functools import lru_cache
from time import perf_counter_ns
from typing import Annotated, Literal

import msgspec

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import Attempt
from fanzha.screen.decision import Decision
from fanzha.screen.http.dependencies import Parts
from fanzha.screen.http.route import Asked, Route
from fanzha.screen.labels import for_callee
from fanzha.store.screen_keys import KeyScope

LONGEST_BODY = 8_192

Text = Annotated[str, msgspec.Meta(max_length=256)]
Filled = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class CallAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call as the network signals it, numbers not normalised and not trusted. 信令中的呼叫，号码照原样，未经核实。"""

    call_id: Filled
    caller: Text
    callee: Filled
    trunk: Text = ""
    shown: Text = ""
    original_callee: Text = ""
    private: bool = False
    attestation: Literal["", "A", "B", "C"] = ""


class Label(msgspec.Struct, frozen=True):
    """What may be shown on a handset. 可在终端上显示的文字。"""

    zh: str
    en: str


class CallDecided(msgspec.Struct, frozen=True):
    """The answer: `meant` is what would happen if the trunk acted on everything, `reasons` are codes.

    答复：meant 为中继全面处置时的结果，reasons 为理由代码。
    """

    treatment: Treatment
    reasons: tuple[str, ...]
    score: float
    country: str
    label: Label | None
    screened: bool
    meant: Treatment


class _Later:
    """A decision that a register is asked for first; few calls need one."""

    __slots__ = ("_future",)

    def __init__(self) -> None:
        self._future: asyncio.Future[Decision] | None = None

    def told(self, decision: Decision) -> None:
        future = self._waiting()
        if not future.done():
            future.set_result(decision)

    async def decision(self) -> Decision:
        return await self._waiting()

    def _waiting(self) -> "asyncio.Future[Decision]":
        if self._future is None:
            self._future = asyncio.get_running_loop().create_future()
        return self._future


def _answer(parts: Parts, asked: Asked) -> bytes | Awaitable[bytes]:
    call: CallAsked = asked.value
    attempt = Attempt(
        asked.at,
        call.call_id,
        call.caller,
        call.callee,
        call.trunk,
        "",  # ingress and proof are what the settings say of the trunk
        False,
        call.shown,
        call.original_callee,
        call.private,
        call.attestation,
    )
    overload = parts.overload
    if why := overload.turned_away(asked.waited_ms() if overload.held_up() else 0.0):
        return _decided(parts, parts.screener.unscreened(attempt, why), asked.now)
    later = _Later()
    decision = parts.screener.call(attempt, later.told)
    return _told(parts, asked, later) if decision is None else _decided(parts, decision, asked.now)


async def _told(parts: Parts, asked: Asked, later: _Later) -> bytes:
    return _decided(parts, await later.decision(), asked.now)


def _decided(parts: Parts, decision: Decision, began: int) -> bytes:
    parts.calls.answered(decision, perf_counter_ns() - began)
    return _written(decision)


@lru_cache(maxsize=4_096)
def _written(decision: Decision) -> bytes:
    """Return a decision as JSON; the same decisions are taken over and over."""
    treatment, reasons, score, meant, country, screened, _ = decision
    return msgspec.json.encode(CallDecided(treatment, reasons, score, country, label_of(decision), screened, meant))


def label_of(decision: Decision) -> Label | None:
    """Return what the called party may be shown; nothing where the call is simply let through."""
    words = for_callee(decision)
    return Label(*words) if words else None


ROUTE = Route(
    name="screen_call",
    method="POST",
    path="/v1/screen/call",
    scope=KeyScope.CALL,
    title=Words("研判一次呼叫", "Screen a call"),
    tells=Words(
        "返回处置（放行、提示、隐藏号码、拒绝）及理由代码。中继须由边界设备给出；不认识的字段一律拒绝。",
        "Gives the treatment (allow, label, withhold, refuse) with codes of reasons. The trunk is what the edge says; "
        "unknown fields are refused.",
    ),
    answer=_answer,
    takes=CallAsked,
    gives=CallDecided,
    longest=LONGEST_BODY,
)
