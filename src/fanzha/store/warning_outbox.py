"""The outbox of warnings to people: one SQLite file, `deliver/outbox.sqlite3` of the state folder.

The site adds warnings and reads outcomes; `fanzha deliver` sends and writes outcomes. Each step is a transaction.
A part is marked as begun before its bytes leave, so a process that is killed never sends it twice: what it began and
did not finish is unknown. Numbers and texts are erased when a warning has left or has failed.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from fanzha.base.words import Words
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder
from fanzha.store.warning_records import OutcomeKind, OutgoingWarning, PartState, QueuedWarning, WarningOutcome

__all__ = [
    "EARLY_MS",
    "IN_FLIGHT_MS",
    "LONGEST_ID",
    "MOST_EARLY",
    "OutcomeKind",
    "OutgoingWarning",
    "PartState",
    "QueuedWarning",
    "RETENTION_MS",
    "SPEECH",
    "WarningOutbox",
    "WarningOutcome",
    "open_outbox",
    "outbox_path",
]

#: How long an ended warning stays, so that a late receipt finds it: an SMSC keeps a message for three days at most.
RETENTION_MS = 3 * 86_400_000
#: A receipt that comes before the answer with its id waits so long; the race lasts seconds. Others share the centre.
EARLY_MS, MOST_EARLY = 3_600_000, 10_000
#: The longest id of a message that SMPP allows (receipted_message_id).
LONGEST_ID = 65
#: How long after its time a warning that is being sent may take to end; the longest call lasts less.
IN_FLIGHT_MS = 30 * 60_000
#: What the details of a call name as its prompt if no recording was played but the words themselves.
SPEECH = "speech"
_BUSY_SECONDS = 10.0
_TABLES = """
CREATE TABLE IF NOT EXISTS warning (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, recipient TEXT NOT NULL,
    zh TEXT NOT NULL, en TEXT NOT NULL, advice_zh TEXT NOT NULL, advice_en TEXT NOT NULL, fraud_type TEXT NOT NULL,
    wording TEXT NOT NULL,
    created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL, ended_at INTEGER
);
CREATE INDEX IF NOT EXISTS warning_due ON warning (state, next_at);
CREATE TABLE IF NOT EXISTS part (
    warning INTEGER NOT NULL REFERENCES warning (id) ON DELETE CASCADE, number INTEGER NOT NULL, state TEXT NOT NULL,
    message_id TEXT NOT NULL DEFAULT '', problem TEXT NOT NULL DEFAULT '', PRIMARY KEY (warning, number)
);
CREATE INDEX IF NOT EXISTS part_message ON part (message_id) WHERE message_id <> '';
CREATE TABLE IF NOT EXISTS early_receipt (
    message_id TEXT NOT NULL, is_delivered INTEGER NOT NULL, problem TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS early_receipt_message ON early_receipt (message_id);
CREATE INDEX IF NOT EXISTS early_receipt_at ON early_receipt (at);
CREATE TABLE IF NOT EXISTS outcome (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, channel TEXT NOT NULL, kind TEXT NOT NULL,
    wording TEXT NOT NULL, at INTEGER NOT NULL, details TEXT NOT NULL
);
"""


def outbox_path(folder: Path | None = None) -> Path:
    """Return the file of the outbox in a state folder."""
    return (folder or state_folder()) / "deliver" / "outbox.sqlite3"


@contextmanager
def open_outbox(folder: Path | None = None) -> Iterator["WarningOutbox"]:
    """Open the outbox of a state folder, and create it if it does not exist."""
    path = outbox_path(folder)
    create_private_folder(path.parent)
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(_TABLES)
        yield WarningOutbox(connection)


class WarningOutbox:
    """Transactions of the site and of the sender on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._has_erased = True  # what another process erased may be in the log still

    def add(self, warnings: Iterable[OutgoingWarning]) -> int:
        """Add warnings whose keys are new; return how many."""
        with self._transaction():
            return sum(self._add(warning) for warning in warnings)

    def select_due(self, channels: Iterable[str], now: int, limit: int = 100) -> list[QueuedWarning]:
        """Return warnings of some channels that are to be sent now, the oldest first."""
        names = json.dumps(list(channels))
        rows = self._connection.execute(
            "SELECT id, attempts, zh, en, advice_zh, advice_en, key, channel, recipient, created_at, expires_at,"
            " fraud_type, wording FROM warning WHERE state = 'waiting' AND next_at <= ? AND expires_at > ?"
            " AND channel IN (SELECT value FROM json_each(?)) ORDER BY next_at, id LIMIT ?",
            (now, now, names, limit),
        )
        return [_to_queued(*row) for row in rows]

    def begin(self, warning: int, part: int = 1, parts: int = 1) -> bool:
        """Mark a part of a message of so many parts as begun, before its bytes leave.

        Return False if it was begun before, or if the warning has ended: it must not be sent.
        """
        with self._transaction():
            self._connection.executemany(
                "INSERT INTO part (warning, number, state) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(warning, number, PartState.PLANNED) for number in range(1, max(part, parts) + 1)],
            )
            updated = self._connection.execute(
                "UPDATE part SET state = ? WHERE warning = ? AND number = ? AND state = ?"
                " AND EXISTS (SELECT 1 FROM warning WHERE id = part.warning AND state = 'waiting')",
                (PartState.BEGUN, warning, part, PartState.PLANNED),
            )
            return bool(updated.rowcount)

    def retract(self, warning: int, part: int, next_at: int) -> None:
        """Take back that a part was begun, since the receiver certainly did not take it; try again at `next_at`."""
        with self._transaction():
            self._connection.execute(
                "UPDATE part SET state = ? WHERE warning = ? AND number = ? AND state = ?",
                (PartState.PLANNED, warning, part, PartState.BEGUN),
            )
            self._postpone(warning, next_at)

    def postpone(self, warning: int, next_at: int) -> None:
        """Try a warning again at `next_at`."""
        with self._transaction():
            self._postpone(warning, next_at)

    def end_part(self, warning: int, part: int, state: PartState, *, message_id: str = "", problem: str = "") -> None:
        """Record how sending a part ended."""
        with self._transaction():
            self._connection.execute(
                "UPDATE part SET state = ?, message_id = ?, problem = ? WHERE warning = ? AND number = ?",
                (state, message_id, problem, warning, part),
            )

    def end_message(self, warning: int, now: int) -> None:
        """Record the outcome of a message once no more parts will be sent, and apply receipts that arrived before it.

        The message counts as sent if all its parts were sent: a message with a missing part cannot be read.
        """
        with self._transaction():
            parts = self._parts(warning)
            states = {state for state, _, _ in parts}
            problem = "; ".join(dict.fromkeys(problem for _, _, problem in parts if problem))
            if states & {PartState.UNKNOWN, PartState.BEGUN}:
                kind = OutcomeKind.UNKNOWN
            elif states & {PartState.REFUSED, PartState.PLANNED}:
                kind, problem = OutcomeKind.FAILED, problem or "not all its parts could be sent in time"
            else:
                kind = OutcomeKind.SENT
            ids = " ".join(message_id for _, message_id, _ in parts if message_id)
            details = {"parts": str(len(parts)), "message_ids": ids, "problem": problem}
            self._end(warning, kind, now, {name: value for name, value in details.items() if value})
            for _, message_id, _ in parts:
                self._use_early_receipts(message_id)

    def end(self, warning: int, kind: OutcomeKind, now: int, details: Mapping[str, str] | None = None) -> None:
        """Record the outcome of a warning without parts."""
        with self._transaction():
            self._end(warning, kind, now, details or {})

    def record_receipt(self, message_id: str, now: int, *, is_delivered: bool, problem: str = "") -> None:
        """Record a final delivery receipt; one that comes before the id of its message is known is kept for it."""
        with self._transaction():
            if len(message_id) > LONGEST_ID or self._receive(message_id, now, is_delivered, problem):
                return
            self._connection.execute(
                "INSERT INTO early_receipt VALUES (?, ?, ?, ?)", (message_id, is_delivered, problem, now)
            )
            self._connection.execute(
                "DELETE FROM early_receipt WHERE at < ? OR rowid <= (SELECT max(rowid) FROM early_receipt) - ?",
                (now - EARLY_MS, MOST_EARLY),
            )

    def recover(self) -> int:
        """Mark what a killed process began and did not finish as unknown; return how many parts. Call it at start."""
        with self._transaction():
            updated = self._connection.execute(
                "UPDATE part SET state = ?, problem = 'the sender was stopped meanwhile' WHERE state = ?",
                (PartState.UNKNOWN, PartState.BEGUN),
            )
            return updated.rowcount

    def is_begun(self, warning: int) -> bool:
        """Return whether any part of a warning was begun."""
        found = self._connection.execute(
            "SELECT 1 FROM part WHERE warning = ? AND state <> ? LIMIT 1", (warning, PartState.PLANNED)
        ).fetchone()
        return found is not None

    def expire(self, now: int) -> int:
        """End the warnings that could not be sent in time: a warning that comes too late is about the past.

        One that is being sent, as a call on the line, has `IN_FLIGHT_MS` more to end with its own outcome.
        """
        rows = self._connection.execute(
            "SELECT id FROM warning WHERE state = 'waiting' AND expires_at <= ? AND (expires_at <= ? OR NOT EXISTS"
            " (SELECT 1 FROM part WHERE part.warning = warning.id AND part.state = ?))",
            (now, now - IN_FLIGHT_MS, PartState.BEGUN),
        ).fetchall()
        for (warning,) in rows:
            if self.is_begun(warning):
                self.end_message(warning, now)
            else:
                self.end(warning, OutcomeKind.FAILED, now, {"problem": "it could not be sent in time"})
        return len(rows)

    def cancel(self, keys: Iterable[str], now: int) -> list[str]:
        """End warnings that have not begun to be sent, without an outcome; return their keys. They are never sent."""
        with self._transaction():
            rows = self._connection.execute(
                "UPDATE warning SET state = 'cancelled', ended_at = ?, recipient = '', zh = '', en = '',"
                " advice_zh = '', advice_en = '' WHERE state = 'waiting' AND key IN (SELECT value FROM json_each(?))"
                " AND NOT EXISTS (SELECT 1 FROM part WHERE part.warning = warning.id AND part.state <> ?)"
                " RETURNING key",
                (now, json.dumps(list(keys)), PartState.PLANNED),
            ).fetchall()
            self._has_erased = self._has_erased or bool(rows)
        return [key for (key,) in rows]

    def find_keys(self, keys: Iterable[str]) -> set[str]:
        """Return those of some keys that are in the outbox and were not cancelled."""
        rows = self._connection.execute(
            "SELECT key FROM warning WHERE state <> 'cancelled' AND key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )
        return {key for (key,) in rows}

    def outcomes(self, limit: int = 200) -> list[WarningOutcome]:
        """Return outcomes that the site has not recorded yet, the oldest first."""
        rows = self._connection.execute(
            "SELECT id, key, channel, kind, wording, at, details FROM outcome ORDER BY id LIMIT ?", (limit,)
        )
        return [
            WarningOutcome(id, key, channel, OutcomeKind(kind), wording, at, json.loads(details))
            for id, key, channel, kind, wording, at, details in rows
        ]

    def acknowledge(self, outcome: int) -> None:
        """Delete an outcome that the site has recorded."""
        with self._transaction():
            self._connection.execute("DELETE FROM outcome WHERE id = ?", (outcome,))

    def purge(self, now: int) -> int:
        """Delete warnings that ended before `RETENTION_MS`, and old early receipts; return how many warnings."""
        with self._transaction():
            before = now - RETENTION_MS
            self._connection.execute("DELETE FROM early_receipt WHERE at < ?", (now - EARLY_MS,))
            return self._connection.execute("DELETE FROM warning WHERE ended_at < ?", (before,)).rowcount

    def truncate_log(self) -> bool:
        """Empty the write-ahead log if something was erased: its older pages hold numbers and texts still.

        Return False if another connection is at work; the next call tries again.
        """
        if not self._has_erased:
            return True
        self._connection.execute("PRAGMA busy_timeout = 0")
        try:
            (is_busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {int(_BUSY_SECONDS * 1_000)}")
        self._has_erased = bool(is_busy)
        return not is_busy

    def count_waiting(self) -> int:
        """Return how many warnings wait."""
        return int(self._connection.execute("SELECT count(*) FROM warning WHERE state = 'waiting'").fetchone()[0])

    def _add(self, warning: OutgoingWarning) -> bool:
        inserted = self._connection.execute(
            "INSERT INTO warning (key, channel, recipient, zh, en, advice_zh, advice_en, fraud_type, wording,"
            " created_at, expires_at, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (warning.key, warning.channel, warning.recipient, *warning.words, *warning.advice, warning.fraud_type,
             warning.wording, warning.created_at, warning.expires_at, warning.created_at),
        )  # fmt: skip
        return bool(inserted.rowcount)

    def _postpone(self, warning: int, next_at: int) -> None:
        self._connection.execute(
            "UPDATE warning SET next_at = ?, attempts = attempts + 1 WHERE id = ?", (next_at, warning)
        )

    def _parts(self, warning: int) -> list[tuple[str, str, str]]:
        return self._connection.execute(
            "SELECT state, message_id, problem FROM part WHERE warning = ? ORDER BY number", (warning,)
        ).fetchall()

    def _end(self, warning: int, kind: OutcomeKind, now: int, details: Mapping[str, str]) -> None:
        ended = self._connection.execute(
            "UPDATE warning SET state = ?, ended_at = ?, recipient = '', zh = '', en = '', advice_zh = '',"
            " advice_en = '' WHERE id = ? AND state = 'waiting'",
            (kind, now, warning),
        )
        if ended.rowcount:
            self._has_erased = True
            self._add_outcome(warning, kind, now, details)

    def _add_outcome(self, warning: int, kind: OutcomeKind, now: int, details: Mapping[str, str]) -> None:
        self._connection.execute(
            "INSERT INTO outcome (key, channel, kind, wording, at, details) SELECT key, channel, ?, wording, ?, ?"
            " FROM warning WHERE id = ?",
            (kind, now, json.dumps(details, ensure_ascii=False), warning),
        )

    def _use_early_receipts(self, message_id: str) -> None:
        rows = self._connection.execute(
            "SELECT is_delivered, problem, at FROM early_receipt WHERE message_id = ?", (message_id,)
        ).fetchall()
        for is_delivered, problem, at in rows:
            self._receive(message_id, at, bool(is_delivered), problem)
        self._connection.execute("DELETE FROM early_receipt WHERE message_id = ?", (message_id,))

    def _receive(self, message_id: str, now: int, is_delivered: bool, problem: str) -> bool:
        """Apply a receipt to the latest part with this id; return False if there is none in an ended message."""
        found = self._connection.execute(
            "SELECT part.rowid, warning.id, warning.state FROM part JOIN warning ON warning.id = part.warning"
            " WHERE message_id = ? AND message_id <> '' ORDER BY warning.id DESC LIMIT 1",
            (message_id,),
        ).fetchone()
        if found is None or found[2] == "waiting":
            return False
        part, warning, state = found
        part_state = PartState.DELIVERED if is_delivered else PartState.UNDELIVERED
        self._connection.execute(
            "UPDATE part SET state = ?, problem = ? WHERE rowid = ? AND state = ?",
            (part_state, problem, part, PartState.ACCEPTED),
        )
        states = {state for state, _, _ in self._parts(warning)}
        if state == OutcomeKind.SENT and not states & {PartState.ACCEPTED}:
            kind = OutcomeKind.DELIVERED if states == {PartState.DELIVERED} else OutcomeKind.UNDELIVERED
            self._connection.execute("UPDATE warning SET state = ?, ended_at = ? WHERE id = ?", (kind, now, warning))
            problems = "; ".join(dict.fromkeys(problem for _, _, problem in self._parts(warning) if problem))
            self._add_outcome(warning, kind, now, {"problem": problems} if problems else {})
        return True

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _to_queued(  # the columns of `select_due` in their order
    id: int, attempts: int, zh: str, en: str, advice_zh: str, advice_en: str, key: str, channel: str, recipient: str,
    created_at: int, expires_at: int, fraud_type: str, wording: str,
) -> QueuedWarning:  # fmt: skip
    words, advice = Words(zh, en), Words(advice_zh, advice_en)
    warning = OutgoingWarning(key, channel, recipient, words, created_at, expires_at, fraud_type, advice, wording)
    return QueuedWarning(id, warning, attempts)
