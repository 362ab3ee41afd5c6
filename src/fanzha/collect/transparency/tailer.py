"""Follow one log: prove each tree head and each entry, compare the names, and count what was not seen."""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from fanzha.base.outgoing_request import RequestFailed
from fanzha.collect.http_client import ServerBusy
from fanzha.collect.name_intake import NameBatch
from fanzha.collect.transparency.certificate_names import CertificateMalformed
from fanzha.collect.transparency.log_entry import read_leaf
from fanzha.collect.transparency.log_source import EntriesWithheld, LogSource, TileLogSource
from fanzha.collect.transparency.merkle import (
    Frontier,
    ProofInvalid,
    hash_leaf,
    prove_consistency,
    prove_inclusion,
)
from fanzha.collect.transparency.tree_head import HeadInvalid, TreeHead
from fanzha.store.site_watch import FollowState, GapReason, KnownHead, LogCursor, LogGap, SiteWatchStore

log = logging.getLogger(__name__)

#: A log forked if no proof connects its heads in so many polls and so long. Until then a wrong answer may be the fault
#: of a cache or proxy.
_FORK_POLLS, _FORK_MS = 6, 3_600_000
#: By when a log has to publish what it accepted (maximum merge delay); an older head is frozen.
_OLDEST_HEAD_HOURS = 24
_LONGEST_GAP_WAIT = 86_400.0


class NameIntake(Protocol):
    """Compares names; it is called within the transaction that advances the cursor."""

    def add(self, batch: NameBatch, now: int) -> None:
        """Compare names."""


class TailerSettings(NamedTuple):
    """How a log is read. Waits grow from `retry_seconds` to `longest_wait_seconds`.

    What could not be read after `attempts`, while the log answered otherwise, is counted as not seen and passed over.
    """

    batch: int = 256
    from_start: bool = False
    poll_seconds: float = 10.0
    retry_seconds: float = 1.0
    longest_wait_seconds: float = 300.0
    attempts: int = 6
    max_backlog: int = 5_000_000
    partial_seconds: float = 30.0
    gap_retry_seconds: float = 60.0


