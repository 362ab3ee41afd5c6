"""Pages of the log."""

from fanzha.command.evidence.views.log import check, entry, log
from fanzha.command.evidence.views.packs import pack

__all__ = ["check", "entry", "log", "pack"]
