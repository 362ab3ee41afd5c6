"""The queue of looks at pages: one SQLite file, `look-queue/looks.sqlite3` of the state folder.

The site adds looks and reads outcomes; the fetcher takes looks and writes outcomes. Evidence is in the folder of a
look, `looks/KEY`. A look that was begun when the fetcher was killed is begun again, three times at most.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

MOST_ATTEMPTS = 3
#: A look that no fetcher took within a day expires: the page may have changed since.
EXPIRE_MS = 86_400_000
_BUSY_SECONDS = 10.0
_KEY = re.compile(r"[0-9A-Za-z]{1,40}")
_TABLES = """
CREATE TABLE IF NOT EXISTS look (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, url TEXT NOT NULL, urgency INTEGER NOT NULL,
    created_at INTEGER NOT NULL, begun_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS look_order ON look (begun_at, urgency, id);
CREATE TABLE IF NOT EXISTS outcome (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, problem TEXT NOT NULL, at INTEGER NOT NULL
);
"""


class QueuedLook(NamedTuple):
    """A look to be made; `key` names its folder."""

    key: str
    url: str


class LookOutcome(NamedTuple):
    """A look that ended; `problem` says why there is no evidence, "" if its folder has a record."""

    id: int
    key: str
    problem: str
    at: int


def evidence_folder(key: str, folder: Path | None = None) -> Path:
    """Return the folder of the evidence of a look. Raise ValueError for a malformed key."""
    if not _KEY.fullmatch(key):
        raise ValueError("a key has up to 40 letters and digits")
    return (folder or state_folder()) / "looks" / key


@contextmanager
def open_look_queue(folder: Path | None = None) -> Iterator["LookQueue"]:
    """Open the queue of a state folder, and create it if it does not exist."""
    path = create_private_folder((folder or state_folder()) / "look-queue") / "looks.sqlite3"
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.executescript(_TABLES)
        yield LookQueue(connection)


class LookQueue:
    """Transactions of the site and of the fetcher on one connection; times are UTC milliseconds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, key: str, url: str, now: int, *, urgency: int = 5) -> bool:
        """Add a look, the smaller its urgency the earlier; return False if the key was used before."""
        evidence_folder(key)
        inserted = self._connection.execute(
            "INSERT INTO look (key, url, urgency, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (key, url, urgency, now),
        )
        return bool(inserted.rowcount)

    def begin(self, now: int) -> QueuedLook | None:
        """Take the next look; None if there is none. Two fetchers never take the same one."""
        with self._transaction():
            row = self._connection.execute(
                "SELECT key, url FROM look WHERE begun_at IS NULL ORDER BY urgency, id LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            self._connection.execute(
                "UPDATE look SET begun_at = ?, attempts = attempts + 1 WHERE key = ?", (now, row[0])
            )
            return QueuedLook(*row)

    def end(self, key: str, now: int, problem: str = "") -> None:
        """Record the outcome of a look that was begun."""
        with self._transaction():
            if self._connection.execute("DELETE FROM look WHERE key = ?", (key,)).rowcount:
                self._connection.execute(
                    "INSERT INTO outcome (key, problem, at) VALUES (?, ?, ?)", (key, problem[:500], now)
                )

    def recover(self, now: int) -> int:
        """Let looks that a killed fetcher had begun be taken again; return how many. Call it at start."""
        for (key,) in self._connection.execute(
            "SELECT key FROM look WHERE begun_at IS NOT NULL AND attempts >= ?", (MOST_ATTEMPTS,)
        ).fetchall():
            self.end(key, now, "the fetcher was stopped three times while it looked")
        return self._connection.execute("UPDATE look SET begun_at = NULL WHERE begun_at IS NOT NULL").rowcount

    def expire(self, now: int) -> int:
        """End the looks that no fetcher took within a day; return how many."""
        rows = self._connection.execute(
            "SELECT key FROM look WHERE begun_at IS NULL AND created_at < ?", (now - EXPIRE_MS,)
        ).fetchall()
        for (key,) in rows:
            self.end(key, now, "no fetcher took it within a day")
        return len(rows)

    def outcomes(self, limit: int = 50) -> list[LookOutcome]:
        """Return outcomes that the site has not recorded yet, the oldest first."""
        rows = self._connection.execute("SELECT id, key, problem, at FROM outcome ORDER BY id LIMIT ?", (limit,))
        return [LookOutcome(*row) for row in rows]

    def acknowledge(self, outcome: int) -> None:
        """Delete an outcome that the site has recorded."""
        self._connection.execute("DELETE FROM outcome WHERE id = ?", (outcome,))

    def count_waiting(self) -> int:
        """Return how many looks wait or are being made."""
        return int(self._connection.execute("SELECT count(*) FROM look").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
