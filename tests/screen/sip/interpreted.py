"""Runs the scan as plain Python over memory that knows its bounds; messages come as hex in a JSON list on stdin."""

import json
import os
import sys
from typing import Any

os.environ["NUMBA_DISABLE_JIT"] = "1"

import numpy as np

from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip._scan import memory


class Bounded:
    """Memory of so many places: whoever reads or writes outside is told so."""

    def __init__(self, values: "np.ndarray[Any, Any]", *, writable: bool) -> None:
        self._values, self._writable = values, writable

    def __getitem__(self, place: int) -> int:
        return int(self._values[self._checked(place)])

    def __setitem__(self, place: int, value: int) -> None:
        assert self._writable
        self._values[self._checked(place)] = value

    def _checked(self, place: int) -> int:
        if not 0 <= place < self._values.size:
            raise IndexError(f"place {place} of {self._values.size}")
        return int(place)

    def eight(self, place: int) -> np.uint64:
        """Return eight bytes as one number, the first lowest."""
        self._checked(place + 7)
        return np.uint64(int.from_bytes(self._values[self._checked(place) : place + 8].tobytes(), "little"))


ASKS, ROOM, MARKS = np.zeros(at.ASKS, np.uint8), np.zeros(at.ROOM, np.uint8), np.zeros(at.MARKS, np.int64)
MARKS[at.ASKS_ADDRESS], MARKS[at.ROOM_ADDRESS] = 1, 2
SOURCE = b"192.0.2.1"
ROOM[: len(SOURCE)] = np.frombuffer(SOURCE, np.uint8)
MARKS[at.SOURCE_LENGTH], MARKS[at.SOURCE_PORT] = len(SOURCE), 40_000
AT_ADDRESS = {0: Bounded(MARKS, writable=True), 1: Bounded(ASKS, writable=False), 2: Bounded(ROOM, writable=True)}


def main() -> None:
    """Print marks and what was written, for each message."""
    memory.bytes_at = memory.words_at = lambda address: AT_ADDRESS[int(address)]
    memory.bytes_of = lambda data: Bounded(np.frombuffer(data, np.uint8), writable=False)
    memory.eight_at = lambda pointer, place: pointer.eight(place)
    from tests.screen.sip.test_scan import WANTED

    from fanzha.screen.sip import message
    from fanzha.screen.sip.scan import scan

    ASKS[:] = message.laid_out(WANTED)
    told = []
    with np.errstate(over="ignore"):
        for each in json.load(sys.stdin):
            scan(bytes.fromhex(each), 0, 0)
            told.append(
                (MARKS[: at.TOLD].tolist(), ROOM[: max(MARKS[at.CONTACT_END], MARKS[at.FACTS_END])].tobytes().hex())
            )
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
