"""Put the rows of one call together: legs, partial records, offer and end; with bounded memory, in the file's order."""

from collections.abc import Iterator

import msgspec

from fanzha.read._calls.record import Record

#: Calls kept open at once; when more wait, the oldest are told as they are.
MOST_OPEN = 100_000
MOST_ROWS_A_CALL = 1_000


class Call(msgspec.Struct):
    """Rows of one call, by any of the ids they share."""

    records: list[Record]
    keys: set[str]


class Gather:
    """Takes records in the file's order and gives back calls, each once nothing more of it is to be expected."""

    def __init__(self, most_open: int = MOST_OPEN) -> None:
        self._most_open = most_open
        self._open: dict[int, Call] = {}  # in the order in which calls were first seen
        self._of_key: dict[str, int] = {}
        self._next = 0

    def add(self, record: Record) -> Iterator[list[Record]]:
        """Take a record; yield the calls that are complete now."""
        number = self._place(record)
        call = self._open[number]
        if record.last or len(call.records) >= MOST_ROWS_A_CALL:
            yield self._close(number)
        elif len(self._open) > self._most_open:
            yield self._close(next(iter(self._open)))

    def finish(self) -> Iterator[list[Record]]:
        """Yield the calls that are still open."""
        while self._open:
            yield self._close(next(iter(self._open)))

    def _place(self, record: Record) -> int:
        """Find the call a record belongs to; a record that shares ids with two calls makes them one."""
        known = sorted({self._of_key[key] for key in record.keys if key in self._of_key})
        if not known:
            known = [self._next]
            self._open[self._next] = Call([], set())
            self._next += 1
        first, *others = known
        call = self._open[first]
        for number in others:
            other = self._open.pop(number)
            call.records += other.records
            call.keys |= other.keys
        call.records.append(record)
        call.keys.update(record.keys)
        for key in call.keys if others else record.keys:
            self._of_key[key] = first
        return first

    def _close(self, number: int) -> list[Record]:
        call = self._open.pop(number)
        for key in call.keys:
            self._of_key.pop(key, None)
        return call.records
