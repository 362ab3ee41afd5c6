"""The queue of incoming feeds: one SQLite file, `collect/feeds.sqlite3` of the state folder.

The site writes which feeds there are and takes what they brought; a process of `fanzha up` fetches. What one answer
brought and the place up to which the feed was read are written in one transaction, so that a killed collector loses
nothing and brings nothing twice.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

#: A feed in a folder of the state folder, which another program fills.
FOLDER = "folder:"
_BUSY_SECONDS = 10.0
#: Answers that wait for the site; above it nothing is fetched, so that a site that stands still fills no disk.
MAX_WAITING = 200
_TABLES = """
CREATE TABLE IF NOT EXISTS feed (
    ref TEXT PRIMARY KEY, format TEXT NOT NULL, url TEXT NOT NULL, user TEXT NOT NULL, secret_file TEXT NOT NULL,
    only_kind TEXT NOT NULL, every_ms INTEGER NOT NULL, allows_private INTEGER NOT NULL,
    token_url TEXT NOT NULL DEFAULT '', token_scope TEXT NOT NULL DEFAULT '',
    cursor TEXT NOT NULL DEFAULT '', next_at INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS answer (
    id INTEGER PRIMARY KEY AUTOINCREMENT, feed TEXT NOT NULL, at INTEGER NOT NULL, problem TEXT NOT NULL,
    body BLOB NOT NULL
);
"""


class FeedDefinition(NamedTuple):
    """What to fetch. `format` is taxii, misp or csv, `only_kind` the kind of a bare list, "" if it has a header.

    `secret_file` is a file in `keys/feeds/`, and `url` may be `folder:` and a folder or file in `collect/feeds/`. User
    and secret are those of an OAuth2 client if there is a `token_url`, which gives access tokens of `token_scope`.
    """

    ref: str
    format: str
    url: str
    user: str = ""
    secret_file: str = ""
    only_kind: str = ""
    every_ms: int = 60_000
    allows_private: bool = False
    token_url: str = ""
    token_scope: str = ""


class QueuedAnswer(NamedTuple):
    """What one contact brought: encoded statements (`fanzha.share.items.FeedContent`), or a problem and nothing."""

    id: int
    feed: str
    at: int
    problem: str
    body: bytes


class DueFeed(NamedTuple):
    """A feed that is to be fetched now, the place up to which it was read, and how often fetching failed in a row."""

    definition: FeedDefinition
    cursor: str
    failures: int


def feed_queue_path(folder: Path | None = None) -> Path:
    """Return the file of the queue in a state folder."""
    return (folder or state_folder()) / "collect" / "feeds.sqlite3"


@contextmanager
def open_feed_queue(folder: Path | None = None) -> Iterator["FeedQueue"]:
    """Open the queue of a state folder, and create it if it does not exist."""
    path = feed_queue_path(folder)
    create_private_folder(path.parent)
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_TABLES)
        _add_columns(connection)
        yield FeedQueue(connection)


def _add_columns(connection: sqlite3.Connection) -> None:
    """Add the columns that a queue of an earlier version lacks."""
    names = {row[1] for row in connection.execute("PRAGMA table_info(feed)")}
    for name in ("token_url", "token_scope"):
        if name not in names:
            with suppress(sqlite3.OperationalError):  # another process added it at the same time
                connection.execute(f"ALTER TABLE feed ADD COLUMN {name} TEXT NOT NULL DEFAULT ''")


class FeedQueue:
    """Transactions of the site and of the collector on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def set_feeds(self, feeds: Iterable[FeedDefinition]) -> None:
        """Write which feeds there are. A feed that is fetched from elsewhere than before is read from its beginning."""
        with self._transaction():
            known = dict(self._connection.execute("SELECT ref, format || ' ' || url FROM feed"))
            wanted = {feed.ref: feed for feed in feeds}
            for ref in known.keys() - wanted.keys():
                self._connection.execute("DELETE FROM feed WHERE ref = ?", (ref,))
            for ref, feed in wanted.items():
                if known.get(ref, "") not in ("", f"{feed.format} {feed.url}"):
                    self._connection.execute("DELETE FROM feed WHERE ref = ?", (ref,))
                self._connection.execute(
                    "INSERT INTO feed (ref, format, url, user, secret_file, only_kind, every_ms, allows_private,"
                    " token_url, token_scope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT (ref) DO UPDATE SET user = excluded.user,"
                    " secret_file = excluded.secret_file, only_kind = excluded.only_kind,"
                    " every_ms = excluded.every_ms, allows_private = excluded.allows_private,"
                    " token_url = excluded.token_url, token_scope = excluded.token_scope",
                    feed,
                )

    def select_due(self, now: int) -> list[DueFeed]:
        """Return the feeds that are to be fetched now, unless too many answers wait for the site."""
        if self.count_waiting() >= MAX_WAITING:
            return []
        rows = self._connection.execute(
            "SELECT ref, format, url, user, secret_file, only_kind, every_ms, allows_private, token_url,"
            " token_scope, cursor, failures FROM feed WHERE next_at <= ? ORDER BY next_at, ref",
            (now,),
        )
        return [DueFeed(FeedDefinition(*definition), cursor, failures) for *definition, cursor, failures in rows]

    def add_answer(self, feed: str, body: bytes, cursor: str, now: int) -> None:
        """Add what one answer brought, with the place up to which the feed was read."""
        with self._transaction():
            self._connection.execute(
                "INSERT INTO answer (feed, at, problem, body) VALUES (?, ?, '', ?)", (feed, now, body)
            )
            self._connection.execute("UPDATE feed SET cursor = ? WHERE ref = ?", (cursor, feed))

    def end_contact(self, feed: str, now: int, next_at: int, problem: str = "") -> None:
        """Record the end of a contact; `problem` is why it failed."""
        with self._transaction():
            self._connection.execute(
                "INSERT INTO answer (feed, at, problem, body) VALUES (?, ?, ?, x'')", (feed, now, problem)
            )
            self._connection.execute(
                "UPDATE feed SET next_at = ?, failures = CASE WHEN ? = '' THEN 0 ELSE failures + 1 END WHERE ref = ?",
                (next_at, problem, feed),
            )

    def answers(self, limit: int = 20) -> list[QueuedAnswer]:
        """Return answers that the site has not taken yet, the oldest first."""
        rows = self._connection.execute("SELECT id, feed, at, problem, body FROM answer ORDER BY id LIMIT ?", (limit,))
        return [QueuedAnswer(*row) for row in rows]

    def acknowledge(self, answer: int) -> None:
        """Delete an answer that the site has taken."""
        with self._transaction():
            self._connection.execute("DELETE FROM answer WHERE id = ?", (answer,))

    def count_waiting(self) -> int:
        """Return how many answers with statements wait."""
        return int(self._connection.execute("SELECT count(*) FROM answer WHERE length(body) > 0").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
