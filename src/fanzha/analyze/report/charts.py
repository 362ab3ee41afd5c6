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


class IntervalPoint(NamedTuple):
    """A value with the bounds of its interval."""

    label: str
    value: float
    low: float
    high: float


def interval_chart(
    rows: Sequence[IntervalPoint], *, mark_last: bool = False, width: int = 520, height: int = 120
) -> str:
    """Return a column chart of values, each with a line from the lower to the upper bound; the last may be marked."""
    if not rows:
        return ""
    top, step = max(row.high for row in rows) or 1, width / len(rows)
    scale = (height - 16) / top
    parts = [f'<svg viewBox="0 0 {width} {height + 20}" role="img" class="chart">']
    for index, row in enumerate(rows):
        x, bar = index * step, max(1.0, step - 2)
        mark = ' class="last"' if mark_last and index == len(rows) - 1 else ""
        y, middle = height - row.value * scale, index * step + bar / 2
        parts.append(f'<rect{mark} x="{x:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{row.value * scale:.1f}">')
        title = f"{row.label}: {row.value:,.3g} ({row.low:,.3g}–{row.high:,.3g})"
        parts.append(f"<title>{escape(title)}</title></rect>")
        ends = height - row.high * scale, height - row.low * scale
        parts.append(
            f'<line class="interval" x1="{middle:.1f}" x2="{middle:.1f}" y1="{ends[0]:.1f}" y2="{ends[1]:.1f}"/>'
        )
    parts.append(f'<text x="0" y="{height + 15}">{escape(rows[0].label)}</text>')
    parts.append(f'<text x="{width}" y="{height + 15}" text-anchor="end">{escape(rows[-1].label)}</text>')
    return "".join([*parts, f'<text class="number" x="0" y="11">{top:,.3g}</text>', "</svg>"])


def paired_columns(
    current: Sequence[float], earlier: Sequence[float], first: str, last: str, *, width: int = 520, height: int = 120
) -> str:
    """Return two distributions over the same bins as pairs of columns of shares, the earlier one paler."""
    if not current:
        return ""
    top, step = max(*current, *earlier) or 1, width / len(current)
    parts = [f'<svg viewBox="0 0 {width} {height + 20}" role="img" class="chart">']
    for index, pair in enumerate(zip(earlier, current, strict=True)):
        for place, (share, mark) in enumerate(zip(pair, (' class="before"', ""), strict=True)):
            size, x = (height - 16) * share / top, index * step + place * step / 2
            parts.append(
                f'<rect{mark} x="{x:.1f}" y="{height - size:.1f}" width="{max(1.0, step / 2 - 1):.1f}"'
                f' height="{size:.1f}"><title>{share:.1%}</title></rect>'
            )
    parts.append(f'<text x="0" y="{height + 15}">{escape(first)}</text>')
    parts.append(f'<text x="{width}" y="{height + 15}" text-anchor="end">{escape(last)}</text>')
    return "".join([*parts, f'<text class="number" x="0" y="11">{top:.0%}</text>', "</svg>"])


def _truncate(text: str, max_length: int = 26) -> str:
    return text if len(text) <= max_length else text[: max_length - 1] + "…"
