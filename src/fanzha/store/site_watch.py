"""What the watch of new sites knows: one SQLite file, `site_watch/sites.sqlite3` of the state folder.

Cursors of logs, entries that were not seen, names seen before, and candidates on their way to the site change in one
transaction. A process that is killed at any moment therefore reads nothing twice and loses nothing.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from fanzha.store.private_files import create_private_folder
from fanzha.store.site_mentions import DAY_MS, MentionStore
from fanzha.store.site_watch_records import (
    RETRIED,
    TABLES,
    AlertBudget,
    DayCount,
    FollowState,
    GapReason,
    KnownHead,
    LogCursor,
    LogFork,
    LogGap,
    LogStatus,
    MentionCounts,
    SiteCandidate,
    SubmittedName,
)
from fanzha.store.state_folder import state_folder

__all__ = [
    "AlertBudget",
    "DAY_MS",
    "DayCount",
    "GapReason",
    "KnownHead",
    "LogCursor",
    "LogFork",
    "LogGap",
    "FollowState",
    "LogStatus",
    "MentionCounts",
    "RETRIED",
    "SiteCandidate",
    "SiteWatchStore",
    "SubmittedName",
    "open_site_watch",
    "site_watch_path",
]

_BUSY_SECONDS = 10.0


def site_watch_path(folder: Path | None = None) -> Path:
    """Return the file in a state folder."""
    return (folder or state_folder()) / "site_watch" / "sites.sqlite3"


@contextmanager
def open_site_watch(folder: Path | None = None) -> Iterator["SiteWatchStore"]:
    """Open the file of a state folder, and create it if it does not exist."""
    path = site_watch_path(folder)
    create_private_folder(path.parent)
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    with closing(connection):
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(TABLES)
        yield SiteWatchStore(connection)


class SiteWatchStore(MentionStore):
    """Everything of the file on one connection, which threads share."""

    # Logs

    def add_log(self, log_id: bytes, name: str, url: str, head: KnownHead, position: int, now: int) -> None:
        """Begin to follow a log at `position`; the entries before are counted as not seen."""
        with self.transaction():
            self._connection.execute(
                "INSERT INTO log (id, name, url, position, size, root, signed_at, head, answered_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (log_id, name, url, position, *head, now),
            )
            self.add_gap(log_id, 0, position, GapReason.BEFORE_START, now)

    def cursor(self, log_id: bytes) -> LogCursor | None:
        """Return how far a log was read; None if it was never followed."""
        found = self._query(f"{_SELECT_LOG} WHERE id = ?", (log_id,))
        return _cursor(found[0]) if found else None

    def cursors(self) -> list[LogCursor]:
        """Return all logs by name."""
        return [_cursor(row) for row in self._query(f"{_SELECT_LOG} ORDER BY name, id")]

    def rename_log(self, log_id: bytes, name: str, url: str) -> None:
        """Note the present name and URL of a log."""
        self._write("UPDATE log SET name = ?, url = ? WHERE id = ?", (name, url, log_id))

    def accept_head(self, log_id: bytes, head: KnownHead, now: int) -> None:
        """Replace the tree head of a log by one that was proven to extend it."""
        self._write(
            "UPDATE log SET size = ?, root = ?, signed_at = ?, head = ?, answered_at = ? WHERE id = ?",
            (*head, now, log_id),
        )

    def advance(self, log_id: bytes, end: int, frontier: bytes | None, seen: int) -> None:
        """Move the cursor of a log to `end`, of whose entries `seen` more were seen."""
        self._write(
            "UPDATE log SET position = ?, frontier = ?, seen = seen + ?, problem = '', problem_at = NULL WHERE id = ?",
            (end, frontier, seen, log_id),
        )

    def note_problem(self, log_id: bytes, problem: str, now: int) -> None:
        """Note why a log cannot be read at present; "" if it can."""
        self._write(
            "UPDATE log SET problem = ?, problem_at = CASE WHEN ? = '' THEN NULL ELSE coalesce(problem_at, ?) END"
            " WHERE id = ?",
            (problem[:500], problem, now, log_id),
        )

    def add_fork(self, log_id: bytes, known: bytes, other: bytes, problem: str, now: int) -> None:
        """Keep two tree heads that contradict each other, and stop following the log."""
        with self.transaction():
            self._write(
                "INSERT INTO fork (log, known, other, problem, found_at) VALUES (?, ?, ?, ?, ?)",
                (log_id, known, other, problem, now),
            )
            self._write("UPDATE log SET state = ? WHERE id = ?", (FollowState.FORKED, log_id))

    def forks(self) -> list[LogFork]:
        """Return all forks, the latest first."""
        rows = self._query("SELECT log, known, other, problem, found_at FROM fork ORDER BY id DESC")
        return [LogFork(*row) for row in rows]

    def resume_log(self, log_id: bytes) -> bool:
        """Follow a forked log again from its known head on; return whether it was stopped. The evidence stays."""
        with self.transaction():
            updated = self._connection.execute(
                "UPDATE log SET state = ? WHERE id = ? AND state = ?",
                (FollowState.FOLLOWING, log_id, FollowState.FORKED),
            )
            return bool(updated.rowcount)

    # Gaps

    def add_gap(self, log_id: bytes, first: int, last: int, reason: GapReason, now: int, next_at: int = 0) -> None:
        """Count the entries [first, last) as not seen; a gap that ends there for the same reason grows."""
        if first >= last:
            return
        with self.transaction():
            grown = self._connection.execute(
                "UPDATE gap SET last = ? WHERE log = ? AND last = ? AND reason = ? AND tries = 0",
                (last, log_id, first, reason),
            )
            if not grown.rowcount:
                self._connection.execute(
                    "INSERT INTO gap (log, first, last, reason, found_at, next_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (log_id, first, last, reason, now, next_at),
                )

    def gaps(self, log_id: bytes) -> list[LogGap]:
        """Return the gaps of a log in order."""
        return [_gap(row) for row in self._query(f"{_SELECT_GAP} WHERE log = ? ORDER BY first", (log_id,))]

    def count_missing(self) -> dict[bytes, dict[GapReason, int]]:
        """Return how many entries of each log were not seen, by reason."""
        counts: dict[bytes, dict[GapReason, int]] = {}
        for log_id, reason, entries in self._query("SELECT log, reason, sum(last - first) FROM gap GROUP BY 1, 2"):
            counts.setdefault(log_id, {})[GapReason(reason)] = entries
        return counts

    def statuses(self) -> list[LogStatus]:
        """Return how far each log was read, as of one moment."""
        with self.transaction():
            missing = self.count_missing()
            return [
                LogStatus(
                    name=cursor.name,
                    url=cursor.url,
                    log_id=cursor.log_id.hex(),
                    state=cursor.state,
                    size=cursor.head.size,
                    seen=cursor.seen,
                    missing={str(reason): entries for reason, entries in missing.get(cursor.log_id, {}).items()},
                    waiting=cursor.head.size - cursor.position,
                    signed_at=cursor.head.signed_at,
                    answered_at=cursor.answered_at,
                    problem=cursor.problem,
                    problem_at=cursor.problem_at,
                )
                for cursor in self.cursors()
            ]

    def due_gap(self, log_id: bytes, now: int) -> LogGap | None:
        """Return the latest gap that is to be asked for again."""
        names = ", ".join(f"'{reason}'" for reason in RETRIED)
        found = self._query(
            f"{_SELECT_GAP} WHERE log = ? AND next_at <= ? AND reason IN ({names}) ORDER BY first DESC LIMIT 1",
            (log_id, now),
        )
        return _gap(found[0]) if found else None

    def fill_gap(self, log_id: bytes, gap: LogGap, end: int, seen: int) -> None:
        """Remove the entries [gap.first, end) of a gap; add `seen`, the number of entries read, to the log's count."""
        with self.transaction():
            self._write("UPDATE gap SET first = ? WHERE id = ?", (end, gap.id))
            self._write("DELETE FROM gap WHERE id = ? AND first >= last", (gap.id,))
            self._write("UPDATE log SET seen = seen + ? WHERE id = ?", (seen, log_id))

    def postpone_gap(self, log_id: bytes, gap: LogGap, end: int, next_at: int) -> None:
        """Ask again for the entries [gap.first, end) of a gap at `next_at`; what lies behind stays due."""
        with self.transaction():
            if end < gap.last:
                self._write("UPDATE gap SET first = ? WHERE id = ?", (end, gap.id))
                self._write(
                    "INSERT INTO gap (log, first, last, reason, found_at, tries, next_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (log_id, gap.first, end, gap.reason, gap.found_at, gap.tries + 1, next_at),
                )
            else:
                self._write("UPDATE gap SET tries = tries + 1, next_at = ? WHERE id = ?", (next_at, gap.id))

    # Names

    def select_new(self, hashes: Sequence[int], now: int, horizon_ms: int) -> set[int]:
        """Return the hashes that were not seen within the horizon, and count all as seen now."""
        with self.transaction():
            rows = self._connection.execute(
                "INSERT INTO seen (hash, at) SELECT DISTINCT value, ?1 FROM json_each(?2) WHERE true"
                " ON CONFLICT (hash) DO UPDATE SET at = excluded.at WHERE seen.at <= ?3 RETURNING hash",
                (now, json.dumps(hashes), now - horizon_ms),
            )
            return {hash for (hash,) in rows.fetchall()}

    def count_names(self, count: DayCount) -> None:
        """Add to the counts of a source on the day that contains `count.at`."""
        self._write(
            "INSERT INTO day (at, source, names, new, invalid) VALUES (?, ?, ?, ?, ?) ON CONFLICT (at, source)"
            " DO UPDATE SET names = names + excluded.names, new = new + excluded.new,"
            " invalid = invalid + excluded.invalid",
            (count.at // DAY_MS * DAY_MS, *count[1:]),
        )

    def day_counts(self, since: int) -> list[DayCount]:
        """Return names by day and source, the latest day first."""
        rows = self._query(
            "SELECT at, source, names, new, invalid FROM day WHERE at >= ? ORDER BY at DESC, source", (since,)
        )
        return [DayCount(*row) for row in rows]

    def position(self, source: str) -> tuple[int, str]:
        """Return how far a source was read, and a mark of what was read; (0, "") if it never was."""
        found = self._query("SELECT value, mark FROM position WHERE source = ?", (source,))
        return found[0] if found else (0, "")

    def set_position(self, source: str, value: int, mark: str = "") -> None:
        """Note how far a source was read."""
        self._write(
            "INSERT INTO position (source, value, mark) VALUES (?, ?, ?) ON CONFLICT (source)"
            " DO UPDATE SET value = excluded.value, mark = excluded.mark",
            (source, value, mark),
        )

    def submit_names(self, source: str, names: Iterable[SubmittedName], position: int) -> None:
        """Hand names over for comparison, and note how far the source was read, in one transaction."""
        with self.transaction():
            self._connection.executemany(
                "INSERT INTO submitted (source, name, reference, at) VALUES (?, ?, ?, ?)",
                [(source, *name) for name in names],
            )
            self.set_position(source, position)

    def take_submitted(self, limit: int) -> dict[str, list[SubmittedName]]:
        """Return names that were handed over by source, and delete them; call it within a transaction."""
        rows = self._query("SELECT id, source, name, reference, at FROM submitted ORDER BY id LIMIT ?", (limit,))
        names: dict[str, list[SubmittedName]] = {}
        for _, source, *row in rows:
            names.setdefault(source, []).append(SubmittedName(*row))
        if rows:
            self._write("DELETE FROM submitted WHERE id <= ?", (rows[-1][0],))
        return names

    # Candidates

    def add_candidates(self, candidates: Iterable[SiteCandidate], budget: AlertBudget, now: int) -> None:
        """Hand candidates to the site within the budget of the day; the others are counted, and listed as far as set.

        The strongest come first. One with a brand of its own uses the budget of its brand and the total. Names that
        mention a brand take none of it away.
        """
        day = now // DAY_MS * DAY_MS
        with self.transaction():
            total = self._count_within(day)
            for candidate in sorted(candidates, key=lambda one: -one.score):
                within, beyond = self._spent(day, candidate.brand)
                is_within = within < budget.per_brand and total < budget.total
                total += is_within
                column = "within" if is_within else "beyond"
                self._write(
                    f"UPDATE budget SET {column} = {column} + 1 WHERE at = ? AND brand = ?", (day, candidate.brand)
                )
                if is_within or beyond < budget.stored:
                    self._insert_candidate(candidate._replace(is_within=is_within))

    def candidates(self, limit: int = 500) -> list[SiteCandidate]:
        """Return candidates that the site has not recorded yet, the oldest first."""
        rows = self._query(
            "SELECT subject, host, brand, score, sentence_zh, sentence_en, evidence, source, reference, seen_at,"
            " is_within, id FROM candidate ORDER BY id LIMIT ?",
            (limit,),
        )
        return [SiteCandidate(*row)._replace(is_within=bool(row[10])) for row in rows]

    def acknowledge(self, last: int) -> None:
        """Delete the candidates up to an id, which the site has recorded."""
        self._write("DELETE FROM candidate WHERE id <= ?", (last,))

    def budget_counts(self, day: int) -> dict[str, tuple[int, int]]:
        """Return how many candidates of each brand were within and beyond the budget of a day."""
        rows = self._query("SELECT brand, within, beyond FROM budget WHERE at = ? ORDER BY brand", (day,))
        return {brand: (within, beyond) for brand, within, beyond in rows}

    def purge(self, now: int, horizon_ms: int, days: int) -> None:
        """Forget names older than the horizon, and counts of days older than `days`."""
        with self.transaction():
            self._write("DELETE FROM seen WHERE at <= ?", (now - horizon_ms,))
            for table in ("day", "budget", "mention_budget", "mention_day"):
                self._write(f"DELETE FROM {table} WHERE at < ?", (now - days * DAY_MS,))

    def _spent(self, day: int, brand: str) -> tuple[int, int]:
        self._write("INSERT INTO budget (at, brand) VALUES (?, ?) ON CONFLICT DO NOTHING", (day, brand))
        within, beyond = self._query("SELECT within, beyond FROM budget WHERE at = ? AND brand = ?", (day, brand))[0]
        return within, beyond

    def _insert_candidate(self, candidate: SiteCandidate) -> None:
        self._write(
            "INSERT INTO candidate (subject, host, brand, score, sentence_zh, sentence_en, evidence, source, reference,"
            " seen_at, is_within) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            candidate[:11],
        )


_SELECT_LOG = (
    "SELECT id, name, url, state, position, seen, frontier, size, root, signed_at, head, answered_at, problem,"
    " problem_at FROM log"
)
_SELECT_GAP = "SELECT id, first, last, reason, found_at, tries, next_at FROM gap"


def _cursor(row: Sequence[object]) -> LogCursor:
    log_id, name, url, state, position, seen, frontier, size, root, signed_at, head, *answers = row
    known = KnownHead(size, root, signed_at, head)  # type: ignore[arg-type]
    return LogCursor(log_id, name, url, FollowState(state), position, seen, frontier, known, *answers)  # type: ignore[arg-type]


def _gap(row: Sequence[object]) -> LogGap:
    number, first, last, reason, *times = row
    return LogGap(number, first, last, GapReason(reason), *times)  # type: ignore[arg-type]
