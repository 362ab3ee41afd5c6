"""Have the notices of processes delivered to persons: called when a process has written one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanzha.command.notices.registry import announce, is_of_limit, write_notices

if TYPE_CHECKING:
    from fanzha.command.processes.models import OutboxItem, SubjectNotice


def register_notice(item: OutboxItem, notice: SubjectNotice) -> None:
    """Write and queue the texts of a notice: a notice with a remedy announces a limit, any other its end."""
    if notice.remedy_zh or notice.remedy_en:
        write_notices(item, notice)
    else:
        announce(item, notice)


def needs_proof(notice: SubjectNotice) -> bool:
    """Return whether a notice needs a proof of delivery: it informs the holders of limited things of their limit."""
    return is_of_limit(notice)
