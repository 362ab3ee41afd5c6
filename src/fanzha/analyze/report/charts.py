"""Small charts as inline SVG: no script, no request, they print; the numbers stand in a table beside each."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from fanzha.base.words import Words


class Bar(NamedTuple):
    """One bar: its bilingual label and its number."""

    label: Words
    number: int


def bars(rows: Sequence[Bar], *, width: int = 520) -> str:
    """Return horizontal bars, the longest `width` minus label and number, 24 px a row."""
    if not rows:
        return ""
    most = max(row.number for row in rows) or 1
    label, number, height = 190, 60, 24
    room = width - label - number
    parts = [f'<svg viewBox="0 0 {width} {height * len(rows)}" role="img" class="chart">']
    for index, row in enumerate(rows):
        y, length = index * height, max(2.0, room * row.number / most)
        for language in ("zh", "en"):
            text = escape(_short(getattr(row.label, language)))
            parts.append(f'<text class="{language}" x="{label - 8}" y="{y + 16}" text-anchor="end">{text}</text>')
        parts.append(f'<rect x="{label}" y="{y + 4}" width="{length:.1f}" height="16" rx="2"/>')
        parts.append(f'<text class="number" x="{label + length + 6:.1f}" y="{y + 16}">{row.number:,}</text>')
    return "".join([*parts, "</svg>"])


def columns(
    counts: Sequence[int], first: str, last: str, *, limit: float | None = None, width: int = 520, height: int = 120
) -> str:
    """Return upright columns over time, with the first and last moment named below, and a line at a limit."""
    if not counts:
        return ""
    most, step = max(*counts, limit or 0) or 1, width / len(counts)
    parts = [f'<svg viewBox="0 0 {width} {height + 20}" role="img" class="chart">']
    for index, count in enumerate(counts):
        tall = (height - 16) * count / most
        x, wide = index * step, max(1.0, step - 1)
        parts.append(f'<rect x="{x:.1f}" y="{height - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}">')
        parts.append(f"<title>{count:,}</title></rect>")
    parts.append(f'<text x="0" y="{height + 15}">{escape(first)}</text>')
    parts.append(f'<text x="{width}" y="{height + 15}" text-anchor="end">{escape(last)}</text>')
    parts.append(f'<text class="number" x="0" y="11">{max(counts):,}</text>')
    if limit is not None:
        y = height - (height - 16) * limit / most
        parts.append(f'<line class="limit" x1="0" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="limit" x="{width}" y="{y - 4:.1f}" text-anchor="end">{limit:,.4g}</text>')
    return "".join([*parts, "</svg>"])


def _short(text: str, most: int = 26) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
