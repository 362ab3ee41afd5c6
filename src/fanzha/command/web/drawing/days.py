"""Stacked bar chart of counts per day, with a data table."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.hours import Chart, label_class

WIDTH, HEIGHT, FOOT, LEFT = 640, 220, 20, 36
_LABELS = 7


class DayPart(NamedTuple):
    """One series: its label and its CSS class (`series-1`, `series-harm`)."""

    words: str
    series: str


def days(title: str, day: str, parts: tuple[DayPart, ...], counts: Mapping[date, tuple[int, ...]]) -> Chart:
    """Render days in order, each with one count per part. `day` is the header of the table's first column."""
    most = max([sum(values) for values in counts.values()], default=0) or 1
    step, ground = (WIDTH - LEFT) / max(len(counts), 1), HEIGHT - FOOT
    bars: list[tuple[str, ...]] = []
    labels: list[tuple[str, ...]] = []
    for place, (when, values) in enumerate(counts.items()):
        left, base = LEFT + place * step, float(ground)
        if place % max(1, -(-len(counts) // _LABELS)) == 0:
            words = date_format(when, "MONTH_DAY_FORMAT")
            labels.append((label_class(len(labels)), f"{left + step / 2:.1f}", str(HEIGHT - 4), words))
        for part, value in zip(parts, values, strict=True):
            tall = value / most * (ground - 14)
            base -= tall
            if value:
                told = f"{date_format(when, 'DATE_FORMAT')}, {part.words}: {value:,}"
                bars.append((part.series, f"{left + 2:.1f}", f"{base:.1f}", f"{step - 4:.1f}", f"{tall:.1f}", told))
    rows = tuple((date_format(when, "DATE_FORMAT"), *values) for when, values in counts.items())
    head = (day, *(part.words for part in parts))
    svg = format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}"><path class="axis" d="M{} {}H{}"/>'
        '<path class="grid" d="M{} 14H{}"/><text x="0" y="18">{}</text><text x="0" y="{}">0</text>{}{}</svg>',
        WIDTH, HEIGHT, title, LEFT, ground, WIDTH, LEFT, WIDTH, f"{most:,}", ground,
        format_html_join(
            "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', bars
        ),
        format_html_join("", '<text{} x="{}" y="{}" text-anchor="middle">{}</text>', labels),
    )  # fmt: skip
    table = DataTable(title, head, rows, frozenset(range(1, len(head))))
    return Chart(title, svg, table, tuple((part.series, part.words) for part in parts))
