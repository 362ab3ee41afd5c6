"""The public list of links to warn of: one SQLite file, `link_list/link_list.sqlite3` of the state folder.

A job of the site writes links; a change of the list in force is a version with a serial number and the prefixes that
were added and removed. Processes that answer clients read. A version is one transaction, so readers see all or none.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fanzha.claims.hash_list import Prefixes, list_checksum, prefix_of, read_prefixes, write_prefixes
from fanzha.claims.url_expressions import HASH_BYTES, url_hash
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

#: How many versions stay for partial updates, and for how long; a client that is further behind loads all.
MOST_VERSIONS, HISTORY_MS = 5_000, 7 * 86_400_000
_BUSY_SECONDS = 30.0
_SHARDS = 256
_TABLES = """
CREATE TABLE IF NOT EXISTS link (
    source TEXT NOT NULL, expression TEXT NOT NULL, hash BLOB NOT NULL, action TEXT NOT NULL, fraud_type TEXT NOT NULL,
    until INTEGER NOT NULL, is_spared INTEGER NOT NULL, PRIMARY KEY (source, expression)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shard (first INTEGER PRIMARY KEY, prefixes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS version (
    serial INTEGER PRIMARY KEY, at INTEGER NOT NULL, entries INTEGER NOT NULL, checksum BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS change (
    serial INTEGER NOT NULL, prefix INTEGER NOT NULL, is_added INTEGER NOT NULL, PRIMARY KEY (serial, prefix)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS link_hash ON link (hash)",
    "CREATE INDEX IF NOT EXISTS link_until ON link (until)",
)


class LinkAction(StrEnum):
    """What a client does with a listed link: warn and let the user proceed, or block."""

    WARN = "warn"
    BLOCK = "block"


class ListedLink(NamedTuple):
    """A link of the list until a moment (UTC ms), by its expression, with the type of fraud ("" if unknown)."""

    expression: str
    action: LinkAction
    fraud_type: str
    until: int


class LinkMatch(NamedTuple):
    """A whole hash of the list, with the fields of the answer to clients."""

    full_hash: bytes
    action: LinkAction
    fraud_type: str


class ListVersion(NamedTuple):
    """A version of the list: when it was made (UTC ms), how many prefixes it has, and their SHA-256."""

    serial: int
    at: int
    entries: int
    checksum: bytes


class PrefixChanges(NamedTuple):
    """The net change of the prefixes between two versions, sorted."""

    removed: Prefixes
    added: Prefixes


def link_list_path(folder: Path | None = None) -> Path:
    """Return the file of the list in a state folder."""
    return (folder or state_folder()) / "link_list" / "link_list.sqlite3"


@contextmanager
def open_link_list(folder: Path | None = None) -> Iterator[LinkListStore]:
    """Open the list of a state folder, and create it if it does not exist."""
    with closing(connect_link_list(folder)) as connection:
        yield LinkListStore(connection)


def connect_link_list(folder: Path | None = None, *, any_thread: bool = False) -> sqlite3.Connection:
    """Return a connection to the list, which is created if it does not exist; the caller closes it."""
    path = link_list_path(folder)
    create_private_folder(path.parent)
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=not any_thread)
    path.chmod(0o600)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(_TABLES + ";\n".join(_INDEXES))
    return connection


class LinkListStore:
    """Transactions of the site and reads of its processes on one connection. Moments are UTC ms."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # Writing: each method makes one version at most, and returns it.

    def replace(self, source: str, links: Iterable[ListedLink], now: int) -> ListVersion | None:
        """Replace all links of a source."""

        def change() -> None:
            spares = self._spare_rule()
            self._connection.execute("DROP INDEX link_hash")  # indexes of many rows are made faster at the end
            self._connection.execute("DROP INDEX link_until")
            self._connection.execute("DELETE FROM link WHERE source = ?", (source,))
            rows = (_row(source, link, spares) for link in sorted(links) if link.until > now)
            self._connection.executemany("INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            for index in _INDEXES:
                self._connection.execute(index)

        return self._write(lambda: self._publish_all(change, now))

    def update(self, source: str, links: Mapping[str, ListedLink | None], now: int) -> ListVersion | None:
        """Add, renew or (None) remove links of a source by expression."""

        def change() -> set[bytes]:
            spares = self._spare_rule()
            self._connection.executemany(
                "DELETE FROM link WHERE source = ? AND expression = ?", [(source, expression) for expression in links]
            )
            rows = [_row(source, link, spares) for link in links.values() if link is not None and link.until > now]
            self._connection.executemany("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            return {url_hash(expression) for expression in links}

        return self._write(lambda: self._publish_some(change(), now))

    def expire(self, now: int) -> ListVersion | None:
        """End links whose time is over, and forget old versions."""

        def change() -> set[bytes]:
            oldest = self._connection.execute(
                "SELECT serial FROM version WHERE at >= ? ORDER BY serial DESC LIMIT ?",
                (now - HISTORY_MS, MOST_VERSIONS),
            ).fetchall()
            last = self.last_version()
            first = oldest[-1][0] if oldest else last.serial if last else 0
            self._connection.execute("DELETE FROM version WHERE serial < ?", (first,))
            self._connection.execute("DELETE FROM change WHERE serial <= ?", (first,))
            rows = self._connection.execute("DELETE FROM link WHERE until <= ? RETURNING hash", (now,))
            return {full_hash for (full_hash,) in rows.fetchall()}

        return self._write(lambda: self._publish_some(change(), now))

    def allow(self, names: Collection[str], now: int) -> ListVersion | None:
        """Set the hosts that are never listed: neither they nor hosts above and below them."""
        wanted = "\n".join(sorted(names))
        if self.note("allowed") == wanted:
            return None

        def change() -> None:
            self.write_note("allowed", wanted)
            spares = self._spare_rule()
            rows = self._connection.execute("SELECT source, expression, is_spared FROM link").fetchall()
            changed = [
                (is_spared, source, expression)
                for source, expression, before in rows
                if (is_spared := spares(expression)) != before
            ]
            self._connection.executemany("UPDATE link SET is_spared = ? WHERE source = ? AND expression = ?", changed)

        return self._write(lambda: self._publish_all(change, now))

    # Reading.

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read a consistent version of the list while other processes write."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def identity(self) -> str:
        """Return the random name of this list, under which its serial numbers count; "" before the first version."""
        return self.note("identity")

    def last_version(self) -> ListVersion | None:
        """Return the newest version."""
        row = self._connection.execute("SELECT * FROM version ORDER BY serial DESC LIMIT 1").fetchone()
        return ListVersion(*row) if row else None

    def find_version(self, serial: int) -> ListVersion | None:
        """Return a version that is still known."""
        row = self._connection.execute("SELECT * FROM version WHERE serial = ?", (serial,)).fetchone()
        return ListVersion(*row) if row else None

    def prefixes(self) -> Prefixes:
        """Return the prefixes of the newest version."""
        rows = self._connection.execute("SELECT prefixes FROM shard ORDER BY first")
        return read_prefixes(b"".join(shard for (shard,) in rows))

    def changes_since(self, serial: int) -> PrefixChanges:
        """Return the net change after a version."""
        rows = self._connection.execute(
            "SELECT prefix, sum(CASE is_added WHEN 1 THEN 1 ELSE -1 END) AS net FROM change WHERE serial > ?"
            " GROUP BY prefix HAVING net <> 0 ORDER BY prefix",
            (serial,),
        ).fetchall()
        return PrefixChanges(
            np.array([prefix for prefix, net in rows if net < 0], np.uint32),
            np.array([prefix for prefix, net in rows if net > 0], np.uint32),
        )

    def find_matches(self, prefix: bytes, now: int) -> list[LinkMatch]:
        """Return the whole hashes in force that begin with a prefix; of several links by one hash the strictest."""
        rows = self._connection.execute(
            "SELECT hash, action, fraud_type FROM link"
            " WHERE hash BETWEEN ? AND ? AND NOT is_spared AND until > ? ORDER BY hash, action DESC",
            (prefix, prefix + b"\xff" * (HASH_BYTES - len(prefix)), now),
        )
        found: dict[bytes, LinkMatch] = {}
        for full_hash, action, fraud_type in rows:  # "warn" stands before "block"
            before = found.get(full_hash)
            found[full_hash] = LinkMatch(
                full_hash, LinkAction(action), fraud_type or (before.fraud_type if before else "")
            )
        return list(found.values())

    def count_links(self) -> dict[tuple[str, bool], int]:
        """Return how many links there are by action, and whether an allowed name spares them."""
        rows = self._connection.execute("SELECT action, is_spared, count(*) FROM link GROUP BY action, is_spared")
        return {(action, bool(is_spared)): count for action, is_spared, count in rows}

    def data_version(self) -> int:
        """Return a number that changes when another connection has written."""
        (number,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(number)

    # Notes of the writer, by which it knows what a source was read from.

    def note(self, name: str) -> str:
        """Return a note, "" if there is none."""
        row = self._connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def write_note(self, name: str, value: str) -> None:
        """Write a note."""
        self._connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    # Parts of a transaction.

    def _write(self, change: Callable[[], ListVersion | None]) -> ListVersion | None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            version = change()
            self._connection.execute("COMMIT")
            return version
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def _spare_rule(self) -> Callable[[str], bool]:
        """Return whether an expression belongs to an allowed host, or to one above or below it."""
        allowed = set(self.note("allowed").split("\n")) - {""}
        above = {parent for name in allowed for parent in _parents(name)}

        def spares(expression: str) -> bool:
            host = expression.partition("/")[0]
            if host in above:
                return True
            while host not in allowed and "." in host:
                host = host.partition(".")[2]
            return host in allowed

        return spares

    def _publish_all(self, change: Callable[[], None], now: int) -> ListVersion | None:
        """Carry a change out and compute all shards again."""
        change()
        hashes = b"".join(row[0][:4] for row in self._connection.execute("SELECT hash FROM link WHERE NOT is_spared"))
        every = np.sort(read_prefixes(hashes))
        before, after = self.prefixes(), every[np.diff(every, prepend=every[:1] ^ 1) != 0]
        added = np.setdiff1d(after, before, assume_unique=True)
        removed = np.setdiff1d(before, after, assume_unique=True)
        return self._publish(after, removed, added, range(_SHARDS), now)

    def _publish_some(self, hashes: Collection[bytes], now: int) -> ListVersion | None:
        """Bring the prefixes of some hashes in line with the links."""
        before = self.prefixes()
        touched = np.unique(np.array([prefix_of(full_hash) for full_hash in hashes], np.uint32))
        is_listed = np.array([self._is_listed(int(prefix)) for prefix in touched], bool)
        places = np.searchsorted(before, touched)
        was_listed = np.array(
            [place < len(before) and before[place] == touched[number] for number, place in enumerate(places.tolist())],
            bool,
        )
        added, removed = touched[is_listed & ~was_listed], touched[was_listed & ~is_listed]
        remaining = np.delete(before, places[was_listed & ~is_listed])
        after = np.insert(remaining, np.searchsorted(remaining, added), added)
        shards = np.unique(np.concatenate([added, removed]) >> 24).tolist()
        return self._publish(after, removed, added, shards, now)

    def _is_listed(self, prefix: int) -> bool:
        first = prefix.to_bytes(4, "big")
        row = self._connection.execute(
            "SELECT 1 FROM link WHERE hash BETWEEN ? AND ? AND NOT is_spared LIMIT 1", (first, first + b"\xff" * 28)
        )
        return row.fetchone() is not None

    def _publish(
        self, after: Prefixes, removed: Prefixes, added: Prefixes, shards: Sequence[int], now: int
    ) -> ListVersion | None:
        last = self.last_version()
        if last is not None and not len(removed) and not len(added):
            return None
        edges = np.searchsorted(after >> 24, np.arange(_SHARDS + 1))
        self._connection.executemany(
            "INSERT OR REPLACE INTO shard VALUES (?, ?)",
            [(shard, write_prefixes(after[edges[shard] : edges[shard + 1]])) for shard in shards],
        )
        serial = max(last.serial + 1 if last else 1, now // 1000)
        if last is None:
            self.write_note("identity", secrets.token_hex(8))
        elif len(removed) + len(added) > len(after):  # no update is smaller than the whole list
            self._connection.execute("DELETE FROM version")
            self._connection.execute("DELETE FROM change")
        else:
            rows = [(serial, int(prefix), 0) for prefix in removed] + [(serial, int(prefix), 1) for prefix in added]
            self._connection.executemany("INSERT INTO change VALUES (?, ?, ?)", rows)
        version = ListVersion(serial, now, len(after), list_checksum(after))
        self._connection.execute("INSERT INTO version VALUES (?, ?, ?, ?)", version)
        return version


def _row(source: str, link: ListedLink, spares: Callable[[str], bool]) -> tuple[object, ...]:
    digest = sha256(link.expression.encode()).digest()
    return source, link.expression, digest, link.action, link.fraud_type, link.until, spares(link.expression)


def _parents(name: str) -> Iterator[str]:
    """Yield the names above a name."""
    while "." in name:
        name = name.partition(".")[2]
        yield name
