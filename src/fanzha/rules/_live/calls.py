"""Open calls and waits in dictionaries: each comes and goes alone, nothing is ever moved as a whole.

The same as fanzha.windows.calls decides over columns, whose saved form it shares; how many are held is bounded.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fanzha.windows import UNKNOWN
from fanzha.windows._calls.kernel import ANSWERED, ENDED, FORGOTTEN_MS, OFFERED
from fanzha.windows.calls import Wait

Whole = tuple[int, ...]
#: event id, whether simulated, legal basis: what a finding says of its trigger (the call id is known beside).
Envelope = tuple[str, bool, str | None]

NEVER = (1 << 63) - 1


class OpenCall(NamedTuple):
    """What later facts of a call know of it; the answer's columns are () before there is one."""

    offered_at: int
    offer: Whole
    answered_at: int = UNKNOWN
    answer: Whole = ()


class Waiting(NamedTuple):
    """A wait that has begun: when it is over, whose it is, and what is known of the fact that began it."""

    due: int
    call: str
    offer: Whole
    answer: Whole
    envelope: Envelope


class Waits:
    """The waits of one kind, all equally long, in the order in which they end."""

    def __init__(self, wait: Wait) -> None:
        self.wait = wait
        self._queue: OrderedDict[int, Waiting] = OrderedDict()
        self._of_call: dict[str, list[int]] = {}
        self._begun = 0

    def __len__(self) -> int:
        return len(self._queue)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._queue.values())

    @property
    def next_due(self) -> int:
        """When the first is over."""
        return next(iter(self._queue.values())).due if self._queue else NEVER

    def begin(self, waiting: Waiting) -> None:
        """Take in one more."""
        self._queue[self._begun] = waiting
        self._of_call.setdefault(waiting.call, []).append(self._begun)
        self._begun += 1

    def end(self, call: str) -> None:
        """Forget all waits of a call."""
        for number in self._of_call.pop(call, ()):
            del self._queue[number]

    def pop(self) -> Waiting:
        """Take out the one that is over first."""
        number, waiting = self._queue.popitem(last=False)
        mine = self._of_call[waiting.call]
        mine.remove(number)
        if not mine:
            del self._of_call[waiting.call]
        return waiting


class LiveCalls:
    """The open calls and their waits; beyond `most` of either the oldest are forgotten, and counted."""

    def __init__(self, waits: Sequence[Wait], offered: int, answered: int, most: int) -> None:
        """`offered` and `answered` are how many columns of an offer and an answer are kept."""
        self.open: OrderedDict[str, OpenCall] = OrderedDict()
        self.waits = [Waits(wait) for wait in waits]
        self.next_due = NEVER  # or somewhat before, when the first wait was ended
        self.forgotten = 0
        self.no_offer, self.no_answer = (UNKNOWN,) * offered, (UNKNOWN,) * answered
        self._most = most

    def join(self, role: int, call: str, moment: int, own: Whole, envelope: Envelope) -> tuple[Whole, Whole]:
        """Take in a fact of a call with its own columns; return those of the offer and the answer that it knows."""
        known = self.open.get(call)
        if known is not None and moment - known.offered_at >= FORGOTTEN_MS:
            known = None
        offer, answer = (known.offer, known.answer or self.no_answer) if known else (self.no_offer, self.no_answer)
        if role == OFFERED:
            offer, answer = own, self.no_answer
            self._open(call, OpenCall(moment, own))
        elif role == ANSWERED:
            answer = own
            if known:
                self.open[call] = OpenCall(known.offered_at, offer, moment, own)
        else:
            self.open.pop(call, None)
        if self.waits:
            self._wait(role, call, moment, Waiting(0, call, offer, answer, envelope))
        return offer, answer

    def _open(self, call: str, opened: OpenCall) -> None:
        self.open.pop(call, None)
        self.open[call] = opened
        if len(self.open) > self._most:
            self.open.popitem(last=False)
            self.forgotten += 1
        while next(iter(self.open.values())).offered_at <= opened.offered_at - FORGOTTEN_MS:
            self.open.popitem(last=False)

    def _wait(self, role: int, call: str, moment: int, waiting: Waiting) -> None:
        for waits in self.waits:
            if role >= waits.wait.ends:
                waits.end(call)
            if role == waits.wait.starts:
                due = moment + waits.wait.wait_ms
                waits.begin(waiting._replace(due=due))
                self.next_due = min(self.next_due, due)
                if len(waits) > self._most:
                    waits.pop()
                    self.forgotten += 1

    def over(self, now: int) -> tuple[int, Waiting] | None:
        """Take out the first wait that is over before a moment, with the number of its kind, if there is one."""
        if self.next_due >= now:
            return None
        first = min(range(len(self.waits)), key=lambda kind: self.waits[kind].next_due)
        found = self.waits[first].pop() if self.waits[first].next_due < now else None
        self.next_due = min(waits.next_due for waits in self.waits)
        return (first, found) if found else None


__all__ = ["ANSWERED", "ENDED", "NEVER", "OFFERED", "Envelope", "LiveCalls", "OpenCall", "Waiting", "Waits", "Whole"]