class LogTailer:
    """Reads one log step by step; `step` returns how many seconds to wait before the next one."""

    def __init__(
        self,
        log_id: bytes,
        name: str,
        url: str,
        source: LogSource,
        store: SiteWatchStore,
        intake: NameIntake,
        settings: TailerSettings,
        clock: Callable[[], int],
    ) -> None:
        self._log_id, self.name, self._url = log_id, name, url
        self._source, self._store, self._intake, self._settings, self._clock = source, store, intake, settings, clock
        self._batch = settings.batch
        self._failures = self._head_failures = 0
        self._skip = 1  # entries that are passed over when the next one fails too
        self._is_skipping = False
        self._head_due = 0  # UTC ms
        self._unproven_polls = self._unproven_since = 0
        if store.cursor(log_id) is not None:
            store.rename_log(log_id, name, url)

    def step(self) -> float:
        """Read a tree head or a batch of entries; return the seconds to wait. Errors of the log raise nothing."""
        cursor = self._store.cursor(self._log_id)
        if cursor is not None and cursor.state is FollowState.FORKED:
            return self._settings.longest_wait_seconds
        now = self._clock()
        if cursor is None or now >= self._head_due:
            return self._refresh_head(cursor, now)
        if cursor.position < cursor.head.size:
            if (wait := self._wait_for_full_tile(cursor, now)) > 0:
                return min(wait, self._until_head(now))
            return self._read_next(cursor, now)
        if (gap := self._store.due_gap(self._log_id, now)) is not None:
            return self._fill(cursor, gap, now)
        return self._until_head(now)

    def _until_head(self, now: int) -> float:
        return max(0.0, (self._head_due - now) / 1_000)

    # Tree heads

    def _refresh_head(self, cursor: LogCursor | None, now: int) -> float:
        try:
            head = self._source.fetch_head()
            if cursor is None:
                self._begin(head, now)
            else:
                self._extend(cursor, head, now)
        except (RequestFailed, HeadInvalid, ProofInvalid) as error:
            self._head_failures += 1
            self._note(str(error), now)
            wait = self._backoff(self._head_failures, error)
            self._head_due = now + int(wait * 1_000)
            return wait if cursor is None or cursor.position >= cursor.head.size else 0.0
        self._head_failures = 0
        self._head_due = now + int(self._settings.poll_seconds * 1_000)
        return 0.0

    def _begin(self, head: TreeHead, now: int) -> None:
        position = 0 if self._settings.from_start else head.size
        self._store.add_log(self._log_id, self.name, self._url, KnownHead(*head), position, now)

    def _extend(self, cursor: LogCursor, head: TreeHead, now: int) -> None:
        """Accept a head that is proven to extend the known one; an older head must be contained in it.

        Raise ProofInvalid without a proof that may still come; two heads of the same size and different roots are a
        fork at once.
        """
        older, newer = (cursor.head, head) if head.size >= cursor.head.size else (head, cursor.head)
        try:
            proof = self._source.fetch_consistency_proof(older.size, newer.size)
            prove_consistency(older.size, newer.size, older.root, newer.root, proof)
        except ProofInvalid as error:
            self._forget_tiles()
            if older.size != newer.size and not self._is_fork(now):
                raise
            log.error("log %s forked: %s; it is not followed any more", self.name, error)
            self._store.add_fork(self._log_id, cursor.head.raw, head.raw, str(error), now)
            return
        self._unproven_polls = 0
        if head.size >= cursor.head.size:
            self._store.accept_head(self._log_id, KnownHead(*head), now)
        hours = (now - head.signed_at) // 3_600_000
        if hours >= _OLDEST_HEAD_HOURS:
            if cursor.problem != (problem := f"the tree head is {hours} hours old"):
                self._note(problem, now)
        elif head.size >= cursor.head.size and self._failures == 0 and cursor.problem:
            self._store.note_problem(self._log_id, "", now)

    def _is_fork(self, now: int) -> bool:
        """Count a poll without a proof; return whether there were enough of them."""
        if not self._unproven_polls:
            self._unproven_since = now
        self._unproven_polls += 1
        return self._unproven_polls >= _FORK_POLLS and now - self._unproven_since >= _FORK_MS

    # Entries

    def _wait_for_full_tile(self, cursor: LogCursor, now: int) -> float:
        """Return how long to wait before a partial data tile is read: most become full soon."""
        if not isinstance(self._source, TileLogSource) or cursor.head.size % 256 == 0:
            return 0.0
        if cursor.position < cursor.head.size // 256 * 256:
            return 0.0
        return self._settings.partial_seconds - (now - cursor.head.signed_at) / 1_000

    def _read_next(self, cursor: LogCursor, now: int) -> float:
        position, head = cursor.position, cursor.head
        if head.size - position > self._settings.max_backlog:
            return self._pass_over(cursor, head.size - self._settings.max_backlog, GapReason.BACKLOG, now)
        frontier = None if cursor.frontier is None else Frontier.decode(position, cursor.frontier)
        if position == 0:
            frontier = Frontier()
        try:
            leaves = self._source.fetch_leaves(position, min(position + self._batch, head.size), head.size)
            proven = self._prove(position, frontier, leaves, head)
        except (RequestFailed, ProofInvalid) as error:
            return self._fail(cursor, error, now)
        with self._store.transaction():
            seen = self._add_names(position, leaves, now)
            self._store.advance(self._log_id, proven.size, proven.encode(), seen)
        self._succeed()
        return 0.0

    def _prove(
        self, first: int, frontier: Frontier | None, leaves: Sequence[bytes], head: KnownHead | TreeHead
    ) -> Frontier:
        """Return the frontier behind the leaves. Raise ProofInvalid unless each of them is in the tree of the head."""
        hashes = [hash_leaf(leaf) for leaf in leaves]
        if frontier is None:
            path = self._source.fetch_inclusion_path(first, hashes[0], head.size)
            frontier = prove_inclusion(hashes[0], first, head.size, path, head.root)
            if len(hashes) == 1:
                return frontier.extend(hashes)
        before = frontier.extend(hashes[:-1])
        after = before.extend(hashes[-1:])
        if after.size == head.size:
            if after.root() != head.root:
                raise ProofInvalid("the entries do not lead to the root of the tree head")
            return after
        path = self._source.fetch_inclusion_path(before.size, hashes[-1], head.size)
        if prove_inclusion(hashes[-1], before.size, head.size, path, head.root) != before:
            raise ProofInvalid("the entries do not lead to the root of the tree head")
        return after

    def _add_names(self, first: int, leaves: Sequence[bytes], now: int) -> int:
        """Compare the names of leaves, count those without a certificate as gaps; return how many were seen."""
        batch = NameBatch(self.name, [], [], [])
        seen = 0
        for index, leaf in enumerate(leaves, start=first):
            try:
                entry = read_leaf(leaf)
            except CertificateMalformed:
                self._store.add_gap(self._log_id, index, index + 1, GapReason.MALFORMED, now)
                continue
            seen += 1
            batch.names.extend(entry.names)
            batch.occurred_at.extend([entry.logged_at] * len(entry.names))
            batch.references.extend([str(index)] * len(entry.names))
        self._intake.add(batch, now)
        return seen

    def _fail(self, cursor: LogCursor, error: RequestFailed | ProofInvalid, now: int) -> float:
        """Try again with fewer entries; when one alone fails again and again, pass it over."""
        self._forget_tiles()
        end = self._source.unit_end(cursor.position, cursor.head.size)
        is_unit = cursor.position + self._batch <= end
        self._failures += is_unit
        self._batch = max(1, self._batch // 4)
        attempts = 1 if self._is_skipping else self._settings.attempts
        if self._failures < attempts:
            self._note(str(error), now)
            return self._backoff(max(1, self._failures), error)
        if not self._answers():
            self._note(str(error), now)  # a log that does not answer at all only lags
            return self._backoff(self._failures, error)
        end = max(end, self._source.unit_end(min(cursor.position + self._skip, cursor.head.size) - 1, cursor.head.size))
        self._skip, self._is_skipping = min(self._skip * 2, self._settings.batch), True
        return self._pass_over(cursor, end, _reason(error), now)

    def _pass_over(self, cursor: LogCursor, end: int, reason: GapReason, now: int) -> float:
        """Move on to `end` and count what lies between as not seen."""
        next_at = now + int(self._settings.gap_retry_seconds * 1_000)
        with self._store.transaction():
            self._store.add_gap(self._log_id, cursor.position, end, reason, now, next_at)
            self._store.advance(self._log_id, end, None, 0)
        self._failures = 0
        log.warning("log %s: entries [%d, %d) were not seen (%s)", self.name, cursor.position, end, reason)
        return 0.0

    def _answers(self) -> bool:
        try:
            self._source.fetch_head()
        except (RequestFailed, HeadInvalid):
            return False
        return True

    def _succeed(self) -> None:
        self._failures, self._skip, self._is_skipping = 0, 1, False
        self._batch = min(self._batch * 2, self._settings.batch)

    # Gaps

    def _fill(self, cursor: LogCursor, gap: LogGap, now: int) -> float:
        """Ask again for the beginning of a gap."""
        try:
            leaves = self._source.fetch_leaves(gap.first, min(gap.first + self._batch, gap.last), cursor.head.size)
            proven = self._prove(gap.first, Frontier() if gap.first == 0 else None, leaves, cursor.head)
        except (RequestFailed, ProofInvalid) as error:
            return self._postpone(cursor, gap, error, now)
        with self._store.transaction():
            seen = self._add_names(gap.first, leaves, now)
            self._store.fill_gap(self._log_id, gap, proven.size, seen)
        self._succeed()
        return 0.0

    def _postpone(self, cursor: LogCursor, gap: LogGap, error: RequestFailed | ProofInvalid, now: int) -> float:
        self._forget_tiles()
        end = self._source.unit_end(gap.first, cursor.head.size)
        if gap.first + self._batch > end and self._batch > 1:
            self._batch = max(1, self._batch // 4)
            return self._backoff(1, error) if isinstance(error, ServerBusy) else 0.0
        half = max(1, (gap.last - gap.first) // 2)  # the other half may be readable, and is asked for next
        end = self._source.unit_end(gap.first + half - 1, cursor.head.size)
        wait = min(self._settings.gap_retry_seconds * (1 << min(gap.tries, 20)), _LONGEST_GAP_WAIT)
        self._store.postpone_gap(self._log_id, gap, min(end, gap.last), now + int(wait * 1_000))
        return self._backoff(1, error) if isinstance(error, ServerBusy) else 0.0

    def _note(self, problem: str, now: int) -> None:
        log.info("log %s: %s", self.name, problem)
        self._store.note_problem(self._log_id, problem, now)

    def _backoff(self, failures: int, error: Exception) -> float:
        asked = error.retry_after_seconds if isinstance(error, ServerBusy) else 0.0
        wait = self._settings.retry_seconds * (1 << min(failures - 1, 16))
        return max(asked, min(wait, self._settings.longest_wait_seconds))

    def _forget_tiles(self) -> None:
        if isinstance(self._source, TileLogSource):
            self._source.forget_tiles()

    def close(self) -> None:
        """Close the connection to the log."""
        self._source.close()


def _reason(error: RequestFailed | ProofInvalid) -> GapReason:
    if isinstance(error, EntriesWithheld):
        return GapReason.WITHHELD
    return GapReason.UNPROVEN if isinstance(error, ProofInvalid) else GapReason.FAILED
