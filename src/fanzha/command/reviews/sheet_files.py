"""A sample as the files of `fanzha sample`: a marker's sheet, and the folder of a marked sample."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.command.reviews.item_content import describe_items
from fanzha.command.reviews.marking import COUNTED_MARKS, Place, find_place, order_for_marker
from fanzha.command.reviews.models import ReviewItem, ReviewSample
from fanzha.command.reviews.results import build_sample
from fanzha.learn.review_sheets import SheetError, parse_marks, render_sheet
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.web.viewer import Viewer

SHEET_BYTES = 4_000_000


def write_marker_sheet(sample: ReviewSample, viewer: Viewer) -> bytes:
    """Return the sheet of a marker with the marks made so far. Raise Refusal if there is no place for him."""
    place = find_place(sample, viewer)
    if place is None:
        raise Refusal(Reason.ROLE, Words("该样本没有您的判定席位", "You are not a marker of this sample"))
    return _render(sample, order_for_marker(sample, place), place)


def read_marker_sheet(sample: ReviewSample, data: bytes) -> dict[str, str]:
    """Return the marks in a sheet, also of one that is not complete yet. Raise Refusal."""
    items = ReviewItem.objects.filter(sample=sample).values_list("item", flat=True)
    try:
        return parse_marks(data, COUNTED_MARKS, items, "sheet", is_partial=True)
    except SheetError as error:
        raise Refusal(Reason.EVIDENCE, error.words, fields={"sheet": error.words}) from None


def pack_folder(sample: ReviewSample) -> bytes:
    """Return a ZIP file of the folder that `fanzha sample report` reads. Raise Refusal until the sample is settled."""
    if sample.settled_at is None:
        words = Words("双人判定和分歧裁定完成后方可导出", "It can be exported when all disagreements are settled")
        raise Refusal(Reason.STATE, words)
    items = list(ReviewItem.objects.filter(sample=sample, is_left_out=False, golden=""))
    contents = describe_items(items, sample.owner_id)
    items = [item for item in items if not contents[item.item].is_victim]
    differing = [item for item in items if item.third]
    files = {
        "sample.json": msgspec.json.format(msgspec.json.encode(build_sample(sample, items)), indent=1),
        "first.csv": _render(sample, items, Place.FIRST),
        "second.csv": _render(sample, items, Place.SECOND),
    } | ({"third.csv": _render(sample, differing, Place.THIRD)} if differing else {})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{sample.ref}/{name}", data)
    return packed.getvalue()


def _render(sample: ReviewSample, items: Sequence[ReviewItem], place: Place) -> bytes:
    """Return a sheet; victims are left out of all sheets."""
    contents = describe_items(items, sample.owner_id)
    items = [item for item in items if not contents[item.item].is_victim]
    shown = pa.table(
        {
            "kind": pa.array([contents[item.item].kind for item in items], pa.string()),
            "subject": pa.array([contents[item.item].subject for item in items], pa.string()),
            "content": pa.array([contents[item.item].text for item in items], pa.string()),
        }
    )
    marks = {item.item: getattr(item, place) for item in items}
    order_seed = sample.seed + list(Place).index(place)
    return render_sheet([item.item for item in items], shown, order_seed, marks)
