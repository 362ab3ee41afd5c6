"""Small charts as inline SVG, without scripts and requests; each has a table of its numbers."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from fanzha.base.words import Words


class Bar(NamedTuple):
    """One bar: its label and number."""

    label: Words
    number: int


def bar_chart(rows: Sequence[Bar], *, width: int = 520) -> str:
    """Return a horizontal bar chart with 24 px per row."""
    if not rows:
        return ""
    max_number = max(row.number for row in rows) or 1
    label, number, height = 190, 60, 24
    bar_width = width - label - number
    parts = [f'<svg viewBox="0 0 {width} {height * len(rows)}" role="img" class="chart">']
    for index, row in enumerate(rows):
        y, length = index * height, max(2.0, bar_width * row.number / max_number)
        for language in ("zh", "en"):
            text = escape(_truncate(getattr(row.label, language)))
            parts.append(f'<text class="{language}" x="{label - 8}" y="{y + 16}" text-anchor="end">{text}</text>')
        parts.append(f'<rect x="{label}" y="{y + 4}" width="{length:.1f}" height="16" rx="2"/>')
        parts.append(f'<text class="number" x="{label + length + 6:.1f}" y="{y + 16}">{row.number:,}</text>')
    return "".join([*parts, "</svg>"])


def column_chart(
    counts: Sequence[int], first: str, last: str, *, limit: float | None = None, width: int = 520, height: int = 120
) -> str:
    """Return a column chart over time, with the first and last label below and a line at `limit`."""
    if not counts:
        return ""
    max_count, step = max(*counts, limit or 0) or 1, width / len(counts)
    parts = [f'<svg viewBox="0 0 {width} {height + 20}" role="img" class="chart">']
    for index, count in enumerate(counts):
        bar_height = (height - 16) * count / max_count
        x, bar_width_px = index * step, max(1.0, step - 1)
        parts.append(
            f'<rect x="{x:.1f}" y="{height - bar_height:.1f}" width="{bar_width_px:.1f}" height="{bar_height:.1f}">'
        )
        parts.append(f"<title>{count:,}</title></rect>")
    parts.append(f'<text x="0" y="{height + 15}">{escape(first)}</text>')
    parts.append(f'<text x="{width}" y="{height + 15}" text-anchor="end">{escape(last)}</text>')
    parts.append(f'<text class="number" x="0" y="11">{max(counts):,}</text>')
    if limit is not None:
        y = height - (height - 16) * limit / max_count
        parts.append(f'<line class="limit" x1="0" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="limit" x="{width}" y="{y - 4:.1f}" text-anchor="end">{limit:,.4g}</text>')
    return "".join([*parts, "</svg>"])


def _truncate(text: str, max_length: int = 26) -> str:
    return text if len(text) <= max_length else text[: max_length - 1] + "…"
