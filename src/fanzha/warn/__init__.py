"""Warning channels: one module each. They build messages to people and send nothing."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.warn._call_script import CallScript, call_scripts, find_call_script
from fanzha.warn._channel import Gateway, HandsetText, Request, TextChannel, WarningChannel, WarningNotice

__all__ = [
    "CallScript",
    "Gateway",
    "HandsetText",
    "Request",
    "TextChannel",
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
