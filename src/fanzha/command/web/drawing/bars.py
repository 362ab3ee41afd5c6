"""Bar chart of parts of a whole, one bar a row, with a data table."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.html import format_html, format_html_join

from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.hours import Chart

WIDTH, ROW = 640, 36


class DrawnBar(NamedTuple):
    """One part: its label, its size in words, and its share of the whole, 0–1; `series` is a CSS class."""

    label: str
    words: str
    share: float
    series: str = "series-1"


def bars(title: str, parts: Sequence[DrawnBar], table: DataTable) -> Chart:
    """Render parts in order; the track behind a bar is the whole."""
    drawn = format_html_join(
        "",
        '<g><title>{}: {}</title><text class="strong" x="0" y="{}">{}</text>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="track" x="0" y="{}" width="{}" height="10" rx="2"/>'
        '<rect class="{}" x="0" y="{}" width="{}" height="10" rx="2"/></g>',
        (
            (part.label, part.words, top + 14, part.label, WIDTH, top + 14, part.words)
            + (top + 20, WIDTH, part.series, top + 20, f"{max(part.share * WIDTH, 1):.1f}")
            for part, top in zip(parts, range(0, ROW * len(parts), ROW), strict=True)
        ),
    )
    svg = format_html(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        *(WIDTH, max(ROW * len(parts), 1), title, drawn),
    )
    return Chart(title, svg, table)
