"""The importer: one process takes files of findings in, piece by piece, once, and goes on wherever it was stopped.

It watches the spool, where the API and other parts of a site leave files, and the logs of screens on this machine.
"""

import fcntl
import gc
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import close_old_connections, connection
from django.db.utils import OperationalError
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import FanzhaError, WrongCall
from fanzha.base.ids import digest
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.ingest.loader import Overtaken, Taken, take
from fanzha.command.subjects.ingest.sources import Source, pieces, sources
from fanzha.command.subjects.ingest.spool import put_aside, remove, waiting
from fanzha.command.subjects.models import Delivery, DeliveryState
from fanzha.command.subjects.snapshot_publisher import operator, publish_noted
from fanzha.command.web.scoping import everything
from fanzha.store.private_files import private_folder
from fanzha.store.state_folder import state_folder

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
#: Rows of one transaction: with SQLite nobody else writes meanwhile, so that it has to be over soon.
ROWS = {"postgresql": 5_000, "sqlite": 100}
_LOCK = 0x66616E7A  # of PostgreSQL: importers on other machines see it too
Heard = Callable[[Delivery, Taken], None]


class AnotherImporter(WrongCall):
    """Somebody else takes findings in."""

    def __init__(self) -> None:
        super().__init__("another importer is running", fix="let that one do it: hand the files over to its spool")


class _ToldToStop(Exception):
    """Between two pieces there is nothing to be undone."""


def screen_logs() -> Path:
    """Return the folder where a screen on this machine keeps its log."""
    return state_folder() / "screen" / "log"


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let the collector of cycles look seldom: findings make millions of objects and no cycles, a third of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def alone() -> Iterator[None]:
    """Be the only importer; raises AnotherImporter when there is one, here or at the same database."""
    handle = os.open(private_folder(state_folder() / "spool") / ".importer", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherImporter from None
        if not _lock_in_database("pg_try_advisory_lock"):
            raise AnotherImporter
        try:
            with _seldom_collected():
                yield
        finally:
            if connection.connection is not None and connection.is_usable():
                _lock_in_database("pg_advisory_unlock")
    finally:
        os.close(handle)


def _lock_in_database(call: str) -> bool:
    """Take a lock that holds as long as the connection, or give it back; the same connection may take it again."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def bring_in(
    paths: Sequence[Path], owner: Organization | None = None, heard: Heard = lambda delivery, taken: None
) -> list[Delivery]:
    """Take in all that is in files and folders now; return what became of each file. Raises WrongCall."""
    with everything("findings come in for all organisations"), alone():
        done = [bring_in_file(source, owner, heard) for source in sources(paths)]
        publish()
    return done


def bring_in_file(
    source: Source,
    owner: Organization | None = None,
    heard: Heard = lambda delivery, taken: None,
    *,
    only_owner: bool = False,
) -> Delivery:
    """Take in what is new in one file, from where it was left. Raises WrongCall when it is no file of findings.

    `owner` is whose findings are that name nobody; with `only_owner`, those of others are rejected.
    """
    now = timezone.now()
    delivery, _ = Delivery._base_manager.get_or_create(
        name=source.name[-500:],
        begins=digest(source.begins, owner.ref if owner else ""),
        defaults={"owner": owner, "began_at": now, "changed_at": now},
    )
    if delivery.state != DeliveryState.OPEN:
        return delivery
    try:
        for piece in pieces(source, delivery.position, delivery.row, ROWS[connection.vendor], to_ms(now)):
            heard(delivery, take(delivery, piece, timezone.now(), only_owner=only_owner))
    except WrongCall as wrong:
        _close(delivery, DeliveryState.REFUSED, wrong.what)
        raise
    if not source.grows:
        _close(delivery, DeliveryState.DONE)
    return delivery


def _close(delivery: Delivery, state: DeliveryState, problem: str = "") -> None:
    delivery.state, delivery.problem = state, problem[:400]
    Delivery._base_manager.filter(pk=delivery.pk).update(
        state=state, problem=delivery.problem, changed_at=timezone.now()
    )


def turn(
    watched: Sequence[Path] = (), owner: Organization | None = None, heard: Heard = lambda one, taken: None
) -> int:
    """Look once at the spool, the logs of screens and what else is watched; return how many rows were taken in.

    What a screen found is its operator's; `owner` is whose findings are that were watched.
    """
    done = 0

    def count(delivery: Delivery, taken: Taken) -> None:
        nonlocal done
        done += sum(taken)
        heard(delivery, taken)
        publish()

    for one in waiting():
        _from_spool(one.source, one.owner, count)
    for folders, whose in (([screen_logs()], operator()), (watched, owner)):
        for source in sources([path for path in folders if path.exists()]):
            try:
                bring_in_file(source, whose, count)
            except WrongCall as wrong:
                log.warning("%s", wrong)
    publish()
    return done


def _from_spool(source: Source, owner: Organization | None, heard: Heard) -> None:
    try:
        delivery = bring_in_file(source, owner, heard, only_owner=owner is not None)
    except WrongCall as wrong:
        log.warning("%s", wrong)
        put_aside(source)
        return
    put_aside(source) if delivery.state == DeliveryState.REFUSED else remove(source)


def publish() -> None:
    """Tell the screens what holds now; what cannot be told waits, and holds nothing up."""
    try:
        publish_noted(timezone.now())
    except (FanzhaError, OSError) as problem:
        log.warning("the screens are not told yet: %s", problem)


def run(
    watched: Sequence[Path] = (),
    owner: Organization | None = None,
    heard: Heard = lambda delivery, taken: None,
    stop: threading.Event | None = None,
) -> None:
    """Work until told to stop, by the event or by SIGTERM. A database that is away is waited for."""
    stop = stop or threading.Event()

    def told(delivery: Delivery, taken: Taken) -> None:
        heard(delivery, taken)
        if stop.is_set():
            raise _ToldToStop

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    with everything("findings come in for all organisations"), alone():
        while not stop.is_set():
            try:
                busy = turn(watched, owner, told)
            except _ToldToStop:
                return
            except Overtaken:
                raise AnotherImporter from None
            except OperationalError as problem:
                log.warning("the database does not answer: %s", problem)
                _wait_for_database(stop)
                continue
            if not busy:
                stop.wait(PAUSE_SECONDS)


def _wait_for_database(stop: threading.Event) -> None:
    """Pause, and be the only importer again; raises AnotherImporter when one came meanwhile."""
    while not stop.wait(2):
        close_old_connections()
        try:
            if _lock_in_database("pg_try_advisory_lock"):
                return
        except OperationalError:
            continue
        raise AnotherImporter
