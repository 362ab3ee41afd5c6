"""Write to the audit log: record transactions, anchor the log, request its verification, and erase persons."""

from fanzha.command.audit.anchors import make_anchor
from fanzha.command.audit.erasure import erase_person, person_erased
from fanzha.command.audit.log_state import is_check_running
from fanzha.command.audit.recorder import Recorder, recorded
from fanzha.command.audit.tasks import check_log

__all__ = ["Recorder", "erase_person", "make_anchor", "person_erased", "recorded", "request_check"]


def request_check() -> None:
    """Enqueue a verification of the whole log, unless one is queued or running."""
    if not is_check_running():
        check_log.enqueue()
