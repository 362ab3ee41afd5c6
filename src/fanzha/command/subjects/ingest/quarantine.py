"""Quarantine findings that crash the importer, and ingest the rest of the batch."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec
from django.db import transaction
from django.db.utils import InterfaceError, OperationalError

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.subjects.ingest.parser import ParsedFinding, RejectedFinding, reject_finding
from fanzha.command.subjects.ingest.spool import quarantine_data

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


log = logging.getLogger(__name__)

#: Errors that no finding causes: the whole batch is retried.
_RETRYABLE = (OperationalError, InterfaceError, OSError, UsageError, MemoryError)
_T = TypeVar("_T")
_FAILURE_REASON = Words(
    "程序处理该线索时出错，已另存于 spool/refused，程序修复后可再次导入",
    "the program failed on it; it is kept in spool/refused and can be imported again after an update",
)


def isolate_failures(
    items: Sequence[_T], process: Callable[[Sequence[_T]], int]
) -> tuple[int, list[tuple[_T, Exception]]]:
    """Process all items that do not fail, by bisection; return the sum of counts, and failed items with errors.

    Call it inside a transaction: a savepoint removes what a failed item wrote.
    """
    if not items:
        return 0, []
    try:
        with transaction.atomic():
            return process(items), []
    except _RETRYABLE:
        raise
    except Exception as error:
        if len(items) == 1:
            return 0, [(items[0], error)]
    half = len(items) // 2
    (first, failed), (second, also_failed) = (
        isolate_failures(items[:half], process),
        isolate_failures(items[half:], process),
    )
    return first + second, failed + also_failed


def quarantine_findings(
    failures: "Sequence[tuple[tuple[Organization, ParsedFinding], Exception]]", name: str
) -> list[RejectedFinding]:
    """Write the findings with their owners to a quarantine file of that name; return them as rejected rows."""
    if not failures:
        return []
    lines = [
        msgspec.json.encode(msgspec.structs.replace(parsed.finding, owner_organisation=owner.ref))
        for (owner, parsed), _ in failures
    ]
    path = quarantine_data(b"\n".join(lines) + b"\n", name)
    for (_, parsed), error in failures:
        log.error("the finding in row %d failed and is kept in %s", parsed.row, path, exc_info=error)
    return [reject_finding(parsed.row, _FAILURE_REASON, parsed.finding.subject) for (_, parsed), _ in failures]
