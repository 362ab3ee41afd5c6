"""The process that watches for new sites: a thread for each log, one for lists of names; one process a state folder."""

import fcntl
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from fanzha.base.errors import UsageError
from fanzha.base.outgoing_request import PrivateAddressPolicy
from fanzha.collect.http_client import HttpClient
from fanzha.collect.name_folder import NameFolder
from fanzha.collect.name_intake import IntakeSettings, NameBatch, SiteIntake
from fanzha.collect.transparency.log_source import LogSource, QueryLogSource, TileLogSource
from fanzha.collect.transparency.tailer import LogTailer, TailerSettings
from fanzha.collect.transparency.tree_head import LogKey
from fanzha.detect.lookalike_website import LookalikeWebsiteDetector
from fanzha.store.brands import load_brand_table
from fanzha.store.private_files import create_private_folder
from fanzha.store.site_watch import DAY_MS, AlertBudget, SiteWatchStore, open_site_watch
from fanzha.store.site_watch_settings import (
    CertificateLog,
    SiteWatchSettings,
    load_site_watch_settings,
    log_key_bytes,
)
from fanzha.store.state_folder import state_folder

log = logging.getLogger(__name__)

_PURGE_SECONDS, _TICK_SECONDS = 3_600.0, 1.0
_COUNT_DAYS = 400
_SUBMITTED, _LOOK_SECONDS, _RELEASE_SECONDS = 5_000, 5.0, 10.0
_SETTING = "local_addresses of [site_watch]"


class Follower(NamedTuple):
    """One thing that is followed; `step` returns the seconds to wait before the next one."""

    name: str
    step: Callable[[], float]
    close: Callable[[], None]


def run(stop: Event | None = None, on_tick: Callable[[SiteWatchStore], None] | None = None) -> None:
    """Watch until `stop`, or SIGTERM or SIGINT; call `on_tick` every second.

    Raise UsageError for wrong settings and if another process watches.
    """
    stop = stop or _stop_signals()
    settings = load_site_watch_settings()
    if not settings.is_active():
        raise UsageError(
            f"{state_folder() / 'fanzha.toml'}: [site_watch] names no log and no folder",
            fix="docs/how-to/watch-new-sites.md shows them",
        )
    with _only_watcher(state_folder()), open_site_watch() as store:
        threads = [
            Thread(target=_follow, args=(follower, stop), name=follower.name)
            for follower in build_followers(settings, store)
        ]
        for thread in threads:
            thread.start()
        purge_at = 0.0
        while not stop.wait(_TICK_SECONDS) and all(thread.is_alive() for thread in threads):
            if time.monotonic() >= purge_at:
                store.purge(now_ms(), settings.horizon_days * DAY_MS, _COUNT_DAYS)
                purge_at = time.monotonic() + _PURGE_SECONDS
            if on_tick is not None:
                on_tick(store)
        is_failed = not stop.is_set()  # a follower ends only by an error of this program, which it has logged
        stop.set()
        for thread in threads:
            thread.join()
    if is_failed:
        raise RuntimeError("a follower ended by an error")


def _stop_signals() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def build_followers(settings: SiteWatchSettings, store: SiteWatchStore) -> list[Follower]:
    """Return a follower for each log, for what the site hands over, for mentions, and for the folder of lists."""
    detector = LookalikeWebsiteDetector(load_brand_table())
    budget = AlertBudget(settings.candidates_per_brand, settings.candidates, settings.listed_beyond)
    intake = SiteIntake(store, detector, IntakeSettings(settings.horizon_days * DAY_MS, budget))
    intake.warm_up()
    followers = []
    for entry in settings.log:
        key = _load_key(entry)
        tailer = LogTailer(
            key.log_id, entry.name, entry.url, build_source(entry, key, settings.local_addresses), store, intake,
            tailer_settings(settings, entry), now_ms,
        )  # fmt: skip
        followers.append(Follower(entry.name, tailer.step, tailer.close))
    submitted = intake.for_channel("report")
    followers.append(Follower("submitted", lambda: take_submitted_names(store, submitted, now_ms()), lambda: None))
    followers.append(Follower("mentions", lambda: release_mentions(store, budget, now_ms()), lambda: None))
    if settings.folder:
        folder = NameFolder(state_folder() / settings.folder, store, intake.for_channel("list"), now_ms)
        followers.append(Follower(settings.folder, folder.step, lambda: None))
    return followers


def build_source(entry: CertificateLog, key: LogKey, local_addresses: bool) -> LogSource:
    """Return the reader of a log."""
    client = HttpClient(entry.url, PrivateAddressPolicy(local_addresses, _SETTING))
    if entry.protocol == "rfc6962":
        return QueryLogSource(client, key)
    return TileLogSource(client, key, entry.origin or entry.url.partition("://")[2].rstrip("/"))


def take_submitted_names(store: SiteWatchStore, intake: SiteIntake, now: int) -> float:
    """Compare names that the site handed over; return the seconds to wait."""
    with store.transaction():
        taken = store.take_submitted(_SUBMITTED)
        for source, names in taken.items():
            encoded = [row.name.encode() for row in names]
            intake.add(NameBatch(source, encoded, [row.at for row in names], [row.reference for row in names]), now)
    return 0.0 if taken else _LOOK_SECONDS


def release_mentions(store: SiteWatchStore, budget: AlertBudget, now: int) -> float:
    """Release names that mention a brand for a look, as far as the budget has room; return the seconds to wait."""
    store.release_mentions(budget, now)
    return _RELEASE_SECONDS


def tailer_settings(settings: SiteWatchSettings, entry: CertificateLog) -> TailerSettings:
    """Return how a log is read."""
    return TailerSettings(
        batch=settings.batch,
        from_start=entry.start == "beginning",
        poll_seconds=settings.poll_seconds,
        retry_seconds=settings.retry_seconds,
        attempts=settings.attempts,
        max_backlog=settings.max_backlog,
        partial_seconds=settings.partial_seconds,
        gap_retry_seconds=settings.gap_retry_seconds,
    )


def now_ms() -> int:
    """Return the present time in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def _load_key(entry: CertificateLog) -> LogKey:
    try:
        return LogKey(log_key_bytes(entry))
    except ValueError as error:
        raise UsageError(f"log {entry.name}: {error}", fix="key is the SubjectPublicKeyInfo in base64") from None


def _follow(follower: Follower, stop: Event) -> None:
    try:
        while not stop.is_set():
            wait = follower.step()
            if wait > 0:
                stop.wait(wait)
    except Exception:
        log.exception("%s is not followed any more", follower.name)
        raise
    finally:
        follower.close()


@contextmanager
def _only_watcher(folder: Path) -> Iterator[None]:
    """Hold the lock of the watcher. Raise UsageError if another process holds it."""
    path = create_private_folder(folder / "site_watch") / ".watcher"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                "another process watches on this state folder", fix="`fanzha up` runs one; stop the other first"
            ) from None
        yield
    finally:
        os.close(handle)
