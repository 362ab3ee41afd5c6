"""How many targets of orders proved wrong in a year, by the organisation that ordered: figure and column of a table."""

from collections.abc import Mapping
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _

from fanzha.command.dashboards.formats import percent
from fanzha.command.dashboards.fraud import Estimate
from fanzha.command.dashboards.oversight import CACHE_SECONDS
from fanzha.command.orders.selectors import count_restored
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.web.components import KeyFigure
from fanzha.command.web.palette.entries import find_page
from fanzha.command.web.viewer import Viewer


def recent_wrongful(viewer: Viewer, now: datetime, province: str = "") -> dict[int, Estimate]:
    """Return the share of targets restored in a year by owner (primary key), cached for `CACHE_SECONDS`.

    With a province (GB/T 2260, two digits) those of its organisations.
    """
    key = f"desks:wrongful:{viewer.organization}"
    counts: dict[int, tuple[int, int]] | None = cache.get(key)
    if counts is None:
        counts = count_restored(viewer, now)
        cache.set(key, counts, CACHE_SECONDS)
    owners = all_organizations().filter(pk__in=counts, province=province).values_list("pk", flat=True)
    chosen = set(owners) if province else counts
    return {owner: Estimate(restored, ordered) for owner, (ordered, restored) in counts.items() if owner in chosen}


def wrongful_figure(shares: Mapping[int, Estimate], viewer: Viewer | None = None) -> KeyFigure:
    """Return the share of all owners together with its interval and n, or that n is too small.

    It leads to the page of wrongful actions if the viewer may open it.
    """
    url = find_page("order_false_disposals", viewer) if viewer else ""
    total = Estimate(sum(one.part for one in shares.values()), sum(one.whole for one in shares.values()))
    if total.share is None:
        return KeyFigure("–", _("wrongful actions, 12 months: sample too small"), url)
    words = _("wrongful actions, 12 months (%(low)s–%(high)s, n = %(n)s)") % {
        "low": percent(total.interval.low), "high": percent(total.interval.high), "n": f"{total.whole:,}",
    }  # fmt: skip
    return KeyFigure(percent(total.share), words, url)
