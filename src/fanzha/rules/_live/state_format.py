"""Open calls and waits in the saved form of fanzha.windows.calls, so that `RuleEngine` and `Live` share states."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.rules._live.calls import Envelope, LiveCalls
from fanzha.windows import UNKNOWN
from fanzha.windows.calls import FORMAT, OFFERED, SavedCalls
from fanzha.windows.codes import FEW, TextCodes

Table = NDArray[np.int64]


@dataclass(frozen=True)
class StateLayout:
    """The columns of a register by name: those of the offer, then of the answer, including the envelope of a wait."""

    offered: list[str]
    answered: list[str]

    def places(self, starts: int) -> Mapping[str, int]:
        """Return the offsets of the columns of the fact that begins a wait."""
        mine, begin = (self.offered, 0) if starts == OFFERED else (self.answered, len(self.offered))
        return {name: begin + nth for nth, name in enumerate(mine)}

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.offered) + len(self.answered)


def encode_calls(calls: LiveCalls, form: StateLayout, call_ids: TextCodes, codes: TextCodes, now: int) -> bytes:
    """Return the register as bytes; call ids are encoded with `call_ids`, envelopes with `codes`."""
    keys = coded(calls.call_ids(), call_ids, now)
    opened = [(offered, answered, offer + answer) for _, (offered, offer, answered, answer) in calls]
    slots = np.column_stack((keys + 1, _table([moments for *moments, _ in opened], 2)))
    values = _table([columns for _, _, columns in opened], form.width)
    queues = []
    for waits in calls.waits:
        own = form.places(waits.wait.starts)
        wait_columns = _table([offer + answer for _, _, offer, answer, _ in waits], form.width)
        envelopes = [envelope for *_, envelope in waits]
        names = [call for _, call, *_ in waits]
        wait_columns[:, own["event_id"]] = coded([event_id for event_id, _, _ in envelopes], codes, now)
        wait_columns[:, own["simulated"]] = [simulated for _, simulated, _ in envelopes]
        wait_columns[:, own["basis"]] = coded([basis for _, _, basis in envelopes], codes, now)
        wait_columns[:, own["call_id"]] = coded(names, codes, now)
        dues = [due for due, *_ in waits]
        entries = np.column_stack((dues, coded(names, call_ids, now), np.full(len(waits), -1)))
        key = (waits.wait.starts, waits.wait.ends, waits.wait.wait_ms)
        queues.append((key, entries.astype(np.int64).tobytes(), wait_columns.tobytes()))
    register = SavedCalls(FORMAT, form.offered, form.answered, slots.tobytes(), values.tobytes(), queues)
    return msgspec.msgpack.encode(register)


def decode_calls(calls: LiveCalls, data: bytes, form: StateLayout, call_ids: TextCodes, codes: TextCodes) -> None:
    """Load a state saved with exactly these columns and kinds of waits into an empty register."""
    register = msgspec.msgpack.decode(data, type=SavedCalls)
    middle = len(form.offered)
    slots = np.frombuffer(register.slots, np.int64).reshape(-1, 3)
    values = np.frombuffer(register.values, np.int64).reshape(len(slots), form.width)
    for row in np.argsort(slots[:, 1], kind="stable"):
        key, offered_at, answered_at = slots[row].tolist()
        offer, answer = tuple(values[row, :middle].tolist()), tuple(values[row, middle:].tolist())
        calls.add(str(call_ids.text(key - 1)), (offered_at, offer, answered_at, answer))
    for waits, (_, entries_data, kept_data) in zip(calls.waits, register.queues, strict=True):
        own = form.places(waits.wait.starts)
        entries = np.frombuffer(entries_data, np.int64).reshape(-1, 3).tolist()
        rows = np.frombuffer(kept_data, np.int64).reshape(len(entries), form.width).tolist()
        for (due, call, _), wait_row in zip(entries, rows, strict=True):
            if call != UNKNOWN:
                offer, answer = tuple(wait_row[:middle]), tuple(wait_row[middle:])
                packed = calls.packer.pack((UNKNOWN, offer, due - waits.wait.wait_ms, answer))
                waits.begin(due, str(call_ids.text(call)), packed, _envelope(wait_row, own, codes))
    calls.next_due = min((waits.next_due for waits in calls.waits), default=calls.next_due)


def _envelope(row: Sequence[int], own: Mapping[str, int], codes: TextCodes) -> Envelope:
    event_id, basis = codes.text(row[own["event_id"]]), codes.text(row[own["basis"]])
    return event_id or "", row[own["simulated"]] == 1, basis


def coded(texts: Iterable[str | None], codes: TextCodes, now: int) -> Table:
    """Return codes, a few texts at a time: a forked process that saves must not use threads."""
    result: list[int] = []
    for piece in _batched(texts, FEW):
        new_codes = iter(codes.encode_few([text for text in piece if text is not None], now))
        result += [UNKNOWN if text is None else next(new_codes) for text in piece]
    return np.array(result, np.int64)


def _batched(texts: Iterable[str | None], size: int) -> Iterator[list[str | None]]:
    """Yield lists of so many (itertools.batched, which Python 3.11 lacks)."""
    remaining = iter(texts)
    while piece := list(islice(remaining, size)):
        yield piece


def _table(rows: Sequence[Sequence[int]], width: int) -> Table:
    return np.array(rows, np.int64).reshape(len(rows), width)
