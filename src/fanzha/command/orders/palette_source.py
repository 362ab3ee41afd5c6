"""Offer orders in the command palette."""

from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.processes.selectors import find_process_entries
from fanzha.command.web.palette.entries import PaletteEntry, PaletteSource
from fanzha.command.web.viewer import Viewer

#: Processes with a page and an opening of their own.
PROCESSES = (PROCESS,)


def find_entries(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the latest orders that the viewer may read."""
    yield from find_process_entries(viewer, "order", frozenset(PROCESSES))


SOURCES = (PaletteSource(Words("指令", "Orders"), 30, find_entries, is_latest=True),)
