"""Numbers of a province's campaigns by the city that the numbering plan assigns them to."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.cache import cache
from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.campaigns.selectors import find_numbers
from fanzha.command.dashboards.fraud import find_withheld
from fanzha.command.dashboards.fraud_charts import few_words
from fanzha.command.dashboards.oversight import CACHE_SECONDS, DAYS
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.drawing.outlines import city_map
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.drawing.tiles import Tint
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.kinds.numbering.plan import plan
from fanzha.kinds.phone_number import classify
from fanzha.store.map_outlines import load_outlines

#: Numbers read for one table: those of the latest campaigns.
MOST_NUMBERS = 5_000
_ELSEWHERE = ""


class CityNumbers(NamedTuple):
    """Counts by the Chinese name of the city, "" for numbers of another province or of no known city."""

    people: dict[str, int]
    suspects: dict[str, int]
    is_whole: bool


def city_numbers(viewer: Viewer, province: str, now: datetime) -> CityNumbers:
    """Return the counts of a province (GB/T 2260, two digits), cached for `CACHE_SECONDS`."""
    key = f"desks:cities:{viewer.organization}:{province}"
    found: CityNumbers | None = cache.get(key)
    if found is None:
        owners = set(all_organizations().filter(pk__in=viewer.reads, province=province).values_list("pk", flat=True))
        numbers = find_numbers(owners, now - timedelta(days=DAYS), MOST_NUMBERS)
        counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for value, is_victim in numbers:
            counts[is_victim][_city(value, PROVINCES[province].name.zh)] += 1
        found = CityNumbers(dict(counts[True]), dict(counts[False]), len(numbers) < MOST_NUMBERS)
        cache.set(key, found, CACHE_SECONDS)
    return found


def _city(value: str, province: str) -> str:
    facts = classify(value)
    return facts.city if facts.province == province else _ELSEWHERE


def map_cities(province: str, found: CityNumbers) -> Chart | None:
    """Return the map of people affected by city, None without outlines of the province's cities."""
    outlines = load_outlines()
    if outlines is None:
        return None
    withheld, most = find_withheld(found.people), max([*found.people.values(), 1])
    tints = {}
    for region in outlines.cities(province).values():
        city = next((city for city in found.people if city and region.name.startswith(tuple(city.split("/")))), "")
        if city:  # cities with one area code share a count
            words = few_words() if city in withheld else f"{found.people[city]:,}"
            strength = 0.0 if city in withheld else found.people[city] / most
            tints[region.name] = Tint(strength, "·" if city in withheld else words, f"{city}: {words}")
    title = _("People affected by city of the number, 30 days")
    return city_map(title, province, tints, city_table(province, found))


def city_table(province: str, found: CityNumbers) -> DataTable:
    """Return the table of cities, most people affected first, numbers of no city of the province last."""
    names = plan().cities
    people, suspects = find_withheld(found.people), find_withheld(found.suspects)
    rows = tuple(
        (
            localize(names.get((PROVINCES[province].name.zh, city), Words(city, city)))
            if city
            else _("other provinces or unknown"),
            few_words() if city in people else f"{found.people.get(city, 0):,}",
            few_words() if city in suspects else f"{found.suspects.get(city, 0):,}",
        )
        for city in sorted(
            {*found.people, *found.suspects},
            key=lambda city: (city == _ELSEWHERE, -found.people.get(city, 0), -found.suspects.get(city, 0), city),
        )
    )
    head = (_("city"), _("people affected"), _("suspected numbers"))
    return DataTable(_("By city of the number, 30 days"), head, rows, frozenset({1, 2}))
