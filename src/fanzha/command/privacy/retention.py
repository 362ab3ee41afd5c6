"""Delete rows whose period is over, in batches. A killed run resumes after its last batch; nothing is deleted twice.

Each batch is one transaction: the rows, the cursor of the run, and the entries of the log that explain the deletion to
`fanzha audit verify`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import ROWS_DELETED, Recorder, enable_secure_delete, erase_person, recorded
from fanzha.command.privacy.models import RetentionRun
from fanzha.command.privacy.retention_classes import Keeps, TableRetention, table_retentions
from fanzha.command.privacy.retention_rows import build_hold_condition, ended_rows, oldest_end, rows_of
from fanzha.command.privacy.retention_settings import load_retention_days
from fanzha.processes.log.entry import Draft

#: Each table is gone through once a day.
EVERY = timedelta(days=1)
#: Rows that one transaction deletes. A process has many more rows with it.
BATCH_ROWS = 500
BATCH_PROCESSES = 50
_APPLIED = "retention_applied"


class RetentionPreview(NamedTuple):
    """What a run over one table would delete now: `due` rows, and `held` ones that it would keep."""

    table: TableRetention
    days: int
    due: int
    held: int
    oldest_at: datetime | None


class Deletion(NamedTuple):
    """Why rows are deleted: the reason and the legal bases that the log records, and who asked."""

    reason: str
    basis: tuple[str, ...]
    at: datetime
    actor: str = ""
    organization: str = ""


def preview_retention(now: datetime) -> Iterator[RetentionPreview]:
    """Yield for each table with a period what a run would do. Nothing is changed."""
    for label, days in load_retention_days().items():
        table = table_retentions()[label]
        ended = ended_rows(table, now - timedelta(days=days), now)
        held = ended.filter(build_hold_condition(table, now)).count()
        yield RetentionPreview(table, days, ended.count() - held, held, oldest_end(table))


def apply_retention(now: datetime, *, max_seconds: float, is_forced: bool = False) -> list[RetentionRun]:
    """Run over the tables that were not gone through today, for a limited time. Return the runs of this call.

    Interrupted runs are resumed first. `is_forced` begins new runs for all tables.
    """
    deadline, runs = monotonic() + max_seconds, list[RetentionRun]()
    enable_secure_delete()
    for run in _due_runs(now, is_forced=is_forced):
        if monotonic() > deadline:
            break
        _run_table(run, now, deadline)
        runs.append(run)
    return runs


def is_retention_due(now: datetime) -> bool:
    """Return whether a table was not gone through today, or a run was interrupted."""
    finished = _finished_today(now).values_list("table", flat=True)
    return bool(load_retention_days().keys() - set(finished))


def last_run_at(now: datetime) -> datetime | None:
    """Return when the newest run began, without those that a clock ahead of `now` has dated."""
    runs = RetentionRun.objects.filter(started_at__lte=now).order_by("-started_at")
    return runs.values_list("started_at", flat=True).first()


def _finished_today(now: datetime) -> "QuerySet[RetentionRun]":
    return RetentionRun.objects.filter(finished_at__isnull=False, started_at__gt=now - EVERY, started_at__lte=now)


def _due_runs(now: datetime, *, is_forced: bool) -> Iterator[RetentionRun]:
    days_by_table = load_retention_days()
    RetentionRun.objects.filter(finished_at=None).exclude(table__in=days_by_table).delete()
    open_runs = {run.table: run for run in RetentionRun.objects.filter(finished_at=None)}
    done = set() if is_forced else set(_finished_today(now).values_list("table", flat=True))
    yield from (_with_days(run, days_by_table[label], now) for label, run in open_runs.items())
    for label, days in days_by_table.items():
        if label in open_runs or label in done:
            continue
        fields = {"days": days, "before": now - timedelta(days=days), "started_at": now}
        table = table_retentions()[label]
        run, _ = RetentionRun.objects.get_or_create(
            table=label, finished_at=None, defaults={**fields, "oldest_at": oldest_end(table)}
        )
        yield run


def _with_days(run: RetentionRun, days: int, now: datetime) -> RetentionRun:
    """Return an interrupted run with the present setting, which may have been lengthened since."""
    if run.days != days:
        run.days, run.before = days, now - timedelta(days=days)
        run.save(update_fields=["days", "before"])
    return run


def _run_table(run: RetentionRun, now: datetime, deadline: float) -> None:
    table = table_retentions()[run.table]
    size = BATCH_PROCESSES if table.tombstone == "process" else BATCH_ROWS
    deletion = Deletion("retention", table.retention_class.ceiling_basis, now)
    while monotonic() <= deadline:
        with recorded() as log:
            if not _delete_batch(run, table, deletion, log, size):
                _finish(run, deletion, log)
                return


def _delete_batch(run: RetentionRun, table: TableRetention, deletion: Deletion, log: Recorder, size: int) -> bool:
    """Delete one batch and advance the cursor. Return whether there may be more."""
    ended = ended_rows(table, run.before, deletion.at)
    if run.cursor:
        ended = ended.filter(pk__gt=table.model._meta.pk.to_python(run.cursor))
    keys = list(ended.values_list("pk", flat=True)[:size])
    if not keys:
        return False
    deleted = delete_rows(
        table, ended.filter(pk__in=keys).filter(~build_hold_condition(table, deletion.at)), deletion, log
    )
    run.cursor = str(keys[-1])
    run.deleted, run.held = run.deleted + deleted, run.held + len(keys) - deleted
    run.save(update_fields=["cursor", "deleted", "held"])
    return True


def _finish(run: RetentionRun, deletion: Deletion, log: Recorder) -> None:
    run.finished_at = deletion.at
    run.save(update_fields=["finished_at"])
    if run.deleted:
        facts = {"table": run.table, "days": run.days, "before": to_ms(run.before), "rows": run.deleted}
        log.add(Draft(_APPLIED, to_ms(deletion.at), "", "", facts=facts | {"held": run.held}))


def delete_rows(table: TableRetention, rows: Any, deletion: Deletion, log: Recorder) -> int:
    """Delete rows with what belongs to them, and record those that the log names. Return their number.

    Call it in a transaction of `recorded`.
    """
    keys = list(rows.values_list("pk", flat=True))
    if not keys:
        return 0
    chosen = rows_of(table.label).filter(pk__in=keys)
    if table.tombstone:
        log.extend(_TOMBSTONES[table.tombstone](chosen, table, deletion))
    chosen.delete()
    return len(keys)


def _process_tombstones(chosen: Any, table: TableRetention, deletion: Deletion) -> list[Draft]:
    rows = list(chosen.values_list("ref", "owner__ref"))
    for ref, owner in rows:
        _erase(ref, owner, deletion)
    return [_tombstone(table, deletion, about=ref, owner=owner) for ref, owner in rows]


def _opinion_tombstones(chosen: Any, table: TableRetention, deletion: Deletion) -> list[Draft]:
    columns = chosen.filter(decision=False).values_list("subject__ref", "owner__ref", "opinion_id")
    return [_tombstone(table, deletion, about=ref, owner=owner, opinion=opinion) for ref, owner, opinion in columns]


def _subject_tombstones(chosen: Any, table: TableRetention, deletion: Deletion) -> list[Draft]:
    """Destroy the keys of subjects, which the log records."""
    for ref in list(chosen.values_list("ref", flat=True)):
        _erase(ref, "", deletion)
    return []


def _erase(person: str, owner: str, deletion: Deletion) -> None:
    basis = ", ".join(deletion.basis)
    erase_person(person, basis=basis, actor=deletion.actor, organization=deletion.organization or owner)


def _tombstone(table: TableRetention, deletion: Deletion, *, about: str, owner: str, **more: str) -> Draft:
    facts = {"table": table.label, "reason": deletion.reason, "basis": list(deletion.basis), **more}
    organization = deletion.organization or owner
    return Draft(ROWS_DELETED, to_ms(deletion.at), deletion.actor, organization, about=about, facts=facts)


_TOMBSTONES: dict[str, Callable[[Any, TableRetention, Deletion], list[Draft]]] = {
    "process": _process_tombstones,
    "opinion": _opinion_tombstones,
    "subject": _subject_tombstones,
}


def last_runs() -> dict[str, RetentionRun]:
    """Return the last run of each table; an interrupted one has no `finished_at`."""
    latest = RetentionRun.objects.order_by("table", "-id")
    runs: dict[str, RetentionRun] = {}
    for run in latest.filter(Q(finished_at=None) | Q(started_at__lte=F("finished_at"))):
        runs.setdefault(run.table, run)
    return runs


def tables_without_period() -> list[TableRetention]:
    """Return the tables whose rows do not end by age."""
    return [table for table in table_retentions().values() if table.keeps is not Keeps.PERIOD]
