"""Sites to probe and what probes found: one SQLite file, `collect/probes.sqlite3` of the state folder.

The site names what is to be watched and reads records; the prober probes and writes records. Moments are UTC ms.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

#: How long records stay after they were read.
RETENTION_MS = 30 * 86_400_000
_BUSY_SECONDS = 10.0
_TABLES = """
CREATE TABLE IF NOT EXISTS watched (
    purpose TEXT NOT NULL, host TEXT NOT NULL, next_at INTEGER NOT NULL, PRIMARY KEY (purpose, host)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS watched_due ON watched (purpose, next_at);
CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY AUTOINCREMENT, is_read INTEGER NOT NULL DEFAULT 0, purpose TEXT NOT NULL, host TEXT NOT NULL,
    place TEXT NOT NULL, at INTEGER NOT NULL,
    state TEXT NOT NULL, status INTEGER NOT NULL, location TEXT NOT NULL, addresses TEXT NOT NULL,
    page_digest TEXT NOT NULL, network_worked INTEGER NOT NULL, filing TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS record_unread ON record (purpose, id) WHERE is_read = 0;
"""


class SiteState(StrEnum):
    """The result of a probe: a site, a warning page, no site, a parking page, or unknown."""

    UP = "up"
    BLOCKED = "blocked"
    GONE = "gone"
    PARKED = "parked"
    UNKNOWN = "unknown"


class ProbePurpose(StrEnum):
    """Why a site is probed: to prove the effect of a measure, or to look at the sites that a provider hosts."""

    EFFECT = "effect"
    INVENTORY = "inventory"


class ProbeRecord(NamedTuple):
    """One probe of a host from one place.

    `status` is that of HTTP, 0 without an answer; `page_digest` the SHA-256 of the first bytes of the page, `filing`
    the filing number (备案号) that the page shows.
    """

    host: str
    place: str
    at: int
    state: SiteState
    status: int = 0
    location: str = ""
    addresses: str = ""
    page_digest: str = ""
    network_worked: bool = True
    filing: str = ""
    purpose: ProbePurpose = ProbePurpose.EFFECT


@contextmanager
def open_probes(folder: Path | None = None) -> Iterator[ProbeQueue]:
    """Open the file of a state folder, and create it if it does not exist."""
    path = (folder or state_folder()) / "collect" / "probes.sqlite3"
    create_private_folder(path.parent)
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_TABLES)
        yield ProbeQueue(connection)


class ProbeQueue:
    """Transactions of the site and of the prober on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def watch(self, purpose: ProbePurpose, hosts: Iterable[str], now: int) -> None:
        """Replace the hosts that are watched for a purpose; new ones are due at once.

        Only addresses and names with a dot are watched, not autonomous systems.
        """
        wanted = {host for host in hosts if "." in host or ":" in host}
        with self._transaction():
            rows = self._connection.execute("SELECT host FROM watched WHERE purpose = ?", (purpose,))
            watched = {host for (host,) in rows}
            gone, new = watched - wanted, wanted - watched
            self._connection.executemany(
                "DELETE FROM watched WHERE purpose = ? AND host = ?", [(purpose, host) for host in gone]
            )
            self._connection.executemany("INSERT INTO watched VALUES (?, ?, ?)", [(purpose, host, now) for host in new])

    def hasten(self, purpose: ProbePurpose, hosts: Iterable[str], now: int) -> None:
        """Let watched hosts be due at once."""
        due = [(now, purpose, host) for host in hosts]
        with self._transaction():
            self._connection.executemany("UPDATE watched SET next_at = ? WHERE purpose = ? AND host = ?", due)

    def take_due(self, purpose: ProbePurpose, now: int, every_ms: int, limit: int) -> list[str]:
        """Return hosts that are due for a purpose, the longest first, and set when they are due again."""
        with self._transaction():
            rows = self._connection.execute(
                "SELECT host FROM watched WHERE purpose = ? AND next_at <= ? ORDER BY next_at LIMIT ?",
                (purpose, now, limit),
            )
            hosts = [host for (host,) in rows]
            later = [(now + every_ms, purpose, host) for host in hosts]
            self._connection.executemany("UPDATE watched SET next_at = ? WHERE purpose = ? AND host = ?", later)
        return hosts

    def add(self, records: Iterable[ProbeRecord]) -> None:
        """Store what probes found."""
        columns = ", ".join(ProbeRecord._fields)
        marks = ", ".join("?" * len(ProbeRecord._fields))
        with self._transaction():
            self._connection.executemany(f"INSERT INTO record ({columns}) VALUES ({marks})", records)

    def unread(self, purpose: ProbePurpose, limit: int) -> list[tuple[int, ProbeRecord]]:
        """Return records of a purpose that were not read, with their ids, in the order in which they were written."""
        columns = ", ".join(ProbeRecord._fields)
        rows = self._connection.execute(
            f"SELECT id, {columns} FROM record WHERE purpose = ? AND is_read = 0 ORDER BY id LIMIT ?", (purpose, limit)
        )
        return [(id, _read_record(ProbeRecord(*values))) for id, *values in rows]

    def mark_read(self, purpose: ProbePurpose, last_id: int) -> None:
        """Mark the records of a purpose up to one as read."""
        with self._transaction():
            self._connection.execute(
                "UPDATE record SET is_read = 1 WHERE purpose = ? AND is_read = 0 AND id <= ?", (purpose, last_id)
            )

    def purge(self, now: int) -> None:
        """Delete old records."""
        with self._transaction():
            self._connection.execute("DELETE FROM record WHERE at < ?", (now - RETENTION_MS,))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _read_record(stored: ProbeRecord) -> ProbeRecord:
    return stored._replace(
        state=SiteState(stored.state),
        network_worked=bool(stored.network_worked),
        purpose=ProbePurpose(stored.purpose),
    )
