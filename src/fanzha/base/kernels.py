"""One way to compile: numba's cache is stale across files, so its folder is named by a hash of all kernel sources."""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

_PACKAGE = Path(__file__).resolve().parent.parent


def _cache_folder() -> str:
    state = hashlib.blake2b(digest_size=8)
    for source in sorted(_PACKAGE.rglob("*.py")):
        text = source.read_bytes()
        if b"base.kernels" in text:
            state.update(str(source.relative_to(_PACKAGE)).encode() + b"\0" + text)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "fanzha", f"numba-{state.hexdigest()}")


@cache
def _settle() -> None:
    """Name numba's cache folder, once: hashing the sources for every kernel would take most of the start."""
    import numba

    setattr(numba.config, "CACHE_DIR", _cache_folder())  # noqa: B010  (set at run time, unknown to its types)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of arrays and numbers with numba (nopython, no GIL, cached on disk)."""
    import numba  # imported late: a second of start-up that most commands do not need

    _settle()
    wrap: Any = numba.njit(cache=True, nogil=True, error_model="numpy")
    return cast(Callable[P, R], wrap(function))
