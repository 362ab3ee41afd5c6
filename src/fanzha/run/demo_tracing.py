"""Made-up tracebacks of the demo: one found its origin, one ended abroad, one waits for a person of another operator.

The operators of the demo are on one site: their messages are handed over here, as the API takes them from other sites.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import pyarrow as pa

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.call_traceback.intake import receive_answer, receive_request
from fanzha.command.call_traceback.models import MessageState, TracebackLink, TracebackMessage, TrunkPartyKind
from fanzha.command.call_traceback.schemas import TracebackAnswerIn, TracebackIn, TracebackRequestIn
from fanzha.command.call_traceback.search import search_due
from fanzha.command.call_traceback.services import begin_traceback, finish_answered
from fanzha.command.call_traceback.trunks import TrunkPartyDraft, save_trunk_party
from fanzha.command.web.roles import Role
from fanzha.run.demo_steps import DemoSteps
from fanzha.store.call_records import CALL_SCHEMA, write_calls

FIRST, TRANSIT, LAST = "mobile", "telecom", "virtual"
_ROUNDS = 6
_CALLING, _REAL, _CALLED = "+8617000004321", "+8619792000777", "+861700000500{}"
_OTHER = "+8617000009999"
_REASON = Words("举报人称对方冒充银行客服", "Who reported it says: the caller pretended to be a bank").joined()


class TracedCall(NamedTuple):
    """One call: hours ago, and the trunk by which it came in at each operator whose records have it."""

    hours: int
    trunks: dict[str, str]
    caller_at_origin: str = _CALLING


CALLS = (
    TracedCall(52, {FIRST: "IC-TELECOM", TRANSIT: "IC-VIRTUAL", LAST: "LINE-FIC-07"}, _REAL),
    TracedCall(30, {FIRST: "IC-TELECOM", TRANSIT: "IGW-FIC-02"}),
    TracedCall(6, {FIRST: "IC-TELECOM", TRANSIT: "IC-UNKNOWN"}),
)


def add_tracebacks(steps: DemoSteps, now: datetime) -> None:
    """Link the operators, name their trunks, keep the calls and trace them."""
    join_operators(steps)
    name_trunks(steps, now)
    keep_calls(steps, now)
    with steps.clock.running():
        for number, call in enumerate(CALLS):
            steps.clock.advance(max(steps.clock.now, now - timedelta(hours=call.hours - 3)))
            _trace(steps, call, number, now)
        steps.clock.advance(max(steps.clock.now, now))


def join_operators(steps: DemoSteps) -> None:
    """Link each operator with the next, in both directions; the keys are not needed on one site."""
    for owner, partner in ((FIRST, TRANSIT), (TRANSIT, FIRST), (TRANSIT, LAST), (LAST, TRANSIT)):
        TracebackLink.objects.create(
            owner=steps.province[owner],
            partner=steps.province[partner],
            url=f"https://{partner}.example/api/v1/tracebacks/from/made-up",
            secret_file=partner,
            changed_at=steps.clock.now,
        )


def name_trunks(steps: DemoSteps, now: datetime) -> None:
    """Enter who is behind the trunks, since a year ago."""
    since = now - timedelta(days=360)
    gateway = Words("七号语音专线", "voice line 7").joined()
    abroad = Words("示例境外运营商", "Example Foreign Carrier").joined()
    for owner, draft in (
        (FIRST, TrunkPartyDraft("IC-TELECOM", TrunkPartyKind.OPERATOR, steps.province[TRANSIT], since=since)),
        (TRANSIT, TrunkPartyDraft("IC-VIRTUAL", TrunkPartyKind.OPERATOR, steps.province[LAST], since=since)),
        (TRANSIT, TrunkPartyDraft("IGW-FIC-02", TrunkPartyKind.FOREIGN, name=abroad, country="SG", since=since)),
        (
            LAST,
            TrunkPartyDraft(
                "LINE-FIC-07", TrunkPartyKind.CUSTOMER, name=gateway, customer_class="enterprise_line", since=since
            ),
        ),
    ):
        save_trunk_party(steps.viewer(owner, Role.ANALYST), draft)


def keep_calls(steps: DemoSteps, now: datetime) -> None:
    """Keep the calls in the records of the operators, as `fanzha keep-calls` does, and others around them."""
    for owner in (FIRST, TRANSIT, LAST):
        rows = [_record(call, number, owner, now) for number, call in enumerate(CALLS) if owner in call.trunks]
        # calls before and after, so that the records cover the time
        edges = [_edge(rows[0], hours, now) for hours in (70, 1)]
        write_calls(steps.province[owner].ref, "made-up", pa.Table.from_pylist([*rows, *edges], CALL_SCHEMA))


def _record(call: TracedCall, number: int, owner: str, now: datetime) -> dict[str, object]:
    place = (FIRST, TRANSIT, LAST).index(owner)
    return {
        "call_id": f"{owner}-{number}",
        "occurred_at": to_ms(now - timedelta(hours=call.hours)) + 400 * place,
        "caller": call.caller_at_origin if place == 2 else _CALLING,
        "proven_caller": None,
        "callee": _CALLED.format(number),
        "original_callee": None,
        "ingress": "interconnect" if place < 2 else "leased_line",
        "trunk": call.trunks[owner],
        "talk_ms": 184_000 + 9_000 * number,
        "simulated": True,
    }


def _edge(record: dict[str, object], hours: int, now: datetime) -> dict[str, object]:
    at = to_ms(now - timedelta(hours=hours))
    return {**record, "call_id": f"edge-{hours}", "callee": _OTHER, "occurred_at": at}


def _trace(steps: DemoSteps, call: TracedCall, number: int, now: datetime) -> None:
    body = TracebackIn(
        called=_CALLED.format(number),
        calling=_CALLING,
        called_at=now - timedelta(hours=call.hours),
        duration_s=184 + 9 * number,
        trunk="",
        purpose="fraud",
        reason=_REASON,
    )
    begin_traceback(steps.viewer(FIRST, Role.ANALYST), body, simulated=True)
    for _ in range(_ROUNDS):
        search_due(steps.clock.now)
        if not hand_messages_over(steps.clock.now):
            break
        finish_answered(steps.clock.now)


def hand_messages_over(now: datetime) -> int:
    """Hand all waiting messages to the operators that they are for; return how many."""
    waiting = TracebackMessage.objects.filter(state=MessageState.WAITING).select_related("link").order_by("pk")
    messages = list(waiting)
    for message in messages:
        link = TracebackLink.objects.select_related("owner", "partner").get(
            owner=message.link.partner_id, partner=message.link.owner_id
        )
        if message.kind == "request":
            receive_request(link, TracebackRequestIn.model_validate_json(message.body), now)
        else:
            receive_answer(link, TracebackAnswerIn.model_validate_json(message.body), now)
        TracebackMessage.objects.filter(pk=message.pk).update(state=MessageState.DONE, done_at=now, attempts=1)
    return len(messages)
