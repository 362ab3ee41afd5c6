"""Line chart of shares by day with their intervals, and the bar of one share in a table."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.hours import Chart, label_class

WIDTH, HEIGHT, FOOT, TOP, LEFT = 640, 220, 20, 14, 44
_LABELS = 7
_BAR = 100
_EMPTY = '<text class="strong" x="{}" y="{}" text-anchor="middle">{}</text>'
_STEPS = (0.05, 0.1, 0.25, 0.5, 1.0)


class PlottedShare(NamedTuple):
    """A share, 0–1, with the bounds of its interval; `words` say it all."""

    value: float
    low: float
    high: float
    words: str


def share_days(title: str, shares: Mapping[date, PlottedShare | None], table: DataTable, empty: str = "") -> Chart:
    """Render days in order as points on a line within the band of their intervals; a day without a share is a gap.

    `empty` is the text in a chart without any share.
    """
    known = [(place, when, share) for place, (when, share) in enumerate(shares.items()) if share]
    top = next((step for step in _STEPS if all(share.high <= step for _, _, share in known)), 1.0)
    step, ground = (WIDTH - LEFT) / max(len(shares), 1), HEIGHT - FOOT

    def across(place: int) -> str:
        return f"{LEFT + (place + 0.5) * step:.1f}"

    def down(value: float) -> str:
        return f"{ground - value / top * (ground - TOP):.1f}"

    bands, lines = [], []
    for run in _runs(known):
        upper = [f"{across(place)} {down(share.high)}" for place, share in run]
        lower = [f"{across(place)} {down(share.low)}" for place, share in reversed(run)]
        bands.append((f"M{'L'.join([*upper, *lower])}Z",))
        lines.append((f"M{'L'.join(f'{across(place)} {down(share.value)}' for place, share in run)}",))
    every = max(1, -(-len(shares) // _LABELS))
    labels = (
        (label_class(at // every), across(at), HEIGHT - 4, date_format(when, "MONTH_DAY_FORMAT"))
        for at, when in enumerate(shares)
        if at % every == 0
    )
    svg = format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}"><path class="axis" d="M{} {}H{}"/>'
        '<path class="grid" d="M{} {}H{}"/><text x="0" y="18">{}%</text><text x="0" y="{}">0%</text>{}{}{}{}{}</svg>',
        *(WIDTH, HEIGHT, title, LEFT, ground, WIDTH, LEFT, TOP, WIDTH, round(top * 100), ground),
        "" if known else format_html(_EMPTY, (LEFT + WIDTH) // 2, HEIGHT // 2, empty),
        format_html_join("", '<path class="band" d="{}"/>', bands),
        format_html_join("", '<path class="line-1" d="{}"/>', lines),
        format_html_join(
            "",
            '<circle class="point" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>',
            ((across(place), down(share.value), share.words) for place, _when, share in known),
        ),
        format_html_join("", '<text{} x="{}" y="{}" text-anchor="middle">{}</text>', labels),
    )
    return Chart(title, svg, table)


def _runs(known: list[tuple[int, date, PlottedShare]]) -> Iterator[list[tuple[int, PlottedShare]]]:
    """Yield the shares of days that follow each other."""
    for _key, run in groupby(enumerate(known), key=lambda numbered: numbered[1][0] - numbered[0]):
        yield [(place, share) for _number, (place, _when, share) in run]


def share_bar(share: PlottedShare) -> SafeString:
    """Render one share on a line from 0 to 1: the interval as a line, the share as a stroke."""
    low, high, value = (f"{bound * _BAR:.1f}" for bound in (share.low, share.high, share.value))
    return format_html(
        '<svg class="share-bar" viewBox="0 0 {} 12" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="axis" x1="0" y1="6" x2="{}" y2="6"/><line x1="{}" y1="6" x2="{}" y2="6"/>'
        '<line x1="{}" y1="1" x2="{}" y2="11"/></svg>',
        *(_BAR, _BAR, low, high, value, value),
    )
