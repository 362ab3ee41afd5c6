"""Readers: one file per source format, real files and feeds to events and rejects."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from fanzha.base.plugins import load
from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.read import _understanding, _walk
from fanzha.read._map.column_map import ColumnMap, Take
from fanzha.read._map.find import map_beside
from fanzha.read._map.targets import CALLS, targets
from fanzha.read._map.write import written
from fanzha.read._reader import Batch, Head, Reader, Source, Terms
from fanzha.read._rejects import Reject, Unreadable, reject
from fanzha.read._understanding import Understanding
from fanzha.read._whole import Whole, collected

__all__ = [
    "Batch", "ColumnMap", "Head", "Reader", "Reject", "Source", "Take", "Terms", "Understanding", "Unreadable", "Whole",
    "all_readers", "map_beside", "open_source", "read_whole", "sources", "targets_of_calls", "understand",
    "written",
]  # fmt: skip

TOO_BIG = Words("内容过大，内存不足", "it unpacks to more than the memory holds")


@cache
def all_readers() -> dict[str, Reader]:
    """Return every reader by the name of its format."""
    return load("fanzha.read", "READER", Reader)


def sources(
    paths: Iterable[Path], *, map_file: Path | None = None, table: str = "", out: Path | None = None
) -> list[Source]:
    """Return what can be read below files and folders, in order; what cannot be read says why in `problem`.

    A column map is `map_file`, or `<file>.toml` beside the file, or `fanzha-map.toml` in its folder. Results of an
    earlier run in `out` are no input. Raises WrongCall when a map is wrong.
    """
    return list(_walk.sources(paths, all_readers().values(), map_file, table, out))


def open_source(source: Source, terms: Terms) -> Iterator[Batch]:
    """Yield a source's batches in bounded memory; what breaks off or cannot be read ends in a reject, not an error."""
    if source.problem is not None:
        yield Batch(rejects=(reject(source.name, 0, "", source.problem),), read=1, position=source.size)
        return
    try:
        yield from all_readers()[source.format].read(source, terms)
    except (Unreadable, MemoryError) as error:
        words = error.words if isinstance(error, Unreadable) else TOO_BIG
        lost = reject(source.name, error.row if isinstance(error, Unreadable) else 0, "", words)
        yield Batch(rejects=(lost,), read=1, position=source.size)


def read_whole(source: Source, terms: Terms) -> Whole:
    """Return all that a small source tells, in memory."""
    return collected(open_source(source, terms))


def understand(source: Source, terms: Terms, rows: int = 0) -> Understanding:
    """Return what a source would be read as and by which map, with its first `rows` rows (0: all) read."""
    return _understanding.understand(source, all_readers().get(source.format), terms, rows)


def targets_of_calls() -> dict[str, Column]:
    """Return what a map with `table = "calls"` can name: the columns of the three facts of a call, and its times."""
    return targets(CALLS)
