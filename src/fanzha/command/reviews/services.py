"""What other modules may do with samples: draw one, mark its items, release a place, exchange its files."""

from fanzha.command.reviews.marking import DRAWERS, MARKS, Place, mark_items, may_release, release_place
from fanzha.command.reviews.sampling import MAX_SIZE, SampleRequest, draw_sample
from fanzha.command.reviews.sheet_files import (
    SHEET_BYTES,
    pack_folder,
    read_marker_sheet,
    write_marker_sheet,
)

__all__ = [
    "DRAWERS",
    "MARKS",
    "MAX_SIZE",
    "Place",
    "SHEET_BYTES",
    "SampleRequest",
    "draw_sample",
    "mark_items",
    "may_release",
    "pack_folder",
    "read_marker_sheet",
    "release_place",
    "write_marker_sheet",
]
