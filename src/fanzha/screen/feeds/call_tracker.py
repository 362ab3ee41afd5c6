"""Calls followed from ringing to their end: each answer and end is told once; how many are followed is bounded."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

from fanzha.base.ids import digest

#: Takes a fact: when it arrived (UTC ms), the event table, its columns.
Sink = Callable[[int, str, Mapping[str, object]], None]

MOST = 1_000_000
AT_ONCE = 1_000  # calls that are looked after in one go


class State(IntEnum):
    """Where a call stands."""

    RINGING = 0
    PENDING = 1  # it would end so, unless it is tried again
    TALKING = 2
    OVER = 3  # told; what still comes of it is late


#: How long a call may stand there, ms: then it is forgotten, a pending one ends.
LONGEST = {State.RINGING: 300_000, State.PENDING: 32_000, State.TALKING: 43_200_000, State.OVER: 64_000}


@dataclass(slots=True)
class Ending:
    """How a call ends: who ended it (caller, callee, network), and the release cause (ITU-T Q.850); None: not known."""

    released_by: str | None
    cause: int | None


@dataclass(slots=True)
class Call:
    """One call. Moments are those of the source's clock, ms; None where its beginning was not seen."""

    call_id: str
    began: int | None
    answered: int | None = None
    state: State = State.RINGING
    ending: Ending = field(default_factory=lambda: Ending(None, None))


C = TypeVar("C", bound=Call)


class FollowedCalls(Generic[C]):
    """The calls of one source by their ids."""

    def __init__(self, sink: Sink, source: str, *, most: int = MOST) -> None:
        """Tell `sink` of them; beyond `most` calls the ones nearest to their end are forgotten."""
        self.unfinished = 0  # forgotten before their end was seen
        self._sink, self._source, self._most = sink, source, most
        self._calls: dict[str, C] = {}
        self._since: dict[State, OrderedDict[str, int]] = {state: OrderedDict() for state in State}

    def __len__(self) -> int:
        return len(self._calls)

    def find(self, call_id: str) -> C | None:
        """Return a call that is followed, or was until lately."""
        return self._calls.get(call_id)

    def begin(self, call: C, at: int) -> C:
        """Follow a call; one of the same id is followed no more."""
        self._forget(call.call_id)
        if len(self._calls) >= self._most:
            self._make_room()
        self._calls[call.call_id] = call
        self._since[call.state][call.call_id] = at
        return call

    def move(self, call: C, state: State, at: int) -> None:
        """Let a call stand elsewhere from now on."""
        del self._since[call.state][call.call_id]
        call.state = state
        self._since[state][call.call_id] = at

    def answer(self, call: C, at: int, stamp: int) -> None:
        """Tell that a call is answered."""
        self.move(call, State.TALKING, at)
        call.answered = stamp
        ring = {} if call.began is None else {"ring_ms": max(0, stamp - call.began)}
        self._tell(at, "call_answered", call, stamp, ring)

    def end(self, call: C, at: int, stamp: int, ending: Ending, *, answered: bool | None) -> None:
        """Tell that a call has ended; `answered` None: not known."""
        self.move(call, State.OVER, at)
        talk = None if call.answered is None else max(0, stamp - call.answered)
        known = {
            "answered": answered,
            "talk_ms": talk if answered else None,
            "released_by": ending.released_by,
            "release_cause": ending.cause,
        }
        self._tell(at, "call_ended", call, stamp, {name: value for name, value in known.items() if value is not None})

    def pass_time(self, at: int) -> None:
        """End what is pending too long, forget what nobody speaks of any more."""
        for state, since in self._since.items():
            for _ in range(min(AT_ONCE, len(since))):
                call_id, moment = next(iter(since.items()))
                if moment > at - LONGEST[state]:
                    break
                self._time_out(self._calls[call_id], moment, at)

    def _time_out(self, call: C, since: int, at: int) -> None:
        if call.state is State.PENDING:
            self.end(call, at, since, call.ending, answered=False)
            return
        self.unfinished += call.state is not State.OVER
        self._forget(call.call_id)

    def _make_room(self) -> None:
        for state in (State.OVER, State.PENDING, State.RINGING, State.TALKING):
            if self._since[state]:
                self.unfinished += state is not State.OVER
                self._forget(next(iter(self._since[state])))
                return

    def _forget(self, call_id: str) -> None:
        if (call := self._calls.pop(call_id, None)) is not None:
            del self._since[call.state][call_id]

    def _tell(self, at: int, table: str, call: C, stamp: int, known: Mapping[str, object]) -> None:
        event_id = digest(self._source, table, call.call_id, stamp)
        self._sink(at, table, {"call_id": call.call_id, "event_id": event_id, "source": self._source, **known})
