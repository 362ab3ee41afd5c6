"""The redirect server (RFC 3261 §8.2.7, §8.3): one message in, at most one answer out, and no transaction kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import Attempt
from fanzha.screen.decision import Decision
from fanzha.screen.overload import Overload
from fanzha.screen.reasons import OVERLOADED
from fanzha.screen.sip import responses as say
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.message import LONGEST_NAME, Slots, attempt_of, shortened
from fanzha.screen.sip.retransmissions import Repeats

#: What one message led to: the answer (b"" for none), the port it goes to, where the next message begins, the fault.
Outcome = tuple[bytes, int, int, int]

#: A message as it came: the bytes, where it begins, address, port, and what the transport answers it by.
Came = tuple[bytes, int, str, int, Any]
DecideLater = Callable[[Attempt, Callable[[Decision], None]], Decision | None]

#: What stands for a decision that is waited for.
WAITS = Decision(Treatment.ALLOW, ("waits",), screened=False)

_FINE, _RESPONSE = int(at.FINE), int(at.RESPONSE)
_INVITE, _ACK, _CANCEL, _OPTIONS, _BYE = (int(method) for method in (at.INVITE, at.ACK, at.CANCEL, at.OPTIONS, at.BYE))
_KNOWN, _UNKNOWN = int(at.KNOWN_METHOD), int(at.UNKNOWN_METHOD)
_REFUSE = Treatment.REFUSE
_HEAD = int(at.HEAD)
_MOST_PEERS = 4_096


def shed_all(_attempt: Attempt, _why: str) -> None:
    """Let no call pass that is not decided: each is answered 503."""


@dataclass
class Counts:
    """What came and what was said, since the start."""

    ignored: int = 0  # keep-alives, ACK, responses: never answered
    strangers: int = 0  # from addresses outside `peers`
    unreadable: int = 0  # no Via to answer by
    repeats: int = 0  # calls that came again
    shed: int = 0  # calls that were not decided, for too many came
    answers: list[int] = field(default_factory=lambda: [0] * 700)  # by status code


class RedirectServer:
    """Answers the messages of one listener.

    `decide` is asked once a call. When too much comes, or the call is late, `spill` is asked instead and told why: what
    it returns passes or is refused, where it returns None the answer is 503. Neither may block or raise. Where there is
    `decide_later` it is asked in the place of `decide`: it may return None and tell the decision within the limit of
    an answer, which `late` then sends to where the message came from. `repeats` and `overload` are shared by all
    listeners of a process. With `healthy` false OPTIONS is answered 503, so that proxies take another screen.
    """

    notified: Callable[[bytes, int], None] | None = None  # gets bodies of NOTIFY and UTC ms; None: it is not allowed
    late: Callable[[Any, bytes, int], None] | None = None  # set by the transport: origin, answer, port
    waited_ms = 0.0  # set by the transport: how long what is answered now had waited at the least, 0 where nobody knows

    def __init__(
        self,
        listener: Listener,
        decide: Callable[[Attempt], Decision],
        repeats: Repeats,
        overload: Overload,
        *,
        decide_later: DecideLater | None = None,
        spill: Callable[[Attempt, str], Decision | None] = shed_all,
        label: Callable[[Decision], str] = say.no_label,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self.listener, self.healthy, self.counts = listener, True, Counts()
        self._decide, self._spill, self._now_ns = decide, spill, now_ns
        self._decide_later = decide_later
        self._waiting: dict[bytes, Came] = {}  # by the facts that are being decided
        self._repeats, self.overload = repeats, overload
        self._slots, self._go_on = Slots(listener), say.GoOn(listener, label)
        self._refused = listener.refusal.code
        self._refusal_line = say.status_line(listener.refusal.code, listener.refusal.said)
        self._refusal_lines = say.refusal_lines(listener.refusal)
        self._busy_lines = f"Retry-After: {listener.retry_after_seconds}\r\n".encode() + say.END
        self._closed, self._heard = bool(listener.peers), dict[str, bool]()

    def answer(self, data: bytes, start: int, host: str, port: int, origin: Any = None) -> Outcome:
        """Answer the message that begins at data[start] and came from this address and port.

        `origin` is what the transport sends a late answer by.
        """
        slots = self._slots
        slots.scan(data, start, host, port)
        fault, _, _, _, _, _, reply_port, message_end = slots.told(slots.alone)
        begin, end = self.answer_slot(slots, slots.alone, lambda _place: (data, start, host, port, origin))
        return slots.rooms[slots.alone][begin:end].tobytes(), reply_port, message_end, fault

    def answer_slot(self, slots: Slots, place: int, came: Callable[[int], Came]) -> tuple[int, int]:
        """Answer the message that was scanned into a slot; return where in its room the answer starts and ends.

        It ends at 0 where there is none. `came` tells the message again, where its decision is waited for.
        """
        fault, method, tagged, head_end, contact_end, facts_end, _, _ = slots.told(place)
        if method == _ACK or _FINE < fault <= _RESPONSE or (self._closed and not self._hears(slots, place)):
            self._count_unanswered(fault, method)
            return 0, 0
        room = slots.rooms[place]
        if method == _INVITE and fault == _FINE and not tagged:
            decision = self._decided(room[contact_end:facts_end].tobytes(), came, place)
            if decision is WAITS:
                return 0, 0
            if decision is None:
                code, first, last = 503, say.UNAVAILABLE, self._busy_lines
            elif decision.treatment is _REFUSE:
                code, first, last = self._refused, self._refusal_line, self._refusal_lines
            else:
                code, first, last, head_end = 302, say.GO_ON, self._go_on.lines(decision), contact_end
        elif method == _KNOWN and fault == _FINE and self.notified is not None and self._notify(came(place)):
            code, first, last = 200, say.HEALTHY, say.END
        else:
            code, first, last = self._plain(fault, method, tagged)
        self.counts.answers[code] += 1
        begin, end = _HEAD - len(first), head_end + len(last)
        room[begin:_HEAD] = first
        room[head_end:end] = last
        return begin, end

    def _decided(self, facts: bytes, came: Callable[[int], Came], place: int) -> Decision | None:
        """Return what was decided or is decided now; None: there is no time to decide; WAITS: it will be told."""
        if len(facts) > LONGEST_NAME:
            facts = shortened(facts)
        decision = self._repeats.find(facts)
        if decision is not None:
            self.counts.repeats += 1
            return decision
        now_ms = self._now_ns() // 1_000_000
        if why := self.overload.turned_away(self.waited_ms):
            self.counts.shed += why == OVERLOADED
            return self._spill(attempt_of(facts, now_ms), why)
        if self._decide_later is None:
            decision = self._decide(attempt_of(facts, now_ms))
        elif facts in self._waiting:
            return WAITS
        else:
            decision = self._decide_later(attempt_of(facts, now_ms), partial(self._told, facts, now_ms))
            if decision is None:
                self._waiting[facts] = came(place)
                return WAITS
        self._repeats.keep(facts, decision, now_ms)
        return decision

    def _told(self, facts: bytes, now_ms: int, decision: Decision) -> None:
        """Answer a message whose decision had to be waited for, as if it came again."""
        self._repeats.keep(facts, decision, now_ms)
        data, start, host, port, origin = self._waiting.pop(facts)
        text, to, _, _ = self.answer(data, start, host, port)
        self.counts.repeats -= 1  # it was none
        if text and self.late is not None:
            self.late(origin, text, to)

    def _count_unanswered(self, fault: int, method: int) -> None:
        if fault == at.UNANSWERABLE:
            self.counts.unreadable += 1
        elif method == _ACK or fault in (at.NOTHING, at.RESPONSE):
            self.counts.ignored += 1
        elif fault != at.INCOMPLETE:
            self.counts.strangers += 1

    def _notify(self, came: Came) -> bool:
        """Hand the body of a NOTIFY on (RFC 6665); False for other methods."""
        data, start = came[:2]
        if self.notified is None or not data.startswith(b"NOTIFY ", start):
            return False
        self.notified(data[start:].partition(b"\r\n\r\n")[2], self._now_ns() // 1_000_000)
        return True

    def _plain(self, fault: int, method: int, tagged: int) -> tuple[int, bytes, bytes]:
        """Return code, first line and last lines of an answer that no decision is needed for."""
        if fault != _FINE:
            return say.FAULTS[fault][0], say.FAULT_LINES[fault], say.END
        if method == _OPTIONS:
            return (200, say.HEALTHY, say.ABILITIES) if self.healthy else (503, say.UNAVAILABLE, self._busy_lines)
        if method == _CANCEL:  # its INVITE has had its final answer, so it changes nothing (RFC 3261 §8.3)
            return 200, say.HEALTHY, say.END
        if tagged or method == _BYE:
            return 481, say.NO_DIALOG, say.END
        if method == _UNKNOWN:
            return 501, say.NOT_IMPLEMENTED, say.ALLOW + say.END
        return 405, say.NOT_ALLOWED, say.ALLOW + say.END

    def _hears(self, slots: Slots, place: int) -> bool:
        """Whether messages from the source of this one are answered."""
        source, _ = slots.source(place)
        if source not in self._heard:
            if len(self._heard) >= _MOST_PEERS:
                self._heard.clear()
            self._heard[source] = self.listener.hears(source)
        return self._heard[source]
