"""Ports that a test's servers may listen at: two tests, or a test and the kernel, should not choose the same one."""

import os
import socket
from random import SystemRandom

#: Below what the kernel gives to whoever connects (from 32768 on, Linux), above what services have.
_FIRST, _LAST = 20_000, 32_000
_given = set[int]()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody holds now, neither for TCP nor for UDP.

    A server takes it seconds later: each worker of a run has ports of its own, and gets none twice.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    for _ in range(1_000):
        port = SystemRandom().randrange(_FIRST + worker, _LAST, workers)
        if port in _given:
            continue
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as tried:
                    tried.bind(("127.0.0.1", port))
        except OSError:
            continue
        _given.add(port)
        return port
    raise AssertionError("no port is free")
