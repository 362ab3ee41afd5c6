"""POST /v1/screen/call: decide a call that is being set up."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from time import perf_counter_ns
from typing import Annotated, Literal, NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import TrunkCounts
from fanzha.screen.decision import Decision
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.redress import Redress
from fanzha.screen.http.route import HttpRequest, HttpRoute
from fanzha.screen.identity import split_identities
from fanzha.screen.labels import callee_label
from fanzha.screen.stir.result import Verstat
from fanzha.store.screen_keys import KeyScope

LONGEST_BODY = 32_768

Text = Annotated[str, msgspec.Meta(max_length=256)]
Filled = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Identity = Annotated[str, msgspec.Meta(max_length=1_024)]
Signature = Annotated[str, msgspec.Meta(max_length=16_384)]
Identities = Annotated[tuple[Identity, ...], msgspec.Meta(max_length=8)]


class CallIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call as the network signals it, numbers not normalised and not trusted. 信令中的呼叫，号码照原样，未经核实。

    Identities are numbers, URIs or whole header field values. `claimed` takes further P-Asserted-Identity and
    Remote-Party-ID, `diverting` Diversion and History-Info. `asserted` is false where the network asserts callers on
    this line, but not this one. `attestation` is believed of trunks with `verifies`; `identity` takes the values of
    Identity header fields (RFC 8224), which are verified here.
    主叫标识可为号码、URI 或整个头域值；claimed 为其余主叫标识，diverting 为转移方；
    线路通常由网络证实主叫而本次没有时，asserted 为 false；attestation 仅在中继写明 verifies 时采信；
    identity 为 Identity 头域值，由本服务核验。
    """

    call_id: Filled
    caller: Identity
    callee: Filled
    trunk: Text = ""
    shown: Identity = ""
    original_callee: Text = ""
    private: bool = False
    attestation: Literal["", "A", "B", "C"] = ""
    claimed: Identities = ()
    asserted: bool = True
    diverting: Annotated[tuple[Identity, ...], msgspec.Meta(max_length=16)] = ()
    identity: Annotated[tuple[Signature, ...], msgspec.Meta(max_length=8)] = ()


class Label(msgspec.Struct, frozen=True):
    """What may be shown on a handset. 可在终端上显示的文字。"""

    zh: str
    en: str


class SignatureResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of a call's signatures: `name` is verified Rich Call Data. 签名核验结果，name 为经核验的主叫名称。"""

    verstat: Verstat
    reason: str = ""
    attestation: str = ""
    name: str = ""


class CallOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer: `meant` is what would happen if the trunk acted on everything, `reasons` are codes.

    `appeal` is given if the call is refused or its number hidden.
    答复：meant 为中继全面处置时的结果，reasons 为理由代码；拒绝或隐藏号码时附申诉渠道。
    """

    treatment: Treatment
    reasons: tuple[str, ...]
    score: float
    country: str
    label: Label | None
    screened: bool
    meant: Treatment
    verification: SignatureResult | None = None
    appeal: Redress | None = None


class _DeferredDecision:
    """A decision that waits for the roaming register; few calls need one."""

    __slots__ = ("_future",)

    def __init__(self) -> None:
        self._future: asyncio.Future[Decision] | None = None

    def set(self, decision: Decision) -> None:
        future = self._get_future()
        if not future.done():
            future.set_result(decision)

    async def wait(self) -> Decision:
        return await self._get_future()

    def _get_future(self) -> "asyncio.Future[Decision]":
        if self._future is None:
            self._future = asyncio.get_running_loop().create_future()
        return self._future


class _ReceivedCall(NamedTuple):
    """The counts of a call's trunk, when its request was read (perf_counter_ns), and how long it waited before."""

    counts: TrunkCounts
    started_ns: int
    waited_ns: int


def _answer(services: ScreenServices, request: HttpRequest) -> bytes | Awaitable[bytes]:
    call: CallIn = request.value
    caller, *claimed = split_identities(call.caller)
    attempt = CallAttempt(
        request.at,
        call.call_id.strip() or call.call_id,  # of a folded header field the proxy sends the fold, too
        caller,
        call.callee,
        call.trunk,
        "",  # the trunk's settings add ingress and proof
        False,
        split_identities(call.shown)[0],
        call.original_callee,
        call.private,
        call.attestation,
        (*claimed, *_split(call.claimed)),
        call.asserted,
        _split(call.diverting),
        signatures=call.identity,
    )
    return screen_attempt(services, request, attempt, partial(_encode, services.redress))


def screen_attempt(
    services: ScreenServices, request: HttpRequest, attempt: CallAttempt, encode: Callable[[Decision], bytes]
) -> bytes | Awaitable[bytes]:
    """Decide an attempt and count it; return the encoded decision, or await it where a register is asked first."""
    overload = services.overload
    waited_ms = request.wait_ms() if overload.may_be_late() else 0.0
    received = _ReceivedCall(services.call_counters.counts_of(attempt.trunk), request.now_ns, int(waited_ms * 1e6))
    if why := overload.shed_reason(waited_ms):
        return encode(_count(services, services.screener.unscreened(attempt, why), received))
    deferred = _DeferredDecision()
    decision = services.screener.call(attempt, deferred.set)
    if decision is not None:
        return encode(_count(services, decision, received))

    async def respond_later() -> bytes:
        return encode(_count(services, await deferred.wait(), received))

    return respond_later()


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return every identity in header field values."""
    return tuple(identity for value in values for identity in split_identities(value)) if values else ()


def _count(services: ScreenServices, decision: Decision, received: _ReceivedCall) -> Decision:
    counts, started_ns, waited_ns = received
    total_ns = perf_counter_ns() - started_ns + waited_ns
    services.call_counters.count_answer(counts, decision, waited_ns, total_ns)
    if not counts.is_known:
        services.metrics.strangers.series_for("http", "trunk").value += 1
    return decision


@lru_cache(maxsize=4_096)
def _encode(redress: Redress | None, decision: Decision) -> bytes:
    """Return a decision as JSON; cached, because decisions repeat."""
    return msgspec.json.encode(decision_out(decision, redress))


def decision_out(decision: Decision, redress: Redress | None) -> CallOut:
    """Return the response for a decision; it has `redress` if the call is refused or its number hidden."""
    treatment, reasons, score, meant, country, screened, _, _, verified = decision
    result = None
    if verified is not None:
        result = SignatureResult(verified.verstat, verified.reason, verified.attestation, verified.name)
    appeal = redress if treatment in (Treatment.REFUSE, Treatment.WITHHOLD) else None
    return CallOut(treatment, reasons, score, country, make_label(decision), screened, meant, result, appeal)


def make_label(decision: Decision) -> Label | None:
    """Return the label for the called party; None where there is nothing to show."""
    words = callee_label(decision)
    return Label(*words) if words else None


ROUTE = HttpRoute(
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
    takes=CallIn,
    gives=CallOut,
    max_body_bytes=LONGEST_BODY,
)
