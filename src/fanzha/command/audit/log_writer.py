"""Append one batch to the log, inside the transaction that the batch records."""

import time
from collections.abc import Iterable, Iterator, Sequence
from secrets import token_hex

from django.db.models import Max

from fanzha.command.audit.encryption import load_or_create_keys, seal
from fanzha.command.audit.models import LogBatch, LogEntry, LogHead, PersonalField
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.batch import BatchHead, ClosedBatch, close_batch
from fanzha.processes.log.entry import Draft

_UNSCOPED = unscoped("the log is one for all organisations")

_NAMES_PER_QUERY = 500  # names in one query


def write_batch(drafts: Sequence[Draft], *, anchor_at_once: bool = False) -> int:
    """Build a batch from drafts, insert it with its entries and encrypted values, and return its number.

    With `anchor_at_once`, the regular jobs anchor the batch within seconds.
    """
    row = lock_head()
    keys = load_or_create_keys((value.person for draft in drafts for value in draft.personal), row.wrapping_key)
    previous = BatchHead(row.number, row.head)
    closed_batch = close_batch(
        drafts, previous, time.time_ns() // 1_000_000, _last_steps(draft.process for draft in drafts)
    )
    batch = closed_batch.batch
    LogBatch(
        number=batch.number,
        entries=batch.count,
        root=batch.root,
        previous=batch.previous,
        at=batch.at,
        head=batch.head,
    ).save()
    _UNSCOPED.rows(LogEntry).bulk_create(_entries(closed_batch))
    PersonalField.objects.bulk_create(
        PersonalField(entry_id=place, name=secret.name, key=keys[secret.person][0], sealed=sealed)
        for place, secret, sealed in (
            (entry.sequence_number, secret, seal(secret, entry.sequence_number, keys[secret.person][1]))
            for entry, secrets in zip(closed_batch.entries, closed_batch.secrets, strict=True)
            for secret in secrets
        )
    )
    due = {"anchor_due": batch.number} if anchor_at_once else {}
    LogHead.objects.filter(pk=row.pk).update(number=batch.number, head=batch.head, **due)
    return batch.number


def lock_head() -> LogHead:
    """Return the head row of the log, locked until the transaction ends. Create the log if there is none.

    On SQLite the transaction locks the whole database, so no row lock is needed.
    """
    head = LogHead.objects.select_for_update().first()
    if head is None:
        identity = token_hex(32)
        LogHead.objects.get_or_create(pk=1, defaults={"identity": identity, "head": identity})
        head = LogHead.objects.select_for_update().get(pk=1)
    return head


def _last_steps(processes: Iterable[str]) -> dict[str, int]:
    """Return the last step number of each process. Call it under the lock, so that step numbers stay unique."""
    process_refs = sorted({process for process in processes if process})
    steps: dict[str, int] = {}
    for start in range(0, len(process_refs), _NAMES_PER_QUERY):
        rows = (
            _UNSCOPED.rows(LogEntry)
            .filter(process__in=process_refs[start : start + _NAMES_PER_QUERY])
            .values("process")
        )
        steps |= dict(rows.annotate(last=Max("step")).values_list("process", "last"))
    return steps


def _entries(closed: ClosedBatch) -> Iterator[LogEntry]:
    for entry, leaf in zip(closed.entries, closed.leaves, strict=True):
        yield LogEntry(
            place=entry.sequence_number,
            at=entry.at,
            kind=entry.kind,
            actor=entry.actor,
            organisation=entry.organization,
            process=entry.process,
            step=entry.step,
            about=entry.about,
            facts=bytes(entry.facts).decode(),
            personal=bytes(entry.personal).decode(),
            leaf=leaf,
        )
