"""Compile numeric functions with numba on their first call, into a disk cache named by a hash of all kernel sources.

Numba takes 60 MB and half a second to import, and its own cache does not notice a change in a kernel of another file.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache, update_wrapper
from pathlib import Path
from threading import RLock
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

_LOCK = RLock()
_PACKAGE = Path(__file__).resolve().parent.parent


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of arrays and numbers on its first call (nopython, without the GIL, cached on disk)."""
    return cast(Callable[P, R], _Kernel(function))


class _Kernel:
    """A function that numba compiles when it is called for the first time, or when a kernel that calls it is."""

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)
        self._function = function
        self._dispatcher: Any = None
        self._call: Callable[..., Any] = self._first_call

    def __call__(self, *arguments: Any) -> Any:
        return self._call(*arguments)

    def _first_call(self, *arguments: Any) -> Any:
        self._call = self.dispatcher()
        return self._call(*arguments)

    def dispatcher(self) -> Any:
        """Return numba's dispatcher of the function, always the same one."""
        with _LOCK:
            if self._dispatcher is None:
                self._dispatcher = _numba().njit(cache=True, nogil=True, error_model="numpy")(self._function)
        return self._dispatcher


@cache
def _numba() -> Any:
    """Import numba, name its cache folder, and let it take a `_Kernel` inside another kernel for its dispatcher."""
    import numba

    setattr(numba.config, "CACHE_DIR", _cache_folder())  # noqa: B010  (set at run time, unknown to its types)

    @numba.extending.typeof_impl.register(_Kernel)
    def _type_of_kernel(kernel: _Kernel, _context: Any) -> Any:
        return numba.types.Dispatcher(kernel.dispatcher())

    return numba


def _cache_folder() -> str:
    state = hashlib.blake2b(digest_size=8)
    for source in sorted(_PACKAGE.rglob("*.py")):
        text = source.read_bytes()
        if b"base.kernels" in text:
            state.update(str(source.relative_to(_PACKAGE)).encode() + b"\0" + text)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "fanzha", f"numba-{state.hexdigest()}")
