"""Memory, CPU time and number of the processes of a sandbox, read from /proc while they run."""

import os
import re
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_KILOBYTE = 1_024
_MOST_PROCESSES = 2_000
_RESIDENT = re.compile(r"^Rss(?:Anon|Shmem):\s+(\d+) kB$", re.M)


class ProcessUse(NamedTuple):
    """What the processes use now."""

    processes: int
    memory_bytes: int  # resident, with memory that processes share but without pages of files


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
                status = Path(f"/proc/{process}/status").read_text("utf-8", "replace")
                waiting += map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
            except OSError:
                continue
            count += 1
            self._ticks[process] = int(fields[11]) + int(fields[12])
            memory += sum(int(size) for size in _RESIDENT.findall(status)) * _KILOBYTE
        return ProcessUse(count, memory)
