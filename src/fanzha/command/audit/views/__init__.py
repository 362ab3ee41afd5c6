"""Pages of the log."""

from fanzha.command.audit.views.log import check, entry, log
from fanzha.command.audit.views.packs import pack

__all__ = ["check", "entry", "log", "pack"]
