"""Open calls and waits in dictionaries; each is added and removed on its own.

Equivalent to fanzha.windows.calls for columns, with the same saved form. The number of calls is bounded.
"""

import struct
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import chain

import msgspec

from fanzha.windows import UNKNOWN
from fanzha.windows.call_kernel import ANSWERED, FORGOTTEN_MS, OFFERED
from fanzha.windows.calls import Wait

Whole = tuple[int, ...]
#: Event id, simulated flag and legal basis of the trigger (the call id is stored separately).
Envelope = tuple[str, bool, str | None]

NEVER = (1 << 63) - 1
SHARDS = 256  # dictionaries that share many open calls by the hash of their id
_MOMENT = struct.Struct("=q")
_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(list[int | None]).decode

#: State of a call for its later facts: offered at, the offer's columns, answered at (UNKNOWN: not yet), the answer's
#: columns.
OpenCall = tuple[int, Whole, int, Whole]

#: A pending wait: due moment, call id, columns of offer and answer, envelope.
Waiting = tuple[int, str, Whole, Whole, Envelope]


class CallPacker:
    """Packs open calls into bytes, which take a fifth of the memory of tuples: the moment, then MessagePack.

    It writes numbers below 128 and what is unknown in one byte.
    """

    def __init__(self, offered: int, answered: int) -> None:
        """`offered` and `answered` are the numbers of stored columns of an offer and an answer."""
        self._offered = offered
        self.no_offer, self.no_answer = (UNKNOWN,) * offered, (UNKNOWN,) * answered

    def pack(self, open_call: OpenCall) -> bytes:
        """Return moment and columns of the offer, then of the answer if there is one."""
        offered_at, offer, answered_at, answer = open_call
        if answered_at == UNKNOWN:
            return self.pack_offer(offered_at, offer)
        return self.pack_offer(offered_at, (*offer, answered_at, *answer))

    def pack_offer(self, moment: int, columns: Whole) -> bytes:
        """Return a call that has not been answered."""
        return _MOMENT.pack(moment) + _encode([None if value == UNKNOWN else value for value in columns])

    def unpack(self, packed: bytes) -> OpenCall:
        """Return a packed call."""
        (offered_at,) = _MOMENT.unpack_from(packed)
        values = tuple([UNKNOWN if value is None else value for value in _decode(packed[_MOMENT.size :])])
        if len(values) == self._offered:
            return offered_at, values, UNKNOWN, self.no_answer
        return offered_at, values[: self._offered], values[self._offered], values[self._offered + 1 :]


class Waits:
    """The waits of one kind and length in the order in which they end."""

    def __init__(self, wait: Wait, packer: CallPacker) -> None:
        self.wait = wait
        self._packer = packer
        self._queue: OrderedDict[int, tuple[int, str, bytes, Envelope]] = OrderedDict()
        self._of_call: dict[str, tuple[int, ...]] = {}
        self._begun = 0

    def __len__(self) -> int:
        return len(self._queue)

    def __iter__(self) -> Iterator[Waiting]:
        return map(self._unpack, self._queue.values())

    def _unpack(self, packed_wait: tuple[int, str, bytes, Envelope]) -> Waiting:
        due, call, packed, envelope = packed_wait
        _, offer, _, answer = self._packer.unpack(packed)
        return due, call, offer, answer, envelope

    @property
    def next_due(self) -> int:
        """The moment at which the first wait ends."""
        if not self._queue:
            return NEVER
        due, *_ = next(iter(self._queue.values()))
        return due

    def begin(self, due: int, call: str, packed: bytes, envelope: Envelope) -> None:
        """Add a wait of a packed call."""
        self._queue[self._begun] = due, call, packed, envelope
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
        return self._unpack(waiting)


class LiveCalls:
    """Open calls and their waits; beyond some `max_calls` of either the oldest are dropped and counted."""

    def __init__(self, waits: Sequence[Wait], offered: int, answered: int, max_calls: int) -> None:
        """`offered` and `answered` are the numbers of stored columns of an offer and an answer."""
        self.packer = CallPacker(offered, answered)
        # A dictionary moves all its entries when it grows, and calls wait for that: many small ones take a millisecond.
        shards = SHARDS if max_calls >= SHARDS * SHARDS else 1
        self._shards: list[OrderedDict[str, bytes]] = [OrderedDict() for _ in range(shards)]
        self._mask, self._most_in_shard = shards - 1, max_calls // shards
        self.waits = [Waits(wait, self.packer) for wait in waits]
        self.next_due = NEVER  # or earlier, if the first wait was cancelled
        self.forgotten = 0
        self._most = max_calls

    @property
    def open_calls(self) -> int:
        """Number of open calls."""
        return sum(map(len, self._shards))

    def call_ids(self) -> Iterator[str]:
        """Yield the ids of the open calls in the order in which the calls are yielded."""
        return chain.from_iterable(self._shards)

    def __iter__(self) -> Iterator[tuple[str, OpenCall]]:
        """Yield the open calls, shard by shard."""
        for shard in self._shards:
            for call, packed in shard.items():
                yield call, self.packer.unpack(packed)

    def add(self, call: str, open_call: OpenCall) -> None:
        """Add an open call, which is the newest."""
        self._shard(call)[call] = self.packer.pack(open_call)

    def _shard(self, call: str) -> OrderedDict[str, bytes]:
        return self._shards[hash(call) & self._mask]

    def join(self, role: int, call: str, moment: int, own: Whole, envelope: Envelope) -> tuple[Whole, Whole]:
        """Add a fact of a call with its own columns; return the columns of the call's offer and answer."""
        packer = self.packer
        packed, offer, answer = b"", packer.no_offer, packer.no_answer
        if role == OFFERED:
            offer, packed = own, self._open_call(call, moment, own)
        elif (known := self._shard(call).get(call)) is not None:
            offered_at, *_ = columns = packer.unpack(known)
            is_joined = moment - offered_at < FORGOTTEN_MS
            if is_joined:
                packed, (_, offer, _, answer) = known, columns
            if role != ANSWERED:
                del self._shard(call)[call]
            elif is_joined:
                self._shard(call)[call] = packed = packer.pack((offered_at, offer, moment, own))
        if role == ANSWERED:
            answer = own
        if self.waits:
            self._wait(role, call, moment, packed or packer.pack((UNKNOWN, offer, moment, answer)), envelope)
        return offer, answer

    def _open_call(self, call: str, moment: int, own: Whole) -> bytes:
        calls = self._shard(call)
        calls.pop(call, None)
        calls[call] = packed = self.packer.pack_offer(moment, own)
        if len(calls) > self._most_in_shard:
            calls.popitem(last=False)
            self.forgotten += 1
        while _MOMENT.unpack_from(next(iter(calls.values())))[0] <= moment - FORGOTTEN_MS:
            calls.popitem(last=False)
        return packed

    def _wait(self, role: int, call: str, moment: int, packed: bytes, envelope: Envelope) -> None:
        for waits in self.waits:
            if role >= waits.wait.ends:
                waits.end(call)
            if role == waits.wait.starts:
                due = moment + waits.wait.wait_ms
                waits.begin(due, call, packed, envelope)
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
