"""Readers: one file per source format, real files and feeds to events and rejects."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from fanzha.base.plugins import load
from fanzha.read import _walk
from fanzha.read._map.column_map import ColumnMap
from fanzha.read._reader import Batch, Head, Reader, Source, Terms
from fanzha.read._rejects import Reject, Unreadable, reject

__all__ = [
    "Batch", "ColumnMap", "Head", "Reader", "Reject", "Source", "Terms", "Unreadable", "all_readers", "open_source",
    "sources",
]  # fmt: skip


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
    except Unreadable as error:
        lost = reject(source.name, error.row, "", error.words)
        yield Batch(rejects=(lost,), read=1, position=source.size)
