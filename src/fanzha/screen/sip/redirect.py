"""The redirect server (RFC 3261 §8.2.7, §8.3): stateless, at most one answer per message."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import CallCounters, TrunkCounts
from fanzha.screen.decision import Decision
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import OverloadControl
from fanzha.screen.reasons import OVERLOADED
from fanzha.screen.sip import responses
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.message import LONGEST_NAME, MessageSlots, parse_attempt, shorten_facts
from fanzha.screen.sip.responses import AnswerParts
from fanzha.screen.sip.retransmissions import DecisionCache

#: The answer (b"" for none), its port, the start of the next message, the fault.
Outcome = tuple[bytes, int, int, int]

#: A received message: bytes, start, address, port, and the transport's reply handle.
ReceivedRequest = tuple[bytes, int, str, int, Any]
DecideLater = Callable[[CallAttempt, Callable[[Decision], None]], Decision | None]

#: Marks a decision that is pending.
DEFERRED = Decision(Treatment.ALLOW, ("waits",), screened=False)

_FINE, _RESPONSE = int(layout.FINE), int(layout.RESPONSE)
_INVITE, _ACK, _CANCEL, _OPTIONS, _BYE = (
    int(method) for method in (layout.INVITE, layout.ACK, layout.CANCEL, layout.OPTIONS, layout.BYE)
)
_KNOWN, _UNKNOWN = int(layout.KNOWN_METHOD), int(layout.UNKNOWN_METHOD)
_REFUSE = Treatment.REFUSE
_HEAD = int(layout.HEAD)
_MAX_PEERS = 4_096
_TRUNK_FACT = 3  # position of the trunk in the facts of a call


#: Sends a call on after its decision; returns the answer instead where that is impossible.
ForwardCall = Callable[[Decision, MessageSlots, int, ReceivedRequest], AnswerParts | None]


def shed_all(_attempt: CallAttempt, _why: str) -> None:
    """Answer every unevaluated call with 503."""


def read_trunk(facts: bytes) -> str:
    """Return the trunk in the facts of a call."""
    return facts.split(b"\0", _TRUNK_FACT + 1)[_TRUNK_FACT].decode("utf-8", "replace")


def write_answer(buffer: memoryview, head_end: int, first: bytes, last: bytes) -> tuple[int, int]:
    """Write first and last lines around the header fields in a buffer; return start and end of the answer."""
    begin, end = _HEAD - len(first), head_end + len(last)
    buffer[begin:_HEAD] = first
    buffer[head_end:end] = last
    return begin, end


@dataclass
class RedirectCounts:
    """Counters since the start."""

    ignored: int = 0  # keep-alives, ACK, responses; never answered
    strangers: int = 0  # from addresses outside `peers`
    unknown_trunks: int = 0  # calls that name no configured trunk
    unreadable: int = 0  # without a usable Via
    retransmissions: int = 0  # retransmitted calls
    shed: int = 0  # calls shed under overload
    late: int = 0  # calls dropped without an answer, because their sender no longer waits
    forwarded: int = 0  # requests sent to a next hop, in proxy mode
    relayed: int = 0  # responses sent back, in proxy mode
    stray: int = 0  # responses of requests that this proxy did not forward; never sent on
    answers: list[int] = field(default_factory=lambda: [0] * 700)  # by status code


class _PendingCall(NamedTuple):
    """A call whose decision is pending: its message, its trunk, its wait, and the UTC ns of its arrival."""

    request: ReceivedRequest
    trunk: TrunkCounts
    waited_ns: int
    arrived_ns: int


class RedirectServer:
    """Answers the messages of one listener.

    `decide` decides a call. Under overload or for a late call `spill` gets the reason instead; the answer is 503 where
    it returns None. Neither may block or raise. `decide_later`, if given, replaces `decide`: it may return None and
    pass the decision to its callback within the limit of an answer, which `send_late` then sends to the source of the
    message. All listeners of a process share `decision_cache`, `overload` and `counters`. With `healthy` False OPTIONS
    is answered 503, so that proxies use another screen.
    """

    on_notify: Callable[[bytes, int], None] | None = None  # gets body of a NOTIFY and UTC ms; None: NOTIFY is refused
    send_late: Callable[[Any, bytes, int], None] | None = None  # set by the transport: reply handle, answer, port
    arrived_ns = 0  # set by the transport: UTC ns at which the current message arrived, 0 if unknown
    is_backlogged = False  # set by the transport: calls of this trunk wait too long, so rules are left out
    drops_late = True  # whether the sender of a late call routes it without an answer
    forward_call: ForwardCall | None = None  # sends a call on instead of answering it with 302

    def __init__(
        self,
        listener: Listener,
        decide: Callable[[CallAttempt], Decision],
        decision_cache: DecisionCache,
        overload: OverloadControl,
        *,
        decide_later: DecideLater | None = None,
        spill: Callable[[CallAttempt, str], Decision | None] = shed_all,
        label: Callable[[Decision], str] = responses.no_label,
        counters: CallCounters | None = None,
        now_ns: Callable[[], int] = time.time_ns,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.listener, self.healthy, self.counts = listener, True, RedirectCounts()
        self._decide, self._spill, self._now_ns, self._monotonic_ns = decide, spill, now_ns, monotonic_ns
        self._decide_later = decide_later
        self._waiting: dict[bytes, _PendingCall] = {}  # by the facts of pending decisions
        self._counters = CallCounters(Metrics(), "sip") if counters is None else counters
        self._trunks, self._other_trunks = self._counters.trunks, self._counters.other
        self._trunk = self._other_trunks  # of the call decided last
        self._decision_cache, self.overload = decision_cache, overload
        self._slots, self._redirect_lines = MessageSlots(listener), responses.RedirectLines(listener, label)
        self._refusal = responses.RefusalAnswer(listener.refusal)
        self._trunk_refusals = {
            trunk: responses.RefusalAnswer(refusal) for trunk, refusal in listener.trunk_refusals.items()
        }
        self._busy_lines = f"Retry-After: {listener.retry_after_seconds}\r\n".encode() + responses.END
        self._has_peers, self._accepted_peers = bool(listener.peers), dict[str, bool]()

    def answer(self, data: bytes, start: int, host: str, port: int, origin: Any = None) -> Outcome:
        """Answer the message at data[start] received from this address and port.

        `origin` is the transport's handle for a late answer.
        """
        slots = self._slots
        slots.scan(data, start, host, port)
        fault, _, _, _, _, _, reply_port, message_end, _ = slots.read_marks(slots.single)
        begin, end = self.answer_slot(slots, slots.single, lambda _place: (data, start, host, port, origin))
        return slots.buffers[slots.single][begin:end].tobytes(), reply_port, message_end, fault

    def answer_slot(
        self, slots: MessageSlots, slot: int, read_back: Callable[[int], ReceivedRequest]
    ) -> tuple[int, int]:
        """Answer the message in a slot; return start and end of the answer in its buffer, end 0 for none.

        `read_back` returns the message if its decision is pending.
        """
        fault, method, tagged, head_end, contact_end, facts_end, _, _, signatures_end = slots.read_marks(slot)
        if method == _ACK or _FINE < fault <= _RESPONSE or (self._has_peers and not self._accepts(slots, slot)):
            self._count_unanswered(fault, method)
            return 0, 0
        buffer = slots.buffers[slot]
        if method == _INVITE and fault == _FINE and not tagged:
            signatures = buffer[facts_end:signatures_end].tobytes() if signatures_end > facts_end else b""
            decision = self._decide_call(buffer[contact_end:facts_end].tobytes(), signatures, read_back, slot)
            if decision is DEFERRED:
                return 0, 0
            if decision is None:
                code, first, last = 503, responses.UNAVAILABLE, self._busy_lines
            elif decision.treatment is _REFUSE:
                code, first, last = self._refuse(slots, slot, read_back)
            elif self.forward_call is not None:
                answer = self.forward_call(decision, slots, slot, read_back(slot))
                if answer is None:
                    return 0, 0
                code, first, last = answer
            else:
                code, first, last, head_end = 302, responses.REDIRECT, self._redirect_lines.lines(decision), contact_end
            self._trunk.responses[code] += 1
        elif method == _KNOWN and fault == _FINE and self.on_notify is not None and self._notify(read_back(slot)):
            code, first, last = 200, responses.OK, responses.END
        else:
            code, first, last = self._static_answer(fault, method, tagged)
        self.counts.answers[code] += 1
        return write_answer(buffer, head_end, first, last)

    def count_late(self, trunk: str, waited_ns: int) -> None:
        """Count a call that was dropped without an answer."""
        self.counts.late += 1
        self._counters.count_dropped(self._counters.counts_of(trunk), waited_ns)

    def trunk_of_new_call(self, slots: MessageSlots, slot: int) -> str | None:
        """Return the trunk of a call that needs a decision, None for any other message."""
        fault, method, tagged, _, contact_end, facts_end, _, _, signatures_end = slots.read_marks(slot)
        if method != _INVITE or fault != _FINE or tagged or (self._has_peers and not self._accepts(slots, slot)):
            return None
        facts = slots.buffers[slot][contact_end:facts_end].tobytes()
        trunk = read_trunk(facts)
        if len(facts) > LONGEST_NAME:
            facts = shorten_facts(facts)
        if signatures_end > facts_end:
            facts = _add_digest(facts, slots.buffers[slot][facts_end:signatures_end].tobytes())
        return None if facts in self._waiting or self._decision_cache.find(facts) is not None else trunk

    def _decide_call(
        self, facts: bytes, signatures: bytes, read_back: Callable[[int], ReceivedRequest], slot: int
    ) -> Decision | None:
        """Return a cached or new decision; None for overload, DEFERRED for a pending decision."""
        if len(facts) > LONGEST_NAME:
            facts = shorten_facts(facts)
        if signatures:
            facts = _add_digest(facts, signatures)
        decision = self._decision_cache.find(facts)
        if decision is not None:
            self._trunk = trunk = self._trunks.get(read_trunk(facts), self._other_trunks)
            trunk.repeats += 1
            self.counts.retransmissions += 1
            return decision
        now_ns, arrived_ns = self._now_ns(), self.arrived_ns
        waited_ns = now_ns - arrived_ns if 0 < arrived_ns < now_ns else 0
        attempt = parse_attempt(facts, now_ns // 1_000_000, signatures)
        self._trunk = trunk = self._trunks.get(attempt.trunk, self._other_trunks)
        if why := self.overload.shed_reason(waited_ns / 1e6) or (OVERLOADED if self.is_backlogged else ""):
            return self._shed(attempt, trunk, why, waited_ns)
        if self._decide_later is None:
            decision = self._decide(attempt)
        elif facts in self._waiting:
            self.counts.retransmissions += 1
            trunk.repeats += 1
            return DEFERRED
        else:
            decision = self._decide_later(attempt, partial(self._answer_late, facts))
            if decision is None:
                self._waiting[facts] = _PendingCall(read_back(slot), trunk, waited_ns, now_ns - waited_ns)
                return DEFERRED
        if not trunk.is_known:
            self.counts.unknown_trunks += 1
        self._counters.count_answer(trunk, decision, waited_ns, self._now_ns() - now_ns + waited_ns)
        self._store_decision(facts, decision)
        return decision

    def _shed(self, attempt: CallAttempt, trunk: TrunkCounts, why: str, waited_ns: int) -> Decision | None:
        """Return the decision on a call that is not evaluated, None for 503."""
        self.counts.shed += why == OVERLOADED
        self.counts.unknown_trunks += not trunk.is_known
        decision = self._spill(attempt, why)
        if decision is None:
            self._counters.count_pushed_back(trunk, waited_ns)
        else:
            self._counters.count_answer(trunk, decision, waited_ns, waited_ns)
        return decision

    def _refuse(self, slots: MessageSlots, slot: int, read_back: Callable[[int], ReceivedRequest]) -> AnswerParts:
        """Return the answer to a refused call: that of its trunk, else that of the listener."""
        answer = self._refusal
        *_, contact_end, facts_end, _, message_end, _ = slots.read_marks(slot)
        if self._trunk_refusals:
            trunk = read_trunk(slots.buffers[slot][contact_end:facts_end].tobytes())
            answer = self._trunk_refusals.get(trunk, answer)

        def read_message() -> bytes:
            data, start, *_ = read_back(slot)
            return data[start:message_end]

        return answer.parts(read_message)

    def _store_decision(self, facts: bytes, decision: Decision) -> None:
        self._decision_cache.store(facts, decision, self._monotonic_ns() // 1_000_000)

    def _answer_late(self, facts: bytes, decision: Decision) -> None:
        """Answer a message whose decision was pending, as if it were retransmitted."""
        self._store_decision(facts, decision)
        request, trunk, waited_ns, arrived_ns = self._waiting.pop(facts)
        data, start, host, port, origin = request
        text, to, _, _ = self.answer(data, start, host, port)
        self.counts.retransmissions -= 1  # this was no retransmission
        trunk.repeats -= 1
        self.counts.unknown_trunks += not trunk.is_known
        self._counters.count_answer(trunk, decision, waited_ns, self._now_ns() - arrived_ns)
        if text and self.send_late is not None:
            self.send_late(origin, text, to)

    def _count_unanswered(self, fault: int, method: int) -> None:
        if fault == layout.UNANSWERABLE:
            self.counts.unreadable += 1
        elif method == _ACK or fault in (layout.NOTHING, layout.RESPONSE):
            self.counts.ignored += 1
        elif fault != layout.INCOMPLETE:
            self.counts.strangers += 1

    def _notify(self, request: ReceivedRequest) -> bool:
        """Pass on the body of a NOTIFY (RFC 6665); return False for other methods."""
        data, start = request[:2]
        if self.on_notify is None or not data.startswith(b"NOTIFY ", start):
            return False
        self.on_notify(data[start:].partition(b"\r\n\r\n")[2], self._now_ns() // 1_000_000)
        return True

    def _static_answer(self, fault: int, method: int, tagged: int) -> AnswerParts:
        """Return code, first line and last lines of an answer that needs no decision."""
        if fault != _FINE:
            return responses.FAULTS[fault][0], responses.FAULT_LINES[fault], responses.END
        if method == _OPTIONS:
            return (
                (200, responses.OK, responses.CAPABILITIES)
                if self.healthy
                else (503, responses.UNAVAILABLE, self._busy_lines)
            )
        if method == _CANCEL:  # the INVITE has its final answer, so CANCEL has no effect (RFC 3261 §8.3)
            return 200, responses.OK, responses.END
        if tagged or method == _BYE:
            return 481, responses.NO_DIALOG, responses.END
        if method == _UNKNOWN:
            return 501, responses.NOT_IMPLEMENTED, responses.ALLOW + responses.END
        return 405, responses.NOT_ALLOWED, responses.ALLOW + responses.END

    def _accepts(self, slots: MessageSlots, slot: int) -> bool:
        """Return whether messages from the slot's source are answered."""
        source, _ = slots.source(slot)
        if source not in self._accepted_peers:
            if len(self._accepted_peers) >= _MAX_PEERS:
                self._accepted_peers.clear()
            self._accepted_peers[source] = self.listener.accepts(source)
        return self._accepted_peers[source]


def _add_digest(facts: bytes, signatures: bytes) -> bytes:
    """Return the facts with a digest of the signatures at the end of the From tag, as key of the decision."""
    return facts + b"\x1f" + hashlib.blake2b(signatures, digest_size=16).hexdigest().encode()
