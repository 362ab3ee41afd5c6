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
    So does a changed map that `check_map` refuses.
    """

    def __init__(
        self,
        digest: Callable[[], str],
        maps: Callable[[], Iterable[Path]],
        check_map: Callable[[Path], None],
        load: Callable[[], T],
        notify: Callable[[str], None],
        seconds: float,
    ) -> None:
        """Note what there is now, and look every few seconds: `digest` is of the settings, `maps` are column maps.

        `check_map` raises FanzhaError if a map that has changed, or is gone, cannot be used.
        """
        self._digest, self._maps, self._check_map, self._load = digest, maps, check_map, load
        self._notify, self._seconds = notify, seconds
        self._settings, self._map_files = digest(), _read_versions(maps())
        self._gone: set[Path] = set()  # maps that were there
        self._changed: T | None = None
        self._is_closing, self._is_changed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._watch, name="changes", daemon=True)
        self._thread.start()

    @property
    def new_settings(self) -> T | None:
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
                self._notify(_explain(error))

    def _check(self) -> None:
        settings, map_files = self._digest(), _read_versions(self._maps())
        before = self._settings, self._map_files
        self._settings, self._map_files = settings, self._map_files | map_files
        gone = before[1].keys() - map_files.keys()
        for path in sorted(gone - self._gone):
            self._is_usable(path)
        self._gone = gone
        usable = [self._is_usable(path) for path in _list_changed(before[1], map_files)]
        if settings == before[0] and not any(usable):
            return
        self._changed = self._load()
        self._is_changed.set()

    def _is_usable(self, path: Path) -> bool:
        try:
            self._check_map(path)
        except (FanzhaError, OSError) as error:
            self._notify(_explain(error))
            return False
        return True


def _explain(error: Exception) -> str:
    return f"更改未生效，沿用原设置 not applied, the former settings stay: {error}"


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


def _list_changed(before: Mapping[Path, tuple[int, int]], now: Mapping[Path, tuple[int, int]]) -> list[Path]:
    """Return the maps whose version differs. A new map is read with its file, and a removed one stays in use."""
    return [path for path, version in before.items() if path in now and now[path] != version]
