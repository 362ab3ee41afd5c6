"""Queries of samples for pages, API and other apps.

`__all__` also names what other apps may use of the modules `marking`, `presenters` and `results`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fanzha.command.reviews.item_content import ItemContent, describe_items
from fanzha.command.reviews.marking import Place, count_open_differences, find_items, find_place, order_for_marker
from fanzha.command.reviews.models import ReviewItem, ReviewSample
from fanzha.command.reviews.presenters import share_words
from fanzha.command.reviews.results import (
    MIN_DECISIONS,
    DetectorPrecision,
    GoldenAgreement,
    MarkedShare,
    detector_precisions,
    estimate_false_share,
    estimate_false_shares,
    golden_agreements,
    precision_by_band,
    summarize_sample,
    to_share,
)
from fanzha.command.subjects.selectors import find_standing_findings
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.web.viewer import Viewer

__all__ = [
    "DetectorPrecision",
    "GoldenAgreement",
    "MIN_DECISIONS",
    "MarkedShare",
    "OpenItem",
    "OwnProgress",
    "SampleProgress",
    "count_open_differences",
    "detector_precisions",
    "estimate_false_share",
    "estimate_false_shares",
    "find_samples",
    "golden_agreements",
    "list_detectors",
    "list_open_items",
    "own_progress",
    "precision_by_band",
    "sample_progress",
    "share_words",
    "summarize_sample",
    "to_share",
]

_UNSCOPED = unscoped("detectors of the findings of the viewer's own organisation")


class SampleProgress(NamedTuple):
    """The number of drawn items, of those left out, and of the marks of each place so far."""

    drawn: int
    left_out: int
    marked: dict[Place, int]


class OpenItem(NamedTuple):
    """An item that a viewer marks, with what he sees of it and his own mark."""

    item: str
    content: ItemContent
    mark: str


def find_samples() -> QuerySet[ReviewSample]:
    """Return the samples of the viewer's organisation, the latest first."""
    return ReviewSample.objects.select_related("drawn_by", "first", "second", "third").order_by("-pk")


def sample_progress(sample: ReviewSample) -> SampleProgress:
    """Return how far a sample is marked."""
    items = ReviewItem.objects.filter(sample=sample)
    marked = {place: items.filter(is_left_out=False).exclude(**{place: ""}).count() for place in Place}
    drawn = items.filter(golden="")
    return SampleProgress(drawn.count(), drawn.filter(is_left_out=True).count(), marked)


def list_open_items(sample: ReviewSample, viewer: Viewer, limit: int | None = None) -> list[OpenItem]:
    """Return the items that a viewer still marks, in his order; none if his marks are complete or he has no place."""
    place = find_place(sample, viewer)
    if place is None or (place is not Place.THIRD and getattr(sample, f"{place}_at")):
        return []
    items = [item for item in order_for_marker(sample, place) if not getattr(item, place)][:limit]
    contents = describe_items(items, sample.owner_id)
    return [OpenItem(item.item, contents[item.item], getattr(item, place)) for item in items]


class OwnProgress(NamedTuple):
    """The number of items of a viewer's place, and of those that he still marks."""

    total: int
    open: int


def own_progress(sample: ReviewSample, viewer: Viewer) -> OwnProgress:
    """Return how far a viewer has marked his items; none are open if his marks are complete or he has no place."""
    place = find_place(sample, viewer)
    if place is None:
        return OwnProgress(0, 0)
    items = find_items(sample, place)
    return OwnProgress(items.count(), items.filter(**{place: ""}).count())


def list_detectors(viewer: Viewer) -> list[str]:
    """Return the detectors and rules with findings of the viewer's organisation."""
    findings = find_standing_findings(_UNSCOPED).filter(owner=viewer.organization).order_by()
    return sorted(findings.values_list("detector", flat=True).distinct())
