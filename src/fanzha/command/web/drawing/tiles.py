"""Tile map of China with equal tiles for all provinces, and a data table."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.i18n import localize

SIDE = 64
WIDTH = SIDE * (1 + max(one.column for one in PROVINCES.values()))
HEIGHT = SIDE * (1 + max(one.row for one in PROVINCES.values()))
STEPS = 4
_LONG = 8  # characters of a name; longer ones are squeezed into the tile


class Tint(NamedTuple):
    """Values of one tile: colour strength (0–1), number and description; `href` is the page behind it, "" without."""

    strength: float
    figure: str
    words: str
    href: str = ""


def tiles(title: str, tints: Mapping[str, Tint], table: DataTable) -> Chart:
    """Render provinces (GB/T 2260, two digits). Those without a tint are pale and have no number."""
    drawn = format_html_join("", "{}", ((_tile(code, tints.get(code)),) for code in PROVINCES))
    role = "group" if any(tint.href for tint in tints.values()) else "img"
    svg = format_html('<svg viewBox="0 0 {} {}" role="{}" aria-label="{}">{}</svg>', WIDTH, HEIGHT, role, title, drawn)
    return Chart(title, svg, table)


def _tile(code: str, tint: Tint | None) -> SafeString:
    tile = PROVINCES[code]
    left, top, middle = tile.column * SIDE, tile.row * SIDE, (tile.column + 0.5) * SIDE
    name = localize(tile.name)
    squeezed = format_html(' textLength="{}" lengthAdjust="spacingAndGlyphs"', SIDE - 6) if len(name) > _LONG else ""
    drawn = format_html(
        '<g class="tile{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '<text class="strong tile-name" x="{}" y="{}" text-anchor="middle"{}>{}</text>'
        '<text class="strong tile-short" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>',
        f" tile-{min(STEPS, 1 + int(tint.strength * STEPS))}" if tint else "",
        tint.words if tint else name,
        *(left, top, SIDE, SIDE, middle, top + 28, squeezed, name),
        *(middle, top + 28, localize(tile.short)),
        *(middle, top + 48, tint.figure if tint else ""),
    )
    return format_html('<a href="{}">{}</a>', tint.href, drawn) if tint and tint.href else drawn
