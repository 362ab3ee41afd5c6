"""Warning channels: one file each, by what reaches a handset; each builds what is to be sent and sends nothing."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.warn._channel import Gateway, Notice, Request, WarningChannel

__all__ = ["Gateway", "Notice", "Request", "WarningChannel", "all_channels"]


@cache
def all_channels() -> dict[str, WarningChannel]:
    """Return every channel by name."""
    return load("fanzha.warn", "CHANNEL", WarningChannel)
