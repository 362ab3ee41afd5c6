"""Warning channels: one module each. They build messages to handsets and send nothing."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.warn._call_script import CallScript, call_scripts, find_call_script
from fanzha.warn._channel import Gateway, Request, WarningChannel, WarningNotice

__all__ = [
    "CallScript",
    "Gateway",
    "Request",
    "WarningChannel",
    "WarningNotice",
    "all_channels",
    "call_scripts",
    "find_call_script",
]


@cache
def all_channels() -> dict[str, WarningChannel]:
    """Return every channel by name."""
    return load("fanzha.warn", "CHANNEL", WarningChannel)
