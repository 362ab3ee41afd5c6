"""Numba's disk cache of compiled functions, made safe against a full, read-only or damaged disk.

Numba raises an error if the cache cannot be written or a file is truncated, and runs machine code with a changed byte.
This cache uses a file only if its SHA-256 digest is right, and otherwise compiles the function again.
"""

import hashlib
import logging
import os
import pickle
from collections.abc import Callable
from functools import cache
from typing import Any

log = logging.getLogger(__name__)

_DIGEST_BYTES = 32


def use_checked_cache(dispatcher: Any, function: Callable[..., Any]) -> None:
    """Let a dispatcher keep its machine code on disk; a function without a source file is not cached."""
    try:
        dispatcher._cache = _cache_class()(function)
    except RuntimeError:  # numba found no source file
        return


@cache
def _cache_class() -> Any:
    """Return the class of checked caches. Numba is imported here, because it takes half a second."""
    from numba.core import caching

    untyped: Any = caching

    class UncheckedFolderLocator(untyped.UserProvidedCacheLocator):  # type: ignore[misc]
        """Locates files in `numba.config.CACHE_DIR` also if it cannot be written: it may have been filled before."""

        @classmethod
        def from_function(cls, py_func: Any, py_file: str) -> Any:
            return cls(py_func, py_file) if os.path.exists(py_file) else None

    class CheckedCacheImpl(untyped.FunctionCache._impl_class):  # type: ignore[misc]
        """Uses one locator only: numba's others would write into the installed package."""

        _locator_classes = [UncheckedFolderLocator]

    class CheckedCacheFile(untyped.IndexDataCacheFile):  # type: ignore[misc]
        """An index and its data files, each preceded by the SHA-256 of its content."""

        def _load_index(self) -> Any:
            try:
                version, stamp, overloads = pickle.loads(_read_checked(self._index_path))
            except OSError:
                return {}
            return overloads if (version, stamp) == (self._version, self._source_stamp) else {}

        def _save_index(self, overloads: Any) -> None:
            self._write_checked(self._index_path, (self._version, self._source_stamp, overloads))

        def _load_data(self, name: str) -> Any:
            return pickle.loads(_read_checked(self._data_path(name)))

        def _save_data(self, name: str, data: Any) -> None:
            self._write_checked(self._data_path(name), data)

        def _write_checked(self, path: str, value: Any) -> None:
            data = self._dump(value)
            with self._open_for_write(path) as file:
                file.write(hashlib.sha256(data).digest() + data)

    class CheckedCache(untyped.FunctionCache):  # type: ignore[misc]
        """A cache that a fault of the disk leaves as it was."""

        _impl_class = CheckedCacheImpl

        def __init__(self, py_func: Any) -> None:
            super().__init__(py_func)
            self._cache_file = CheckedCacheFile(
                cache_path=self._cache_path,
                filename_base=self._impl.filename_base,
                source_stamp=self._impl.locator.get_source_stamp(),
            )

        def save_overload(self, sig: Any, data: Any) -> None:
            try:
                super().save_overload(sig, data)
            except OSError as error:
                _report_once(self._cache_path, error.strerror or str(error))

    return CheckedCache


def _read_checked(path: str) -> bytes:
    """Return the content of a file. Raise OSError if it cannot be read or its digest is wrong."""
    with open(path, "rb") as file:
        digest, data = file.read(_DIGEST_BYTES), file.read()
    if hashlib.sha256(data).digest() != digest:
        raise OSError(f"{path} is damaged")
    return data


@cache
def _report_once(folder: str, why: str) -> None:
    log.warning(
        "compiled code cannot be kept in %s (%s): every start compiles anew, which takes minutes; make room there, or "
        "name another folder by XDG_CACHE_HOME 编译结果无法保存，每次启动都要重新编译；请腾出空间，或用 XDG_CACHE_HOME "
        "另指文件夹",
        folder,
        why,
    )
