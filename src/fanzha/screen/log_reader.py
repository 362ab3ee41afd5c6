"""Read the event log of a screen for reports: hour by hour, in bounded memory."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from fanzha.screen.event_log import HOUR_MS, LOG_FILES, Record

_HOUR_LENGTH = len("2026-03-01T12")


class LogReader:
    """The records of a log folder from `since` to before `until` (UTC ms; None: no limit)."""

    def __init__(self, folder: Path, since: int | None = None, until: int | None = None) -> None:
        self._folder, self._since, self._until = folder, since, until
        self.unreadable = 0  # lines that are no record, such as the last of a process that was killed

    def files(self) -> list[Path]:
        """Return the files that may hold such records, oldest first."""
        return [path for path in sorted(self._folder.glob(LOG_FILES)) if self._is_in_period(path)]

    def records(self, path: Path) -> Iterator[Record]:
        """Yield the records of one file in the period."""
        decode = msgspec.json.Decoder(Record).decode
        since = 0 if self._since is None else self._since
        until = 1 << 63 if self._until is None else self._until
        with path.open("rb") as file:
            for line in file:
                try:
                    record = decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    self.unreadable += 1
                    continue
                if since <= record.at < until:
                    yield record

    def _is_in_period(self, path: Path) -> bool:
        """Return whether the hour in a file's name, or an hour before or after it, is in the period."""
        try:
            moment = datetime.strptime(path.stem[-_HOUR_LENGTH:], "%Y-%m-%dT%H").replace(tzinfo=UTC)
        except ValueError:
            return False
        hour = int(moment.timestamp()) * 1_000
        starts_late = self._until is not None and hour - HOUR_MS >= self._until
        ends_early = self._since is not None and hour + 2 * HOUR_MS <= self._since
        return not starts_late and not ends_early
