"""The zone that resolvers load, with its history: one SQLite file, `zone/zone.sqlite3` of the state folder.

The site writes decisions on names; each change of the zone in force is a version with a serial number, kept as a delta
for incremental transfers. The zone server reads. A version is one transaction: a reader sees all of it or nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from fanzha.claims.policy_zone import NamePolicy, ZoneProfile, sort_key
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

#: How many versions stay for incremental transfers, and for how long; a resolver that is further behind loads all.
MOST_VERSIONS, HISTORY_MS = 5_000, 7 * 86_400_000
#: How long a withdrawn decision cannot be added again: a step of an order may be retried for days.
TOMBSTONE_MS = 30 * 86_400_000
_BUSY_SECONDS = 30.0
_CHUNK = 2_000
_TABLES = """
CREATE TABLE IF NOT EXISTS decision (id TEXT PRIMARY KEY, name TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS decision_name ON decision (name);
CREATE INDEX IF NOT EXISTS decision_until ON decision (until);
CREATE TABLE IF NOT EXISTS withdrawn (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS allowed (key BLOB PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS zone_name (
    key BLOB PRIMARY KEY, name TEXT NOT NULL, policy TEXT NOT NULL, records BLOB NOT NULL, count INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS version (
    serial INTEGER PRIMARY KEY, at INTEGER NOT NULL, added INTEGER NOT NULL, removed INTEGER NOT NULL, digest BLOB
);
CREATE TABLE IF NOT EXISTS change (
    serial INTEGER NOT NULL, name TEXT NOT NULL, before TEXT, after TEXT, PRIMARY KEY (serial, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS transfer (
    address TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, serial INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (address, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class NameDecision(NamedTuple):
    """A decision that a name is blocked until a moment (UTC ms)."""

    name: str
    until: int


class ZoneVersion(NamedTuple):
    """A version of the zone; `added` and `removed` count names, `at` is UTC ms."""

    serial: int
    at: int
    added: int
    removed: int
    digest: bytes | None


class NameChange(NamedTuple):
    """How a name changed between two versions; None where it is not in the zone."""

    name: str
    before: NamePolicy | None
    after: NamePolicy | None


class ZoneTransfer(NamedTuple):
    """The last transfer or question about the serial of a resolver."""

    address: str
    key: str
    kind: str
    serial: int
    at: int


class ZoneSize(NamedTuple):
    """How many names the zone blocks and passes, and how many decisions are spared because of a passed name."""

    blocked: int
    passed: int
    spared: int


def zone_path(folder: Path | None = None) -> Path:
    """Return the file of the zone in a state folder."""
    return (folder or state_folder()) / "zone" / "zone.sqlite3"


@contextmanager
def open_zone(
    profile: ZoneProfile, folder: Path | None = None, *, with_digest: bool = True
) -> Iterator[PolicyZoneStore]:
    """Open the zone of a state folder, and create it if it does not exist."""
    path = zone_path(folder)
    create_private_folder(path.parent)
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_TABLES)
        yield PolicyZoneStore(connection, profile, with_digest=with_digest)


class PolicyZoneStore:
    """Transactions of the site and reads of the zone server on one connection. Moments are UTC ms."""

    def __init__(self, connection: sqlite3.Connection, profile: ZoneProfile, *, with_digest: bool = True) -> None:
        self._connection = connection
        self._profile = profile
        self._with_digest = with_digest

    # Writing: each method makes one version at most, and returns it.

    def add(self, decisions: Mapping[str, NameDecision], now: int) -> ZoneVersion | None:
        """Add or renew decisions by id; ids that were withdrawn stay so."""

        def change() -> set[str]:
            rows = [(id, decision.name, decision.until) for id, decision in decisions.items()]
            self._connection.executemany(
                "INSERT INTO decision (id, name, until) SELECT ?1, ?2, ?3"
                " WHERE NOT EXISTS (SELECT 1 FROM withdrawn WHERE id = ?1)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name, until = excluded.until",
                rows,
            )
            return {decision.name for decision in decisions.values()}

        return self._write(change, now)

    def withdraw(self, ids: Collection[str], now: int, *, prefix: str = "") -> ZoneVersion | None:
        """Withdraw decisions for good, by their ids and by a prefix of the ids of those that are there."""

        def change() -> set[str]:
            gone = set(ids)
            if prefix:
                gone |= set(self.decision_ids(prefix))
            self._connection.executemany("INSERT OR REPLACE INTO withdrawn VALUES (?, ?)", [(id, now) for id in gone])
            return self._delete_decisions(gone)

        return self._write(change, now)

    def expire(self, now: int) -> ZoneVersion | None:
        """End decisions whose time is over, and forget old versions."""

        def change() -> set[str]:
            oldest = self._connection.execute(
                "SELECT serial FROM version WHERE at >= ? ORDER BY serial DESC LIMIT ?",
                (now - HISTORY_MS, MOST_VERSIONS),
            ).fetchall()
            if oldest:
                self._connection.execute("DELETE FROM version WHERE serial < ?", oldest[-1])
                self._connection.execute("DELETE FROM change WHERE serial <= ?", oldest[-1])
            self._connection.execute("DELETE FROM withdrawn WHERE at < ?", (now - TOMBSTONE_MS,))
            rows = self._connection.execute("SELECT id FROM decision WHERE until <= ?", (now,))
            return self._delete_decisions({id for (id,) in rows})

        return self._write(change, now)

    def allow(self, names: Iterable[str], now: int) -> ZoneVersion | None:
        """Replace the names that are passed with all below them; decisions on such names are spared."""

        def change() -> set[str]:
            wanted = set(names)
            existing = {name for (name,) in self._connection.execute("SELECT name FROM allowed")}
            gone, new = existing - wanted, wanted - existing
            self._connection.executemany("DELETE FROM allowed WHERE key = ?", [(sort_key(name),) for name in gone])
            self._connection.executemany("INSERT INTO allowed VALUES (?, ?)", [(sort_key(name), name) for name in new])
            changed = existing ^ wanted
            touched = set(changed)
            for (name,) in self._connection.execute("SELECT DISTINCT name FROM decision") if changed else ():
                if not changed.isdisjoint(_family(name)) or any(other.endswith(f".{name}") for other in changed):
                    touched.add(name)
            return touched

        return self._write(change, now)

    # Reading.

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read a consistent version of the zone while other processes write."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def last_version(self) -> ZoneVersion | None:
        """Return the newest version."""
        row = self._connection.execute("SELECT * FROM version ORDER BY serial DESC LIMIT 1").fetchone()
        return ZoneVersion(*row) if row else None

    def find_version(self, serial: int) -> ZoneVersion | None:
        """Return a version that is still known."""
        row = self._connection.execute("SELECT * FROM version WHERE serial = ?", (serial,)).fetchone()
        return ZoneVersion(*row) if row else None

    def versions(self, limit: int) -> list[ZoneVersion]:
        """Return the newest versions."""
        rows = self._connection.execute("SELECT * FROM version ORDER BY serial DESC LIMIT ?", (limit,))
        return [ZoneVersion(*row) for row in rows]

    def records(self) -> Iterator[tuple[bytes, int]]:
        """Yield the records of each name in canonical order, and how many these are."""
        yield from self._connection.execute("SELECT records, count FROM zone_name ORDER BY key")

    def names(self) -> Iterator[tuple[str, NamePolicy]]:
        """Yield the names of the zone in canonical order."""
        for name, policy in self._connection.execute("SELECT name, policy FROM zone_name ORDER BY key"):
            yield name, NamePolicy(policy)

    def changes_since(self, serial: int) -> list[NameChange]:
        """Return the net changes after a version, sorted by name."""
        changes: dict[str, NameChange] = {}
        rows = self._connection.execute(
            "SELECT name, before, after FROM change WHERE serial > ? ORDER BY serial", (serial,)
        )
        for name, before, after in rows:
            first = changes[name].before if name in changes else _policy(before)
            changes[name] = NameChange(name, first, _policy(after))
        return [change for _, change in sorted(changes.items()) if change.before is not change.after]

    def blocks(self, name: str) -> bool:
        """Return whether the zone blocks a name, or a name above it that is nearer than one it passes."""
        for candidate in _family(name):
            row = self._connection.execute("SELECT policy FROM zone_name WHERE key = ?", (sort_key(candidate),))
            if found := row.fetchone():
                return NamePolicy(found[0]) is NamePolicy.BLOCK
        return False

    def size(self) -> ZoneSize:
        """Return how large the zone is."""
        counts = dict(self._connection.execute("SELECT policy, count(*) FROM zone_name GROUP BY policy"))
        (decided,) = self._connection.execute("SELECT count(DISTINCT name) FROM decision").fetchone()
        blocked = counts.get(NamePolicy.BLOCK, 0)
        return ZoneSize(blocked, counts.get(NamePolicy.PASS, 0), decided - blocked)

    def spared(self, limit: int) -> list[str]:
        """Return names with a decision that are not blocked, because they belong to a passed name."""
        rows = self._connection.execute("SELECT DISTINCT name FROM decision ORDER BY name")
        return [name for (name,) in rows if self._policy_of(name) is not NamePolicy.BLOCK][:limit]

    def record_transfer(self, transfer: ZoneTransfer) -> None:
        """Record what a resolver has loaded."""
        self._connection.execute("INSERT OR REPLACE INTO transfer VALUES (?, ?, ?, ?, ?)", transfer)

    def transfers(self) -> list[ZoneTransfer]:
        """Return the last transfer of each resolver."""
        return [ZoneTransfer(*row) for row in self._connection.execute("SELECT * FROM transfer ORDER BY address, key")]

    def decision_ids(self, prefix: str) -> list[str]:
        """Return the ids of decisions that begin with a prefix, which is not empty."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        return [
            id for (id,) in self._connection.execute("SELECT id FROM decision WHERE id >= ? AND id < ?", (prefix, end))
        ]

    def data_version(self) -> int:
        """Return a number that changes when another connection has written."""
        (number,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(number)

    # Parts of a transaction.

    def _write(self, change: Callable[[], set[str]], now: int) -> ZoneVersion | None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            is_rebuilt = self._rebuild_if_profile_changed()
            version = self._publish(change(), now, is_rebuilt=is_rebuilt)
            self._connection.execute("COMMIT")
            return version
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def _rebuild_if_profile_changed(self) -> bool:
        """Encode all records again if what they share changed; return whether that was so. The history ends there."""
        wanted = repr(self._profile)
        row = self._connection.execute("SELECT value FROM fact WHERE name = 'profile'").fetchone()
        if row is not None and row[0] == wanted:
            return False
        self._connection.execute("INSERT OR REPLACE INTO fact VALUES ('profile', ?)", (wanted,))
        rows = [
            (encoded.records, encoded.record_count, encoded.key)
            for encoded in (self._profile.encode(name, policy) for name, policy in list(self.names()))
        ]
        self._connection.executemany("UPDATE zone_name SET records = ?, count = ? WHERE key = ?", rows)
        self._connection.execute("DELETE FROM change")
        return True

    def _delete_decisions(self, ids: Collection[str]) -> set[str]:
        touched: set[str] = set()
        for id in ids:
            rows = self._connection.execute("DELETE FROM decision WHERE id = ? RETURNING name", (id,))
            touched |= {name for (name,) in rows.fetchall()}
        return touched

    def _publish(self, touched: Collection[str], now: int, *, is_rebuilt: bool) -> ZoneVersion | None:
        """Bring the zone in line with the decisions on some names; return the new version if anything changed."""
        last = self.last_version()
        changes = [change for name in touched if (change := self._compare(name)).before is not change.after]
        if not changes and not is_rebuilt and last is not None:
            return None
        serial = max(last.serial + 1 if last else 1, now // 1000)
        self._connection.executemany(
            "INSERT OR REPLACE INTO zone_name VALUES (?, ?, ?, ?, ?)",
            [
                (encoded.key, change.name, change.after, encoded.records, encoded.record_count)
                for change in changes
                if change.after is not None
                for encoded in (self._profile.encode(change.name, change.after),)
            ],
        )
        removed = [(sort_key(change.name),) for change in changes if change.after is None]
        self._connection.executemany("DELETE FROM zone_name WHERE key = ?", removed)
        if last is not None:  # before the first version there is nothing to be incremental from
            self._connection.executemany(
                "INSERT INTO change VALUES (?, ?, ?, ?)",
                [(serial, change.name, change.before, change.after) for change in changes],
            )
        if is_rebuilt:
            self._connection.execute("DELETE FROM version")
        records = (records for records, _ in self.records())
        digest = self._profile.digest(serial, records) if self._with_digest else None
        version = ZoneVersion(serial, now, len(changes) - len(removed), len(removed), digest)
        self._connection.execute("INSERT INTO version VALUES (?, ?, ?, ?, ?)", version)
        return version

    def _compare(self, name: str) -> NameChange:
        row = self._connection.execute("SELECT policy FROM zone_name WHERE key = ?", (sort_key(name),)).fetchone()
        return NameChange(name, _policy(row[0]) if row else None, self._policy_of(name))

    def _policy_of(self, name: str) -> NamePolicy | None:
        """Return what the zone shall do with a name, by the decisions and the passed names."""
        if self._connection.execute("SELECT 1 FROM allowed WHERE key = ?", (sort_key(name),)).fetchone():
            return NamePolicy.PASS
        if not self._connection.execute("SELECT 1 FROM decision WHERE name = ? LIMIT 1", (name,)).fetchone():
            return None
        return None if self._is_spared(name) else NamePolicy.BLOCK

    def _is_spared(self, name: str) -> bool:
        """Return whether a passed name is above or below a name."""
        keys = [sort_key(parent) for parent in _family(name)]
        marks = ", ".join("?" * len(keys))
        row = self._connection.execute(
            f"SELECT 1 FROM allowed WHERE key IN ({marks}) OR (key > ? AND key < ?) LIMIT 1",
            (*keys, keys[0], keys[0] + b"\xff"),
        )
        return bool(row.fetchone())


def _policy(text: str | None) -> NamePolicy | None:
    return NamePolicy(text) if text is not None else None


def _family(name: str) -> Iterator[str]:
    """Yield a name and all names above it."""
    while name:
        yield name
        name = name.partition(".")[2]
