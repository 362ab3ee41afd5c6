"""The importer: one process takes files of findings in, piece by piece, once, and goes on wherever it was stopped.

It watches `spool/findings/` of the state folder, where the API and other parts of a site leave files by a rename, and
the logs of screens on this machine. A file of the spool is removed when all of it is in the database.
"""

import fcntl
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
from fanzha.base.errors import WrongCall
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.scoping import everything
from fanzha.command.subjects.fusing import refresh_ended
from fanzha.command.subjects.models import Delivery, DeliveryState
from fanzha.command.subjects.screens import publish_noted
from fanzha.command.subjects.sources import Source, pieces, sources
from fanzha.command.subjects.taking import Overtaken, Taken, take
from fanzha.store.private_files import private_folder, write_privately
from fanzha.store.state_folder import state_folder

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
#: Rows of one transaction: with SQLite nobody else writes meanwhile, so that it has to be over soon.
ROWS = {"postgresql": 2_000, "sqlite": 100}
_LOCK = 0x66616E7A  # of PostgreSQL: importers on other machines see it too
Heard = Callable[[Source, Taken], None]


def spool_folder() -> Path:
    """Return the folder where findings wait to be taken in."""
    return state_folder() / "spool" / "findings"


def screen_logs() -> Path:
    """Return the folder where a screen on this machine keeps its log."""
    return state_folder() / "screen" / "log"


@contextmanager
def alone() -> Iterator[None]:
    """Be the only importer; raises WrongCall when there is another, here or at the same database."""
    handle = os.open(private_folder(state_folder() / "spool") / ".importer", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _another() from None
        if connection.vendor == "postgresql" and not _locked_in_database():
            raise _another()
        yield
    finally:
        os.close(handle)


def _another() -> WrongCall:
    return WrongCall("another importer is running", fix="let that one do it: leave the files in its spool folder")


def _locked_in_database() -> bool:
    """Take a lock that holds as long as the connection; the same connection may take it again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def bring_in(
    paths: Sequence[Path], owner: Organization | None = None, heard: Heard = lambda source, taken: None
) -> list[Delivery]:
    """Take in all that is in files and folders now; return what became of each file. Raises WrongCall."""
    with everything("findings come in for all organisations"), alone():
        return [bring_in_file(source, owner, heard) for source in sources(paths)]


def bring_in_file(
    source: Source, owner: Organization | None = None, heard: Heard = lambda source, taken: None
) -> Delivery:
    """Take in what is new in one file, from where it was left. Raises WrongCall when it is no file of findings."""
    now = timezone.now()
    delivery, _ = Delivery._base_manager.get_or_create(
        name=source.name[-500:],
        begins=source.begins,
        defaults={"owner": owner, "began_at": now, "changed_at": now},
    )
    if delivery.state != DeliveryState.OPEN:
        return delivery
    try:
        for piece in pieces(source, delivery.position, delivery.row, ROWS[connection.vendor], to_ms(now)):
            heard(source, take(delivery, piece, timezone.now()))
    except WrongCall as wrong:
        _close(delivery, DeliveryState.REFUSED, wrong.what)
        raise
    if not source.grows:
        _close(delivery, DeliveryState.DONE)
    return delivery


def _close(delivery: Delivery, state: DeliveryState, problem: str = "") -> None:
    delivery.state, delivery.problem = state, problem[:400]
    Delivery._base_manager.filter(pk=delivery.pk).update(state=state, problem=delivery.problem)


def turn(watched: Sequence[Path] = (), owner: Organization | None = None) -> int:
    """Look once at the spool, the logs of screens and what else is watched; return how many rows were taken in."""
    done = 0

    def count(_: Source, taken: Taken) -> None:
        nonlocal done
        done += sum(taken)

    for source in _waiting(watched):
        try:
            delivery = bring_in_file(source, owner, count)
        except WrongCall as wrong:
            log.warning("%s", wrong)
            continue
        if source.path.is_relative_to(spool_folder()):
            _remove(source, delivery)
    return done + refresh_ended(timezone.now()) + publish_noted(timezone.now())


def _waiting(watched: Sequence[Path]) -> list[Source]:
    folders = [path for path in (spool_folder(), screen_logs(), *watched) if path.exists()]
    return sources(folders)


def _remove(source: Source, delivery: Delivery) -> None:
    """Remove a file of the spool that is taken in to its end; it came there whole, by a rename."""
    whole = source.path.stat().st_size if source.grows else delivery.position
    if delivery.state != DeliveryState.REFUSED and delivery.position >= whole:
        _close(delivery, DeliveryState.DONE)
        source.path.unlink()


def run(watched: Sequence[Path] = (), owner: Organization | None = None, stop: threading.Event | None = None) -> None:
    """Work until told to stop, by the event or by SIGTERM. A database that is away is waited for."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    with everything("findings come in for all organisations"), alone():
        while not stop.is_set():
            try:
                busy = turn(watched, owner)
            except Overtaken:
                raise _another() from None
            except OperationalError as problem:
                log.warning("the database does not answer: %s", problem)
                close_old_connections()
                stop.wait(2)
                if connection.vendor == "postgresql" and not _locked_in_database():
                    raise _another() from None
                continue
            if not busy:
                stop.wait(PAUSE_SECONDS)


def hand_over(lines: bytes, name: str) -> Path:
    """Leave findings (JSON Lines) in the spool, whole or not at all; return the file."""
    path = spool_folder() / f"{name}.jsonl"
    write_privately(path, lines if lines.endswith(b"\n") else lines + b"\n")
    return path
