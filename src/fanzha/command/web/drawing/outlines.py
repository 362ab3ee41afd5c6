"""Map by the outlines that the operator loaded, with their approval number; without them, the tile map."""

from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.drawing.tiles import STEPS, Tint, tiles
from fanzha.command.web.i18n import localize
from fanzha.store.map_outlines import WIDTH, MapOutlines, Region, load_outlines

_FOOT = 26
#: Room about a province that is drawn by itself, as a share of its longer side.
_ROOM = 0.04


def province_map(title: str, tints: Mapping[str, Tint], table: DataTable) -> Chart:
    """Render the provinces (GB/T 2260, two digits): by the outlines in force, else as tiles."""
    outlines = load_outlines()
    if outlines is None:
        return tiles(title, tints, table)
    regions = {code: outlines.regions[code] for code in PROVINCES}
    names = {code: (localize(PROVINCES[code].short), localize(PROVINCES[code].name)) for code in regions}
    box = (0.0, 0.0, float(WIDTH), outlines.height)
    return Chart(title, _svg(title, outlines, regions, names, tints, box), table)


def city_map(title: str, province: str, tints: Mapping[str, Tint], table: DataTable) -> Chart | None:
    """Render the cities of a province, `tints` by their names in the outlines; None if no outlines have them."""
    outlines = load_outlines()
    cities = outlines.cities(province) if outlines else {}
    if outlines is None or not cities:
        return None
    bounds = [one.bounds for one in cities.values()]
    left, top = min(one[0] for one in bounds), min(one[1] for one in bounds)
    right, bottom = max(one[2] for one in bounds), max(one[3] for one in bounds)
    room = _ROOM * max(right - left, bottom - top)
    names = {code: (one.name, one.name) for code, one in cities.items()}
    by_code = {code: tints[one.name] for code, one in cities.items() if one.name in tints}
    box = (left - room, top - room, right - left + 2 * room, bottom - top + 2 * room)
    return Chart(title, _svg(title, outlines, cities, names, by_code, box), table)


def _svg(
    title: str,
    outlines: MapOutlines,
    regions: Mapping[str, Region],
    names: Mapping[str, tuple[str, str]],
    tints: Mapping[str, Tint],
    box: tuple[float, float, float, float],
) -> SafeString:
    """Render regions (short name, name) scaled to `WIDTH`; `box` is left, top, width and height of what is shown."""
    left, top, width, height = box
    scale = WIDTH / width
    drawn = format_html_join(
        "", "{}", ((_region(region, *names[code], tints.get(code), scale),) for code, region in regions.items())
    )
    lines = format_html_join("", '<path class="outline-line" d="{}"/>', ((line,) for line in outlines.lines))
    role = "group" if any(tint.href for tint in tints.values()) else "img"
    return format_html(
        '<svg class="outlines" viewBox="0 0 {} {}" role="{}" aria-label="{}">'
        '<g transform="scale({}) translate({} {})">{}{}</g>'
        '<text x="{}" y="{}" text-anchor="end">{}</text></svg>',
        *(
            WIDTH,
            f"{height * scale + _FOOT:.0f}",
            role,
            title,
            f"{scale:.3f}",
            f"{-left:.1f}",
            f"{-top:.1f}",
            drawn,
            lines,
        ),
        *(
            WIDTH - 4,
            f"{height * scale + _FOOT - 6:.0f}",
            _("Map approval: %(number)s") % {"number": outlines.approval},
        ),
    )


def _region(region: Region, short: str, name: str, tint: Tint | None, scale: float) -> SafeString:
    across, down = region.label
    size = 11 / scale
    drawn = format_html(
        '<g class="tile{}"><title>{}</title><path d="{}"/><text x="{}" y="{}" text-anchor="middle"'
        ' font-size="{}">{} {}</text></g>',
        f" tile-{min(STEPS, 1 + int(tint.strength * STEPS))}" if tint else "",
        tint.words if tint else name,
        *(region.path, f"{across:.1f}", f"{down:.1f}", f"{size:.1f}", short, tint.figure if tint else ""),
    )
    return format_html('<a href="{}">{}</a>', tint.href, drawn) if tint and tint.href else drawn
