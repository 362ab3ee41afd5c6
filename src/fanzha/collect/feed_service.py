"""The process that fetches feeds, several side by side; one such process per state folder."""

import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from fanzha.base.errors import UsageError
from fanzha.store.feed_queue import FOLDER, MAX_WAITING, DueFeed, FeedDefinition, FeedQueue, open_feed_queue
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
#: Most feeds that are fetched at the same time, so that a slow server delays no other feed.
AT_ONCE = 8
#: The longest pause after failures; each failure doubles it.
MAX_PAUSE_MS = 3_600_000


#: One contact takes no longer and brings no more, so that other feeds have their turn; the next one continues.
CONTACT_SECONDS = 30.0
MAX_CONTACT_BYTES = 64 * 1024 * 1024


def run(stop: threading.Event | None = None) -> None:
    """Fetch until SIGTERM or SIGINT, several feeds side by side. Raise UsageError if another collector runs."""
    stop = stop or _stop_by_signal()
    running: dict[str, Future[None]] = {}  # by the server, or the folder, of the feed
    with _only_collector(state_folder()), open_feed_queue() as queue, ThreadPoolExecutor(AT_ONCE, "feed") as pool:
        while not stop.is_set():
            running = {server: contact for server, contact in running.items() if not contact.done()}
            for due in queue.select_due(_now()):
                server = _find_server(due.definition)
                if len(running) < AT_ONCE and server not in running:
                    running[server] = pool.submit(_contact, due)
            if running:
                wait(running.values(), _POLL_SECONDS, FIRST_COMPLETED)
            else:
                stop.wait(_POLL_SECONDS)


def _contact(due: DueFeed) -> None:
    """Fetch one feed by a connection of its own to the queue."""
    try:
        with open_feed_queue() as queue:
            collect_feed(queue, due)
    except Exception:  # the pool discards exceptions; the feed is due again at once
        log.exception("the contact of feed %s cannot be recorded", due.definition.ref)
        time.sleep(_POLL_SECONDS)


def _find_server(feed: FeedDefinition) -> str:
    """Return the server of a feed, or its folder. At most one feed of a server is fetched at a time."""
    return feed.url if feed.url.startswith(FOLDER) else urlsplit(feed.url).netloc.rpartition("@")[2].lower()


def collect_feed(queue: FeedQueue, due: DueFeed) -> None:
    """Fetch what is new in one feed, and say when to ask again."""
    from fanzha.collect.feed_client import FeedFailed, fetch_feed  # most sites have no feed: load its readers at need

    feed, problem, size = due.definition, "", 0
    ends_at = time.monotonic() + CONTACT_SECONDS
    try:
        for page in fetch_feed(due):
            body = msgspec.json.encode(page.result)
            queue.add_answer(feed.ref, body, page.cursor, _now())
            size += len(body)
            is_over = time.monotonic() >= ends_at or size >= MAX_CONTACT_BYTES
            if is_over or queue.count_waiting() >= MAX_WAITING:
                break
    except FeedFailed as failed:
        problem = str(failed) or "unknown"
        log.warning("feed %s: %s", feed.ref, problem)
    except Exception:  # an answer that no reader foresaw must not end the collector of all other feeds
        problem = "the answer broke its reader"
        log.exception("feed %s", feed.ref)
    pause = feed.every_ms if not problem else min(feed.every_ms * 2 ** min(due.failures, 12), MAX_PAUSE_MS)
    queue.end_contact(feed.ref, _now(), _now() + pause, problem)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _stop_by_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@contextmanager
def _only_collector(folder: Path) -> Iterator[None]:
    """Hold the lock of the collector. Raise UsageError if another process holds it."""
    path = create_private_folder(folder / "collect") / ".feeds"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                "another collector of feeds runs on this state folder", fix="`fanzha up` runs one; stop the other first"
            ) from None
        yield
    finally:
        os.close(handle)
