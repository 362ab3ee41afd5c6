"""Open calls and waits in dictionaries: each comes and goes alone, nothing is ever moved as a whole.

The same as fanzha.windows.calls decides over columns, whose saved form it shares; how many are held is bounded.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence

from fanzha.windows import UNKNOWN
from fanzha.windows.call_kernel import ANSWERED, FORGOTTEN_MS, OFFERED
from fanzha.windows.calls import Wait

Whole = tuple[int, ...]
#: event id, whether simulated, legal basis: what a finding says of its trigger (the call id is known beside).
Envelope = tuple[str, bool, str | None]

NEVER = (1 << 63) - 1
_UNHEARD: "OpenCall" = (UNKNOWN, (), UNKNOWN, ())


#: What later facts of a call know of it: when it was offered, the offer's columns, when it was answered (UNKNOWN: not
#: yet), the answer's columns, () before. A plain tuple of numbers: the collector of cycles soon looks at it no more.
OpenCall = tuple[int, Whole, int, Whole]

#: A wait that has begun: when it is over, whose it is, the columns of offer and answer, what a finding says of it.
Waiting = tuple[int, str, Whole, Whole, Envelope]


class Waits:
    """The waits of one kind, all equally long, in the order in which they end."""

    def __init__(self, wait: Wait) -> None:
        self.wait = wait
        self._queue: OrderedDict[int, Waiting] = OrderedDict()
        self._of_call: dict[str, tuple[int, ...]] = {}
        self._begun = 0

    def __len__(self) -> int:
        return len(self._queue)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._queue.values())

    @property
    def next_due(self) -> int:
        """When the first is over."""
        if not self._queue:
            return NEVER
        due, *_ = next(iter(self._queue.values()))
        return due

    def begin(self, waiting: Waiting) -> None:
        """Take in one more."""
        _, call, *_ = waiting
        self._queue[self._begun] = waiting
        self._of_call[call] = (*self._of_call.get(call, ()), self._begun)
        self._begun += 1

    def end(self, call: str) -> None:
        """Forget all waits of a call."""
        for number in self._of_call.pop(call, ()):
            del self._queue[number]

    def pop(self) -> Waiting:
        """Take out the one that is over first."""
        _, waiting = self._queue.popitem(last=False)
        _, call, *_ = waiting
        if later_waits := self._of_call.pop(call)[1:]:
            self._of_call[call] = later_waits
        return waiting


class LiveCalls:
    """The open calls and their waits; beyond `most` of either the oldest are forgotten, and counted."""

    def __init__(self, waits: Sequence[Wait], offered: int, answered: int, max_calls: int) -> None:
        """`offered` and `answered` are how many columns of an offer and an answer are kept."""
        self.open: OrderedDict[str, OpenCall] = OrderedDict()
        self.waits = [Waits(wait) for wait in waits]
        self.next_due = NEVER  # or somewhat before, when the first wait was ended
        self.forgotten = 0
        self.no_offer, self.no_answer = (UNKNOWN,) * offered, (UNKNOWN,) * answered
        self._most = max_calls

    def join(self, role: int, call: str, moment: int, own: Whole, envelope: Envelope) -> tuple[Whole, Whole]:
        """Take in a fact of a call with its own columns; return those of the offer and the answer that it knows."""
        open_call = self.open.get(call)
        offered_at, offer, _, answer = open_call or _UNHEARD
        if moment - offered_at >= FORGOTTEN_MS:
            open_call, offer, answer = None, (), ()
        offer, answer = offer or self.no_offer, answer or self.no_answer
        if role == OFFERED:
            offer, answer = own, self.no_answer
            self._open(call, moment, own)
        elif role == ANSWERED:
            answer = own
            if open_call:
                self.open[call] = (offered_at, offer, moment, own)
        else:
            self.open.pop(call, None)
        if self.waits:
            self._wait(role, call, moment, (offer, answer, envelope))
        return offer, answer

    def _open(self, call: str, moment: int, own: Whole) -> None:
        self.open.pop(call, None)
        self.open[call] = (moment, own, UNKNOWN, ())
        if len(self.open) > self._most:
            self.open.popitem(last=False)
            self.forgotten += 1
        while next(iter(self.open.values()))[0] <= moment - FORGOTTEN_MS:
            self.open.popitem(last=False)

    def _wait(self, role: int, call: str, moment: int, call_columns: tuple[Whole, Whole, Envelope]) -> None:
        for waits in self.waits:
            if role >= waits.wait.ends:
                waits.end(call)
            if role == waits.wait.starts:
                due = moment + waits.wait.wait_ms
                waits.begin((due, call, *call_columns))
                self.next_due = min(self.next_due, due)
                if len(waits) > self._most:
                    waits.pop()
                    self.forgotten += 1

    def over(self, now: int) -> tuple[int, Waiting] | None:
        """Take out the first wait that is over before a moment, with the number of its kind, if there is one."""
        if self.next_due >= now:
            return None
        first = min(range(len(self.waits)), key=lambda kind: self.waits[kind].next_due)
        ended_wait = self.waits[first].pop() if self.waits[first].next_due < now else None
        self.next_due = min(waits.next_due for waits in self.waits)
        return (first, ended_wait) if ended_wait else None
