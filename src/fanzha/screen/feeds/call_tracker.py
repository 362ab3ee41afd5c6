"""Track calls from ringing to their end and emit each answer and end once; the number of calls is bounded."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

from fanzha.base.ids import digest

#: Receives a fact: arrival time (UTC ms), event table, columns.
FactSink = Callable[[int, str, Mapping[str, object]], None]

MAX_CALLS = 1_000_000
BATCH_SIZE = 1_000  # calls timed out at once


class CallState(IntEnum):
    """The state of a call."""

    RINGING = 0
    PENDING = 1  # failed, but it may be retried
    TALKING = 2
    OVER = 3  # ended; later messages are ignored


#: Maximum ms in each state; then the call is dropped, or ended if pending.
MAX_STATE_MS = {
    CallState.RINGING: 300_000,
    CallState.PENDING: 32_000,
    CallState.TALKING: 43_200_000,
    CallState.OVER: 64_000,
}


@dataclass(slots=True)
class CallEnding:
    """How a call ends: who released it (caller, callee, network) and the cause (ITU-T Q.850); None: unknown."""

    released_by: str | None
    cause: int | None


@dataclass(slots=True)
class TrackedCall:
    """One call. Times are ms of the source's clock; None where the event was not seen."""

    call_id: str
    started_at: int | None
    answered_at: int | None = None
    state: CallState = CallState.RINGING
    ending: CallEnding = field(default_factory=lambda: CallEnding(None, None))


C = TypeVar("C", bound=TrackedCall)


class CallTracker(Generic[C]):
    """The calls of one source by Call-ID."""

    def __init__(self, sink: FactSink, source: str, *, max_calls: int = MAX_CALLS) -> None:
        """Emit facts to `sink`; beyond `max_calls` calls drop those nearest to their end."""
        self.unfinished = 0  # dropped before their end was seen
        self._sink, self._source, self._max_calls = sink, source, max_calls
        self._calls: dict[str, C] = {}
        self._entered_at: dict[CallState, OrderedDict[str, int]] = {state: OrderedDict() for state in CallState}

    def __len__(self) -> int:
        return len(self._calls)

    def find(self, call_id: str) -> C | None:
        """Return a tracked or recently ended call."""
        return self._calls.get(call_id)

    def begin(self, call: C, at: int) -> C:
        """Track a call, replacing one of the same id."""
        self._forget(call.call_id)
        if len(self._calls) >= self._max_calls:
            self._make_room()
        self._calls[call.call_id] = call
        self._entered_at[call.state][call.call_id] = at
        return call

    def set_state(self, call: C, state: CallState, at: int) -> None:
        """Set the state of a call at `at`."""
        del self._entered_at[call.state][call.call_id]
        call.state = state
        self._entered_at[state][call.call_id] = at

    def answer(self, call: C, at: int, stamp: int) -> None:
        """Emit that a call is answered."""
        self.set_state(call, CallState.TALKING, at)
        call.answered_at = stamp
        ring = {} if call.started_at is None else {"ring_ms": max(0, stamp - call.started_at)}
        self._emit(at, "call_answered", call, stamp, ring)

    def end(self, call: C, at: int, stamp: int, ending: CallEnding, *, answered: bool | None) -> None:
        """Emit that a call has ended; `answered` None: unknown."""
        self.set_state(call, CallState.OVER, at)
        talk = None if call.answered_at is None else max(0, stamp - call.answered_at)
        columns = {
            "answered": answered,
            "talk_ms": talk if answered else None,
            "released_by": ending.released_by,
            "release_cause": ending.cause,
        }
        self._emit(at, "call_ended", call, stamp, {name: value for name, value in columns.items() if value is not None})

    def pass_time(self, at: int) -> None:
        """Time out calls that have been in their state for too long."""
        for state, entered_at in self._entered_at.items():
            for _ in range(min(BATCH_SIZE, len(entered_at))):
                call_id, moment = next(iter(entered_at.items()))
                if moment > at - MAX_STATE_MS[state]:
                    break
                self._time_out(self._calls[call_id], moment, at)

    def _time_out(self, call: C, since: int, at: int) -> None:
        if call.state is CallState.PENDING:
            self.end(call, at, since, call.ending, answered=False)
            return
        self.unfinished += call.state is not CallState.OVER
        self._forget(call.call_id)

    def _make_room(self) -> None:
        for state in (CallState.OVER, CallState.PENDING, CallState.RINGING, CallState.TALKING):
            if self._entered_at[state]:
                self.unfinished += state is not CallState.OVER
                self._forget(next(iter(self._entered_at[state])))
                return

    def _forget(self, call_id: str) -> None:
        if (call := self._calls.pop(call_id, None)) is not None:
            del self._entered_at[call.state][call_id]

    def _emit(self, at: int, table: str, call: C, stamp: int, columns: Mapping[str, object]) -> None:
        event_id = digest(self._source, table, call.call_id, stamp)
        self._sink(at, table, {"call_id": call.call_id, "event_id": event_id, "source": self._source, **columns})
