"""Real-time priorities (sched(7)): the owner before its standbys, the supervisor before both.

A process of normal priority waits for others on a busy machine, longer than a proxy waits for an answer. Linux leaves
5 % of each CPU to normal processes (sched_rt_runtime_us). Raising a priority needs CAP_SYS_NICE or RLIMIT_RTPRIO.
"""

import contextlib
import os
from pathlib import Path

STANDBY, OWNER, SUPERVISOR = 1, 2, 3


def raise_supervisor() -> bool:
    """Raise this process; its children begin with normal priority. Return whether it is permitted."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(SUPERVISOR))
    except OSError:
        return False
    return True


def raise_process(pid: int, priority: int) -> bool:
    """Raise all threads of a process, since they share the interpreter's lock. Return whether it is permitted."""
    try:
        threads = [int(path.name) for path in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return False
    try:
        for thread in threads:
            with contextlib.suppress(ProcessLookupError):
                os.sched_setscheduler(thread, os.SCHED_RR, os.sched_param(priority))
    except OSError:
        return False
    return True


def lower_own() -> None:
    """Return to normal priority, as the forks that write a state must not compete with calls."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
