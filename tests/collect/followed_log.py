"""A made-up log with a tailer beside it that runs until there is nothing more to do; its clock is set by the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.collect.log_server import FIRST_MS, ORIGIN, MadeLog, serving

from fanzha.base.outgoing_request import PrivateAddressPolicy
from fanzha.collect.http_client import HttpClient
from fanzha.collect.name_intake import NameBatch
from fanzha.collect.transparency.log_source import QueryLogSource, TileLogSource
from fanzha.collect.transparency.tailer import LogTailer, TailerSettings
from fanzha.collect.transparency.tree_head import LogKey
from fanzha.store.site_watch import LogCursor, LogGap, SiteWatchStore, open_site_watch

SETTINGS = TailerSettings(
    batch=64, from_start=True, retry_seconds=0.001, longest_wait_seconds=0.002, attempts=2, partial_seconds=0.0
)
LOCAL = PrivateAddressPolicy(True, "local_addresses")
HOUR_MS = 3_600_000


class NameRecorder:
    """Keeps which names came from which entry."""

    def __init__(self) -> None:
        self.names: list[tuple[int, str]] = []

    def add(self, batch: NameBatch, now: int) -> None:
        """Keep the names."""
        pairs = zip(batch.references, batch.names, strict=True)
        self.names += [(int(reference), name.decode()) for reference, name in pairs]


class FollowedLog:
    """A log, its tailer, and what the tailer found."""

    def __init__(
        self, made: MadeLog, url: str, store: SiteWatchStore, settings: TailerSettings, is_tiled: bool
    ) -> None:
        self.made, self.store, self.recorder, self.now = made, store, NameRecorder(), FIRST_MS + HOUR_MS
        self.client = HttpClient(url, LOCAL, timeout_seconds=5.0)
        key = LogKey(made.spki)
        source = TileLogSource(self.client, key, ORIGIN) if is_tiled else QueryLogSource(self.client, key)
        self.tailer = LogTailer(key.log_id, "log", url, source, store, self.recorder, settings, lambda: self.now)

    def run(self, hours: int = 1) -> None:
        """Let hours pass; in each, step until the tailer wants to wait for something new."""
        for _ in range(hours):
            self.now += HOUR_MS
            steps = 0
            while self.tailer.step() <= 0.01:
                steps += 1
                assert steps < 10_000

    @property
    def cursor(self) -> LogCursor:
        cursor = self.store.cursor(self.made.log_id)
        assert cursor is not None
        return cursor

    @property
    def gaps(self) -> list[LogGap]:
        return self.store.gaps(self.made.log_id)

    def missing(self) -> set[int]:
        """Return the entries in gaps, each of which is in one gap only; check that they and those seen are the tree."""
        ranges = [range(gap.first, gap.last) for gap in self.gaps]
        entries = [index for one in ranges for index in one]
        assert len(set(entries)) == len(entries)
        cursor = self.cursor
        assert cursor.seen + len(entries) + cursor.head.size - cursor.position == cursor.head.size
        return set(entries)

    def expected_names(self) -> list[tuple[int, str]]:
        """Return the names of all entries that are not in a gap."""
        missing = self.missing()
        published = enumerate(self.made.names[: self.cursor.position])
        return [(index, name) for index, names in published if index not in missing for name in names]


@contextmanager
def follow(
    made: MadeLog, folder: Path, *, settings: TailerSettings = SETTINGS, is_tiled: bool = False
) -> Iterator[FollowedLog]:
    """Serve a log and follow it in a state folder."""
    with serving(made) as url, open_site_watch(folder) as store:
        followed = FollowedLog(made, url, store, settings, is_tiled)
        try:
            yield followed
        finally:
            followed.tailer.close()
