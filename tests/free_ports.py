"""Ports that a test's servers may listen at: two tests, or a test and the kernel, should not choose the same one."""

import socket
from random import SystemRandom

#: Below what the kernel gives to whoever connects (from 32768 on, Linux), above what services have.
_FIRST, _LAST = 20_000, 32_000


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody holds now, neither for TCP nor for UDP."""
    for _ in range(1_000):
        port = SystemRandom().randrange(_FIRST, _LAST)
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as tried:
                    tried.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
    raise AssertionError("no port is free")
