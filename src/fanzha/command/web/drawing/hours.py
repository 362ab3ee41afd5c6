"""Bar chart of counts per hour, with a data table."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fanzha.command.web.components import DataTable

WIDTH, HEIGHT, FOOT, TOP, LEFT = 640, 150, 18, 12, 36
_LABELS = 6
_BAR = '<rect class="series-1" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'


class Chart(NamedTuple):
    """A chart with title, legend and data table, as `parts/chart.html` shows it."""

    title: str
    svg: SafeString
    table: DataTable
    legend: Sequence[tuple[str, str]] = ()


def hour_of(moment: datetime) -> datetime:
    """Return the start of the hour of a moment, in the reader's time zone."""
    return timezone.localtime(moment).replace(minute=0, second=0, microsecond=0)


def hours(title: str, counts: Mapping[datetime, int], head: tuple[str, str], until: datetime, many: int) -> Chart:
    """Render the counts of the `many` hours up to the hour of `until`. Hours without a count are empty."""
    last = hour_of(until)
    all_hours = [last - timedelta(hours=back) for back in range(many - 1, -1, -1)]
    values = [counts.get(hour, 0) for hour in all_hours]
    most = max([*values, 1])
    rows = tuple((_describe(hour), value) for hour, value in zip(all_hours, values, strict=True) if value)
    return Chart(title, _svg(title, all_hours, values, most), DataTable(title, head, rows, frozenset({1})))


def _svg(title: str, all_hours: Sequence[datetime], values: Sequence[int], most: int) -> SafeString:
    step = (WIDTH - LEFT) / len(values)
    ground = HEIGHT - FOOT
    every = max(1, -(-len(values) // _LABELS))
    bars: list[tuple[str, ...]] = []
    labels: list[tuple[str, ...]] = []
    for place, (hour, value) in enumerate(zip(all_hours, values, strict=True)):
        left = LEFT + place * step
        high = value / most * (ground - TOP)
        if value:
            told = f"{_describe(hour)}: {value:,}"
            bars.append((_px(left + 0.5), _px(ground - high), _px(max(step - 1, 1)), _px(high), told))
        if place % every == 0:
            words = date_format(hour, "SHORT_DATETIME_FORMAT")
            labels.append((label_class(len(labels)), _px(left), str(HEIGHT - 4), words))
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}"><path class="axis" d="M{} {}H{}"/>'
        '<path class="grid" d="M{} {}H{}"/><text x="0" y="16">{}</text><text x="0" y="{}">0</text>{}{}</svg>',
        *(WIDTH, HEIGHT, title, LEFT, ground, WIDTH, LEFT, TOP, WIDTH, f"{most:,}", ground),
        format_html_join("", _BAR, bars),
        format_html_join("", '<text{} x="{}" y="{}">{}</text>', labels),
    )


def label_class(place: int) -> SafeString:
    """Return the attribute of a label below a chart; every second one gives way on phones."""
    return SafeString(' class="label-between"' if place % 2 else "")


def _px(value: float) -> str:
    return f"{value:.1f}"


def _describe(hour: datetime) -> str:
    return date_format(hour, "DATETIME_FORMAT")
