"""Compile numeric functions with numba on their first call, into a disk cache named by a hash of all kernel sources.

Numba takes 60 MB and half a second to import, and its own cache does not notice a change in a kernel of another file.
"""

import gc
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, update_wrapper
from pathlib import Path
from threading import RLock
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast

from fanzha.base.kernel_cache import use_checked_cache

P = ParamSpec("P")
R = TypeVar("R")

#: Rows that a process leaves to the interpreter before it compiles: compiling takes seconds, a row some 30 µs.
INTERPRETED_ROWS = 10_000

_LOCK = RLock()
_PACKAGE = Path(__file__).resolve().parent.parent
_INNER_OPTIONS = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # Python never calls these


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of arrays and numbers on its first call (nopython, without the GIL, cached on disk)."""
    return cast(Callable[P, R], _Kernel(function))


def entry_point(kernel: Callable[P, R]) -> Callable[P, R]:
    """Return the compiled function itself, whose calls save the half microsecond of the wrapper; this imports numba."""
    return cast(Callable[P, R], cast(_Kernel, kernel).entry())


def interpreted(kernel: Callable[..., R]) -> Callable[..., R]:
    """Return the Python function behind a kernel; it calls the Python functions behind the kernels that it uses."""
    function = cast(_Kernel, kernel).function
    names = dict(function.__globals__)
    for name in function.__code__.co_names:
        if isinstance(names.get(name), _Kernel):
            names[name] = interpreted(names[name])
    return cast(Callable[..., R], FunctionType(function.__code__, names, function.__name__))


class RowBudget:
    """Count the rows of a task that has an interpreted and a compiled form, to choose between them."""

    def __init__(self) -> None:
        self._rows = 0

    def is_worth_compiling(self, rows: int) -> bool:
        """Count `rows` more; return whether the process has now worked on more than `INTERPRETED_ROWS`."""
        self._rows += rows
        return self._rows > INTERPRETED_ROWS


@contextmanager
def watch_compilation(report: Callable[[int], None]) -> Iterator[None]:
    """Call `report` with the number of kernels compiled so far whenever numba begins to compile one for Python."""
    _WATCHERS.append(report)
    try:
        yield
    finally:
        _WATCHERS.remove(report)


_WATCHERS: list[Callable[[int], None]] = []


class _Kernel:
    """A function that numba compiles when it is called for the first time, or when a kernel that calls it is.

    Callers in Python and in other kernels have dispatchers of their own: the second needs no wrapper and no cache file,
    since numba puts its code into the kernel that calls it. Without them, numba takes half as long.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)
        self.function = cast(FunctionType, function)
        self._entry: Any = None
        self._inner: Any = None
        self._call: Callable[..., Any] = self._first_call

    def __call__(self, *arguments: Any) -> Any:
        return self._call(*arguments)

    def _first_call(self, *arguments: Any) -> Any:
        self._call = self.entry()
        return self._call(*arguments)

    def entry(self) -> Any:
        """Return numba's dispatcher for calls from Python, always the same one."""
        with _LOCK:
            if self._entry is None:
                self._entry = _jit(self.function)
                use_checked_cache(self._entry, self.function)
        return self._entry

    def inner(self) -> Any:
        """Return numba's dispatcher for calls from other kernels, always the same one."""
        with _LOCK:
            if self._inner is None:
                self._inner = _jit(self.function, **_INNER_OPTIONS)
                self._inner.get_call_template = _without_literals(self._inner.get_call_template)
        return self._inner


def _jit(function: Callable[..., Any], **options: bool) -> Any:
    return _numba().njit(nogil=True, error_model="numpy", **options)(function)


def _without_literals(get_call_template: Callable[..., Any]) -> Callable[..., Any]:
    """Let a dispatcher compile for int64 where it would also compile for `Literal[int](0)`, and so on."""
    unliteral = _numba().types.unliteral

    def get_general_template(args: Sequence[Any], kws: dict[str, Any]) -> Any:
        return get_call_template(tuple(map(unliteral, args)), {name: unliteral(type_) for name, type_ in kws.items()})

    return get_general_template


@cache
def _numba() -> Any:
    """Import numba, name its cache folder, and let it take a `_Kernel` inside another kernel for its dispatcher."""
    import numba
    from numba.core import event

    register: Any = event.register

    setattr(numba.config, "CACHE_DIR", _cache_folder())  # noqa: B010  (set at run time, unknown to its types)

    @numba.extending.typeof_impl.register(_Kernel)
    def _type_of_kernel(kernel: _Kernel, _context: Any) -> Any:
        return numba.types.Dispatcher(kernel.inner())

    class CompilationListener(event.Listener):
        """Report each kernel, and pause the garbage collector: it takes a tenth of the time and finds nothing."""

        depth = kernels = 0
        collects = True

        def on_start(self, event: Any) -> None:
            self.depth += 1
            if self.depth == 1:
                self.kernels += 1
                self.collects = gc.isenabled()
                gc.disable()
                for report in [*_WATCHERS]:
                    report(self.kernels)

        def on_end(self, event: Any) -> None:
            self.depth -= 1
            if self.depth == 0 and self.collects:
                gc.enable()

    register("numba:compile", CompilationListener())
    return numba


def _cache_folder() -> str:
    state = hashlib.blake2b(digest_size=8)
    for source in sorted(_PACKAGE.rglob("*.py")):
        text = source.read_bytes()
        if b"base.kernels" in text:
            state.update(str(source.relative_to(_PACKAGE)).encode() + b"\0" + text)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "fanzha", f"numba-{state.hexdigest()}")
