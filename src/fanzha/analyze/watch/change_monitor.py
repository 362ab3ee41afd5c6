"""Notice that the operator changed rules, lists, settings or maps while detection runs."""

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from fanzha.base.errors import FanzhaError

T = TypeVar("T")


class ChangeMonitor(Generic[T]):
    """Looks in a thread of its own, because large lists take a while to read.

    `load` returns the changed settings. If it raises FanzhaError the former ones stay in use and `notify` says why.
    """

    def __init__(
        self,
        digest: Callable[[], str],
        maps: Callable[[], Iterable[Path]],
        load: Callable[[], T],
        notify: Callable[[str], None],
        seconds: float,
    ) -> None:
        """Note what there is now, and look every few seconds: `digest` is of the settings, `maps` are column maps."""
        self._digest, self._maps, self._load, self._notify, self._seconds = digest, maps, load, notify, seconds
        self._settings, self._map_files = digest(), _read_versions(maps())
        self._changed: T | None = None
        self._is_closing, self._is_changed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._watch, name="changes", daemon=True)
        self._thread.start()

    @property
    def changed(self) -> T | None:
        """The changed settings; None until there are some."""
        return self._changed if self._is_changed.is_set() else None

    def close(self) -> None:
        """End the thread."""
        self._is_closing.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_changed.is_set() and not self._is_closing.wait(self._seconds):
            try:
                self._check()
            except (FanzhaError, OSError) as error:
                self._notify(f"更改未生效，沿用原设置 not applied, the former settings stay: {error}")

    def _check(self) -> None:
        settings, map_files = self._digest(), _read_versions(self._maps())
        if settings == self._settings and not _has_changed(self._map_files, map_files):
            self._map_files |= map_files
            return
        self._settings, self._map_files = settings, map_files
        self._changed = self._load()
        self._is_changed.set()


def _read_versions(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return the size and time of change of files, by path."""
    versions = {}
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        versions[path] = status.st_size, status.st_mtime_ns
    return versions


def _has_changed(before: Mapping[Path, tuple[int, int]], now: Mapping[Path, tuple[int, int]]) -> bool:
    """Return whether a map changed; a new one is read with the file beside it, and one that is gone changes nothing."""
    return any(now[path] != version for path, version in before.items() if path in now)
