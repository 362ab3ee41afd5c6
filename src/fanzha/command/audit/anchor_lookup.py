"""Collect the anchors of this log from the database and from their copies outside."""

from collections.abc import Sequence
from pathlib import Path

from fanzha.base.words import Words
from fanzha.command.audit.anchor_files import read_anchors
from fanzha.command.audit.anchors import anchor_of
from fanzha.command.audit.models import LogAnchor
from fanzha.command.web.configuration import configuration
from fanzha.processes.log.anchor import NoAnchor, Statement
from fanzha.processes.log.verification import LogFault

_UNREADABLE = Words("锚点副本无法读取或被更改：{where}", "an anchor outside cannot be read or was changed: {where}")
_ROW_CHANGED = Words("数据库中的锚点被更改", "the anchor in the database was changed")


def load_anchors(paths: Sequence[Path] = ()) -> tuple[list[Statement], list[LogFault]]:
    """Return the statements of all anchors, and the faults of anchors that are invalid.

    Raise NoAnchor or OSError if one of the files passed in `paths` is invalid.
    """
    statements = {anchor.statement for anchor in read_anchors(paths)}
    faults: list[LogFault] = []
    for row in LogAnchor.objects.order_by("number"):
        try:
            statements.add(anchor_of(row).statement)
        except NoAnchor:
            faults.append(LogFault(row.number, None, _ROW_CHANGED))
    for folder in configuration().anchors:
        if Path(folder).is_dir():  # a missing folder is reported with the copies, not as a fault of the log
            try:
                statements |= {anchor.statement for anchor in read_anchors([Path(folder)])}
            except (NoAnchor, OSError):
                faults.append(LogFault(0, None, _UNREADABLE.format(where=folder)))
    return sorted(statements), faults
