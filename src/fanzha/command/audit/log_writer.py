"""Write one batch at the end of the log, inside the transaction that it tells of."""

import time
from collections.abc import Iterable, Iterator, Sequence
from secrets import token_hex

from django.db.models import Max

from fanzha.command.audit.encryption import keys_of, seal
from fanzha.command.audit.models import LogBatch, LogEntry, LogHead, PersonalField
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.batch import BatchHead, ClosedBatch, close_batch
from fanzha.processes.log.entry import Draft

_UNSCOPED = unscoped("the log is one for all organisations")

_MANY = 500  # names in one query


def write(drafts: Sequence[Draft]) -> None:
    """Close a batch over drafts and write it with its entries and sealed values."""
    row = locked_head()
    people = keys_of(one.person for draft in drafts for one in draft.personal)
    before = BatchHead(row.number, row.head)
    closed = close_batch(drafts, before, time.time_ns() // 1_000_000, _last_steps(draft.process for draft in drafts))
    batch = closed.batch
    LogBatch(
        number=batch.number,
        entries=batch.count,
        root=batch.root,
        previous=batch.previous,
        at=batch.at,
        head=batch.head,
    ).save()
    _UNSCOPED.rows(LogEntry).bulk_create(_entries(closed))
    PersonalField.objects.bulk_create(
        PersonalField(entry_id=place, name=one.name, key=people[one.person][0], sealed=sealed)
        for place, one, sealed in (
            (entry.sequence_number, one, seal(one, entry.sequence_number, people[one.person][1]))
            for entry, secrets in zip(closed.entries, closed.secrets, strict=True)
            for one in secrets
        )
    )
    LogHead.objects.filter(pk=row.pk).update(number=batch.number, head=batch.head)


def locked_head() -> LogHead:
    """Return the end of the log, ours until the transaction ends; the first one begins the log.

    On SQLite the transaction as a whole has the database to itself, and there is no row to lock.
    """
    found = LogHead.objects.select_for_update().first()
    if found is None:
        identity = token_hex(32)
        LogHead.objects.get_or_create(pk=1, defaults={"identity": identity, "head": identity})
        found = LogHead.objects.select_for_update().get(pk=1)
    return found


def _last_steps(processes: Iterable[str]) -> dict[str, int]:
    """Return the last step of each process that has one; asked under the lock, so that no number is given twice."""
    wanted = sorted({process for process in processes if process})
    steps: dict[str, int] = {}
    for start in range(0, len(wanted), _MANY):
        rows = _UNSCOPED.rows(LogEntry).filter(process__in=wanted[start : start + _MANY]).values("process")
        steps |= dict(rows.annotate(last=Max("step")).values_list("process", "last"))
    return steps


def _entries(closed: ClosedBatch) -> Iterator[LogEntry]:
    for entry, leaf in zip(closed.entries, closed.leaves, strict=True):
        yield LogEntry(
            place=entry.sequence_number,
            at=entry.at,
            kind=entry.kind,
            actor=entry.actor,
            organisation=entry.organisation,
            process=entry.process,
            step=entry.step,
            about=entry.about,
            facts=bytes(entry.facts).decode(),
            personal=bytes(entry.personal).decode(),
            leaf=leaf,
        )
