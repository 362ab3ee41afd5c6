"""The monitor counts a process with its children, and keeps the CPU time of those that have ended."""

import os
import subprocess
import sys

from fanzha.collect.pages.process_monitor import ProcessMonitor

#: A process that has a child, keeps some memory, and waits until its input ends.
_PARENT = (
    "import subprocess, sys; block = bytearray(30_000_000); block[::4096] = b'x' * len(block[::4096]);"
    "child = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=sys.stdin); print('ready', flush=True);"
    "child.wait()"
)


def test_a_process_is_measured_with_its_children() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdin is not None
        process.stdout.readline()
        monitor = ProcessMonitor(process.pid)
        use = monitor.measure()
        process.stdin.write(b"\n")
        process.stdin.close()
    assert use.processes == 2 and use.memory_bytes > 30_000_000
    spent = monitor.cpu_seconds
    assert spent > 0 and monitor.measure().processes == 0 and monitor.cpu_seconds == spent


def test_what_has_ended_uses_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert ProcessMonitor(process.pid).measure() == (0, 0)
    assert ProcessMonitor(os.getpid()).measure().processes >= 1
