"""Memory, CPU time and number of the processes of a sandbox, read from /proc while they run."""

import os
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MOST_PROCESSES = 2_000


class ProcessUse(NamedTuple):
    """What the processes use now."""

    processes: int
    memory_bytes: int  # resident, without pages that are shared with files


class ProcessMonitor:
    """Measures a process with all its children; `cpu_seconds` also counts those that have ended meanwhile."""

    def __init__(self, process: int) -> None:
        self._root = process
        self._ticks: dict[int, int] = {}

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all processes as of the last measurement."""
        return sum(self._ticks.values()) / _TICKS

    def measure(self) -> ProcessUse:
        """Measure all processes now."""
        waiting, count, memory = [self._root], 0, 0
        while waiting and count < _MOST_PROCESSES:
            process = waiting.pop()
            try:
                fields = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                sizes = Path(f"/proc/{process}/statm").read_text().split()
                waiting += map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
            except OSError:
                continue
            count += 1
            self._ticks[process] = int(fields[11]) + int(fields[12])
            memory += max(0, int(sizes[1]) - int(sizes[2])) * _PAGE
        return ProcessUse(count, memory)
