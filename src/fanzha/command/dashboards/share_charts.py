"""Charts of shares: kinds of fraud, trunks of the traffic, handling of requests."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.command.campaigns.selectors import FraudFigures
from fanzha.command.dashboards.formats import percent
from fanzha.command.dashboards.fraud import TrunkShares
from fanzha.command.dashboards.oversight import OversightRate
from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.bars import DrawnBar, bars
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.i18n import localize

#: Bars of a chart; the table has the same.
_MOST = 8


def kinds_chart(by_type: Mapping[str, FraudFigures]) -> Chart | None:
    """Return the share of each fraud type of the campaigns that were not cleared; None without any."""
    counts = {name: one.campaigns - one.cleared for name, one in by_type.items()}
    labels = {name: localize(FRAUD_TYPES[name]) if name in FRAUD_TYPES else _("unknown type") for name in counts}
    ordered = sorted(((labels[name], count) for name, count in counts.items() if count), key=lambda one: -one[1])
    return _shares(_("Campaigns by fraud type, 30 days"), (_("fraud type"), _("campaigns")), ordered)


def trunks_chart(trunks: TrunkShares) -> Chart | None:
    """Return the chart of the trunks with most campaigns, each with the organisation that reported it."""
    title = _("Campaigns by the trunk that handed over the traffic, 30 days")
    return _shares(title, (_("organisation and trunk"), _("campaigns")), trunks.rows, trunks.campaigns)


def handling_chart(rate: OversightRate) -> Chart | None:
    """Return how what was asked is handled: in time or late, and orders with and without proven effect."""
    if not rate.legs:
        return None
    title = _("Handling, 30 days")
    rows = [
        (_("on time, or not yet due"), rate.legs - rate.late, rate.legs, "series-1"),
        (_("late"), rate.late, rate.legs, "series-harm"),
    ]
    if rate.orders:
        rows.append((_("orders verified as effective"), rate.proven, rate.orders, "series-1"))
    parts = [DrawnBar(label, _of(part, whole), part / whole, series) for label, part, whole, series in rows]
    table = DataTable(
        title,
        (_("Handling"), _("count"), _("of")),
        tuple((label, f"{part:,}", f"{whole:,}") for label, part, whole, _series in rows),
        frozenset({1, 2}),
    )
    return bars(title, parts, table)


def _shares(title: str, head: tuple[str, str], ordered: Sequence[tuple[str, int]], whole: int = 0) -> Chart | None:
    whole = whole or sum(count for _label, count in ordered)
    if not whole:
        return None
    rows = list(ordered[:_MOST])
    if rest := whole - sum(count for _label, count in rows):
        rows.append((_("all others"), rest))
    parts = [DrawnBar(label, _of(count, whole), count / whole) for label, count in rows]
    table = DataTable(
        title, (*head, _("share")), tuple((label, f"{count:,}", percent(count / whole)) for label, count in rows),
        frozenset({1, 2}),
    )  # fmt: skip
    return bars(title, parts, table)


def _of(part: int, whole: int) -> str:
    return _("%(part)s of %(whole)s") % {"part": f"{part:,}", "whole": f"{whole:,}"}
