"""Clocks that step, by libfaketime (Debian package faketime): programs see the clock that a file says."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Clock:
    """The clock of the programs started in a block; `step` moves it while they run."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.step(0)

    def step(self, seconds: int) -> None:
        """Set the clock so many seconds before or after the real one."""
        part = self._file.with_suffix(".part")
        part.write_text(f"{seconds:+}s\n")
        part.replace(self._file)


@contextmanager
def fake_clock(file: Path) -> Iterator[Clock]:
    """Let the programs that are started in the block, and what they start, see a clock of their own."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    clock = Clock(file)
    added = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    os.environ.update(added)
    try:
        yield clock
    finally:
        for name in added:
            del os.environ[name]
