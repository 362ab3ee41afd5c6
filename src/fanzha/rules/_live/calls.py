"""Open calls and waits in dictionaries; each is added and removed on its own.

Equivalent to fanzha.windows.calls for columns, with the same saved form. The number of calls is bounded.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence

from fanzha.windows import UNKNOWN
from fanzha.windows.call_kernel import ANSWERED, FORGOTTEN_MS, OFFERED
from fanzha.windows.calls import Wait

Whole = tuple[int, ...]
#: Event id, simulated flag and legal basis of the trigger (the call id is stored separately).
Envelope = tuple[str, bool, str | None]

NEVER = (1 << 63) - 1
_UNHEARD: "OpenCall" = (UNKNOWN, (), UNKNOWN, ())


#: State of a call for its later facts: offered at, the offer's columns, answered at (UNKNOWN: not
#: yet), the answer's columns (() before). A plain tuple of numbers, which the garbage collector soon untracks.
OpenCall = tuple[int, Whole, int, Whole]

#: A pending wait: due moment, call id, columns of offer and answer, envelope.
Waiting = tuple[int, str, Whole, Whole, Envelope]


class Waits:
    """The waits of one kind and length in the order in which they end."""

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
        """The moment at which the first wait ends."""
        if not self._queue:
            return NEVER
        due, *_ = next(iter(self._queue.values()))
        return due

    def begin(self, waiting: Waiting) -> None:
        """Add a wait."""
        _, call, *_ = waiting
        self._queue[self._begun] = waiting
        self._of_call[call] = (*self._of_call.get(call, ()), self._begun)
        self._begun += 1

    def end(self, call: str) -> None:
        """Remove all waits of a call."""
        for number in self._of_call.pop(call, ()):
            del self._queue[number]

    def pop(self) -> Waiting:
        """Remove and return the wait that ends first."""
        _, waiting = self._queue.popitem(last=False)
        _, call, *_ = waiting
        if later_waits := self._of_call.pop(call)[1:]:
            self._of_call[call] = later_waits
        return waiting


class LiveCalls:
    """Open calls and their waits; beyond `max_calls` of either the oldest are dropped and counted."""

    def __init__(self, waits: Sequence[Wait], offered: int, answered: int, max_calls: int) -> None:
        """`offered` and `answered` are the numbers of stored columns of an offer and an answer."""
        self.open: OrderedDict[str, OpenCall] = OrderedDict()
        self.waits = [Waits(wait) for wait in waits]
        self.next_due = NEVER  # or earlier, if the first wait was cancelled
        self.forgotten = 0
        self.no_offer, self.no_answer = (UNKNOWN,) * offered, (UNKNOWN,) * answered
        self._most = max_calls

    def join(self, role: int, call: str, moment: int, own: Whole, envelope: Envelope) -> tuple[Whole, Whole]:
        """Add a fact of a call with its own columns; return the columns of the call's offer and answer."""
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
        """Remove and return the first wait that ends before a moment, with the number of its kind; else None."""
        if self.next_due >= now:
            return None
        first = min(range(len(self.waits)), key=lambda kind: self.waits[kind].next_due)
        ended_wait = self.waits[first].pop() if self.waits[first].next_due < now else None
        self.next_due = min(waits.next_due for waits in self.waits)
        return (first, ended_wait) if ended_wait else None
