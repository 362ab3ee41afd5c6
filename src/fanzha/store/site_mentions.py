"""Names that mention a brand wait here until the day's budget of looks has room for them; the best come first."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock

from fanzha.store.site_watch_records import AlertBudget, MentionCounts, SiteCandidate

DAY_MS = 86_400_000
#: Names that wait at once; the weakest beyond are dropped.
MOST_WAITING = 5_000
_COLUMNS = "subject, host, brand, score, sentence_zh, sentence_en, evidence, source, reference, seen_at"


class SiteWatchConnection:
    """Transactions on one connection, which threads share."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = RLock()
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything that the block writes at once, or nothing; blocks may be nested."""
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def _write(self, statement: str, values: Sequence[object]) -> int:
        """Execute a statement; return how many rows it changed."""
        with self.transaction():
            return self._connection.execute(statement, tuple(values)).rowcount

    def _query(self, statement: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._connection.execute(statement, tuple(values)).fetchall()


class MentionStore(SiteWatchConnection):
    """The names that mention a brand: waiting, released for a look, and counted by day."""

    def add_mentions(self, mentions: Iterable[SiteCandidate], now: int) -> None:
        """Let names wait for a look; the weakest of too many are dropped and counted."""
        rows = [(*mention[:10], now) for mention in mentions]
        if not rows:
            return
        with self.transaction():
            self._connection.executemany(
                f"INSERT INTO mention ({_COLUMNS}, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
            dropped = self._write(
                "DELETE FROM mention WHERE id IN (SELECT id FROM mention WHERE is_released = 0"
                " ORDER BY score DESC, id LIMIT -1 OFFSET ?)",
                (MOST_WAITING,),
            )
            self._count(now, len(rows), dropped)

    def release_mentions(self, budget: AlertBudget, now: int) -> int:
        """Release the best waiting names for a look; return how many. Those that waited for a day are dropped.

        A name is released only if candidates and released names together leave room in the part of the total that has
        passed with the day. Candidates that come later find the total as if nothing had been released.
        """
        day = now // DAY_MS * DAY_MS
        with self.transaction():
            expired = self._write("DELETE FROM mention WHERE is_released = 0 AND added_at <= ?", (now - DAY_MS,))
            if expired:
                self._count(now, 0, expired)
            free = budget.total * (now - day) // DAY_MS - self._count_within(day)
            free -= self.mention_counts(day).released
            if free <= 0:
                return 0
            released = dict(self._query("SELECT brand, released FROM mention_budget WHERE at = ?", (day,)))
            chosen: list[tuple[int, str]] = []
            for number, brand in self._query(
                "SELECT id, brand FROM mention WHERE is_released = 0 ORDER BY score DESC, id"
            ):
                if len(chosen) == free:
                    break
                if released.get(brand, 0) < budget.per_brand:
                    released[brand] = released.get(brand, 0) + 1
                    chosen.append((number, brand))
            self._connection.executemany(
                "UPDATE mention SET is_released = 1 WHERE id = ?", [(number,) for number, _ in chosen]
            )
            self._connection.executemany(
                "INSERT INTO mention_budget (at, brand, released) VALUES (?, ?, ?) ON CONFLICT (at, brand)"
                " DO UPDATE SET released = excluded.released",
                [(day, brand, released[brand]) for brand in {brand for _, brand in chosen}],
            )
            return len(chosen)

    def mentions(self, limit: int = 500) -> list[SiteCandidate]:
        """Return released names that the site has not recorded yet, the oldest first."""
        rows = self._query(f"SELECT {_COLUMNS}, id FROM mention WHERE is_released = 1 ORDER BY id LIMIT ?", (limit,))
        return [SiteCandidate(*row)._replace(id=row[10], is_within=True, is_mention=True) for row in rows]

    def acknowledge_mentions(self, ids: Iterable[int]) -> None:
        """Delete released names that the site has recorded."""
        with self.transaction():
            self._connection.executemany("DELETE FROM mention WHERE id = ?", [(number,) for number in ids])

    def mention_counts(self, day: int) -> MentionCounts:
        """Return the names of a day that mention a brand."""
        found = self._query("SELECT found, dropped FROM mention_day WHERE at = ?", (day,))
        released = self._query("SELECT coalesce(sum(released), 0) FROM mention_budget WHERE at = ?", (day,))
        counted, dropped = found[0] if found else (0, 0)
        return MentionCounts(counted, released[0][0], dropped)

    def _count_within(self, day: int) -> int:
        """Return the candidates of a day within the budget."""
        (within,) = self._query("SELECT coalesce(sum(within), 0) FROM budget WHERE at = ?", (day,))[0]
        return int(within)

    def _count(self, now: int, found: int, dropped: int) -> None:
        self._write(
            "INSERT INTO mention_day (at, found, dropped) VALUES (?, ?, ?) ON CONFLICT (at)"
            " DO UPDATE SET found = found + excluded.found, dropped = dropped + excluded.dropped",
            (now // DAY_MS * DAY_MS, found, dropped),
        )
