"""Runs the scan as plain Python over memory that knows its bounds; messages come as hex in a JSON list on stdin."""

import json
import os
import sys
from typing import Any

os.environ["NUMBA_DISABLE_JIT"] = "1"

import numpy as np

from fanzha.screen.sip._scan import layout, memory


class Bounded:
    """Memory of so many places: whoever reads or writes outside is told so."""

    def __init__(self, values: "np.ndarray[Any, Any]", *, writable: bool) -> None:
        self._values, self._writable = values, writable

    def __getitem__(self, position: int) -> int:
        return int(self._values[self._checked(position)])

    def __setitem__(self, position: int, value: int) -> None:
        assert self._writable
        self._values[self._checked(position)] = value

    def _checked(self, position: int) -> int:
        if not 0 <= position < self._values.size:
            raise IndexError(f"place {position} of {self._values.size}")
        return int(position)

    def eight(self, position: int) -> np.uint64:
        """Return eight bytes as one number, the first lowest."""
        self._checked(position + 7)
        return np.uint64(int.from_bytes(self._values[self._checked(position) : position + 8].tobytes(), "little"))


ASKS, ROOM, MARKS = (
    np.zeros(layout.CONFIG, np.uint8),
    np.zeros(layout.BUFFER, np.uint8),
    np.zeros(layout.MARKS, np.int64),
)
MARKS[layout.CONFIG_ADDRESS], MARKS[layout.BUFFER_ADDRESS] = 1, 2
SOURCE = b"192.0.2.1"
ROOM[: len(SOURCE)] = np.frombuffer(SOURCE, np.uint8)
MARKS[layout.SOURCE_LENGTH], MARKS[layout.SOURCE_PORT] = len(SOURCE), 40_000
AT_ADDRESS = {0: Bounded(MARKS, writable=True), 1: Bounded(ASKS, writable=False), 2: Bounded(ROOM, writable=True)}


def main() -> None:
    """Print marks and what was written, for each message."""
    memory.bytes_at = memory.words_at = lambda address: AT_ADDRESS[int(address)]
    memory.bytes_of = lambda data: Bounded(np.frombuffer(data, np.uint8), writable=False)
    memory.eight_at = lambda pointer, position: pointer.eight(position)
    from tests.screen.sip.test_scan import WANTED

    from fanzha.screen.sip import message
    from fanzha.screen.sip.scan import scan

    ASKS[:] = message.encode_listener(WANTED)
    results = []
    with np.errstate(over="ignore"):
        for message_hex in json.load(sys.stdin):
            scan(bytes.fromhex(message_hex), 0, 0)
            results.append(
                (
                    MARKS[: layout.RESULT_MARKS].tolist(),
                    ROOM[: max(MARKS[layout.CONTACT_END], MARKS[layout.SIGNATURES_END])].tobytes().hex(),
                )
            )
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
