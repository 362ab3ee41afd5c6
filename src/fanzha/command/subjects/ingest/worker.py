"""The importer: one process ingests files of findings in batches and resumes after a stop.

It polls the spool, where the API and other parts of a site write files, and the logs of screens on this machine.
"""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection
from django.db.utils import OperationalError
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import FanzhaError, UsageError
from fanzha.base.ids import digest
from fanzha.command.subjects.ingest.loader import BatchResult, ConcurrentImport, load_batch
from fanzha.command.subjects.ingest.sources import FindingSource, find_sources, read_batches
from fanzha.command.subjects.ingest.spool import pending_files, quarantine_file, remove_file
from fanzha.command.subjects.models import Delivery, IngestionState
from fanzha.command.subjects.subject_publication import publish_queued, screen_operator
from fanzha.command.web.scoping import unscoped
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("deliveries of all owners are ingested by one worker")

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
#: Rows of one transaction. SQLite blocks all other writers meanwhile, so its transactions are short.
ROWS_PER_TRANSACTION = {"postgresql": 5_000, "sqlite": 100}
_ADVISORY_LOCK_ID = 0x66616E7A  # a PostgreSQL advisory lock, shared with importers on other machines
BatchCallback = Callable[[Delivery, BatchResult], None]


class ImporterAlreadyRunning(UsageError):
    """Another importer is running."""

    def __init__(self) -> None:
        super().__init__("another importer is running", fix="let that one do it: hand the files over to its spool")


class _StopRequested(Exception):
    """The worker was asked to stop; raised between two batches, where nothing has to be undone."""


def screen_log_folder() -> Path:
    """Return the folder where a screen on this machine keeps its log."""
    return state_folder() / "screen" / "log"


@contextmanager
def _reduce_garbage_collection() -> Iterator[None]:
    """Run the cyclic garbage collector rarely: findings create no cycles, and collecting takes a third of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def exclusive_importer() -> Iterator[None]:
    """Hold the importer lock. Raise ImporterAlreadyRunning if another importer uses this machine or database."""
    handle = os.open(create_private_folder(state_folder() / "spool") / ".importer", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ImporterAlreadyRunning from None
        if not _call_database_lock("pg_try_advisory_lock"):
            raise ImporterAlreadyRunning
        try:
            with _reduce_garbage_collection():
                yield
        finally:
            if connection.connection is not None and connection.is_usable():
                _call_database_lock("pg_advisory_unlock")
    finally:
        os.close(handle)


def _call_database_lock(call: str) -> bool:
    """Acquire or release the advisory lock of this connection; it is reentrant within the connection."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}(%s)", [_ADVISORY_LOCK_ID])
        return bool(cursor.fetchone()[0])


def ingest(
    paths: Sequence[Path], owner: Organization | None = None, on_batch: BatchCallback = lambda delivery, result: None
) -> list[Delivery]:
    """Ingest all given files and folders; return the delivery of each file. Raise UsageError for other files."""
    with unscoped("findings come in for all organisations"), exclusive_importer():
        deliveries = [ingest_file(source, owner, on_batch) for source in find_sources(paths)]
        publish_changes()
    return deliveries


def ingest_file(
    source: FindingSource,
    owner: Organization | None = None,
    on_batch: BatchCallback = lambda delivery, result: None,
    *,
    only_owner: bool = False,
) -> Delivery:
    """Ingest the new rows of one file from its saved position. Raise UsageError if it is no file of findings.

    `owner` owns findings that name no owner; with `only_owner`, findings of other owners are rejected.
    """
    now = timezone.now()
    delivery, _ = _UNSCOPED.rows(Delivery).get_or_create(
        name=source.name[-500:],
        begins=digest(source.begins, owner.ref if owner else ""),
        defaults={"owner": owner, "began_at": now, "changed_at": now},
    )
    if delivery.state != IngestionState.OPEN:
        return delivery
    try:
        for batch in read_batches(
            source, delivery.position, delivery.row, ROWS_PER_TRANSACTION[connection.vendor], to_ms(now)
        ):
            on_batch(delivery, load_batch(delivery, batch, timezone.now(), only_owner=only_owner))
    except UsageError as error:
        _close(delivery, IngestionState.REFUSED, error.what)
        raise
    if not source.grows:
        _close(delivery, IngestionState.DONE)
    return delivery


def _close(delivery: Delivery, state: IngestionState, problem: str = "") -> None:
    delivery.state, delivery.problem = state, problem[:400]
    _UNSCOPED.rows(Delivery).filter(pk=delivery.pk).update(
        state=state, problem=delivery.problem, changed_at=timezone.now()
    )


def poll_once(
    watched: Sequence[Path] = (),
    owner: Organization | None = None,
    on_batch: BatchCallback = lambda pending, result: None,
) -> int:
    """Poll the spool, the logs of screens and the watched folders once; return the number of rows processed.

    Findings of screens belong to the screen operator, findings in watched folders to `owner`.
    """
    row_count = 0

    def count(delivery: Delivery, result: BatchResult) -> None:
        nonlocal row_count
        row_count += sum(result)
        on_batch(delivery, result)
        publish_changes()

    for pending in pending_files():
        _ingest_spooled_file(pending.source, pending.owner, count)
    for folders, folder_owner in (([screen_log_folder()], screen_operator()), (watched, owner)):
        for source in find_sources([path for path in folders if path.exists()]):
            try:
                ingest_file(source, folder_owner, count)
            except UsageError as error:
                log.warning("%s", error)
    publish_changes()
    return row_count


def _ingest_spooled_file(source: FindingSource, owner: Organization | None, on_batch: BatchCallback) -> None:
    try:
        delivery = ingest_file(source, owner, on_batch, only_owner=owner is not None)
    except UsageError as error:
        log.warning("%s", error)
        quarantine_file(source)
        return
    quarantine_file(source) if delivery.state == IngestionState.REFUSED else remove_file(source)


def publish_changes() -> None:
    """Publish queued changes to the screens; on failure they stay queued, and ingestion continues."""
    try:
        publish_queued(timezone.now())
    except (FanzhaError, OSError) as problem:
        log.warning("the screens are not told yet: %s", problem)


def run(
    watched: Sequence[Path] = (),
    owner: Organization | None = None,
    on_batch: BatchCallback = lambda delivery, result: None,
    stop: threading.Event | None = None,
) -> None:
    """Run until the event is set or SIGTERM arrives. Wait while the database is unavailable."""
    stop = stop or threading.Event()

    def stop_when_asked(delivery: Delivery, result: BatchResult) -> None:
        on_batch(delivery, result)
        if stop.is_set():
            raise _StopRequested

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    with unscoped("findings come in for all organisations"), exclusive_importer():
        while not stop.is_set():
            try:
                busy = poll_once(watched, owner, stop_when_asked)
            except _StopRequested:
                return
            except ConcurrentImport:
                raise ImporterAlreadyRunning from None
            except OperationalError as problem:
                log.warning("the database does not answer: %s", problem)
                _wait_for_database(stop)
                continue
            except OSError as problem:
                log.warning("the disk does not take what is imported, it waits: %s", problem)
                stop.wait(2)
                continue
            if not busy:
                stop.wait(PAUSE_SECONDS)


def _wait_for_database(stop: threading.Event) -> None:
    """Wait for the database and lock it again. Raise ImporterAlreadyRunning if another importer started meanwhile."""
    while not stop.wait(2):
        close_old_connections()
        try:
            if _call_database_lock("pg_try_advisory_lock"):
                return
        except OperationalError:
            continue
        raise ImporterAlreadyRunning
