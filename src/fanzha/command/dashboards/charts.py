"""Charts and the table of the supervisor pages."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from fanzha.command.dashboards.formats import percent
from fanzha.command.dashboards.oversight import Rate, ReceiverRate
from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.days import DayPart, days
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.drawing.tiles import Tint, tiles
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import KIND_TITLES, Kind


def rate_table(receivers: Sequence[ReceiverRate]) -> DataTable:
    """Return the table of organisations, lowest share in time first."""
    return DataTable(
        _("Organisations by the share done in time, 30 days"),
        (_("organisation"), _("kind"), _("in time"), _("late"), _("asked"), _("orders proven to take effect")),
        tuple(
            (
                receiver.organization.name,
                KIND_TITLES[Kind(receiver.organization.kind)],
                percent(receiver.rate.in_time),
                receiver.rate.late,
                receiver.rate.legs,
                percent(receiver.rate.effect),
            )
            for receiver in receivers
        ),
        frozenset({2, 3, 4, 5}),
    )


def late_map(rates: Mapping[str, Rate]) -> Chart:
    """Return the map of provinces, coloured by the share of late legs."""
    title = _("Share late by province, 30 days")
    province_rates = {code: rate for code, rate in sorted(rates.items()) if code in PROVINCES}
    rows = tuple(
        (localize(PROVINCES[code].name), percent(rate.in_time), rate.late, rate.legs)
        for code, rate in province_rates.items()
    )
    table = DataTable(title, (_("province"), _("in time"), _("late"), _("asked")), rows, frozenset({1, 2, 3}))
    return tiles(title, {code: _tint(code, rate) for code, rate in province_rates.items()}, table)


def _tint(code: str, rate: Rate) -> Tint:
    late = rate.late / rate.legs
    words = _("%(province)s: %(share)s late, %(late)d of %(all)d")
    parameters = {
        "province": localize(PROVINCES[code].name),
        "share": percent(late),
        "late": rate.late,
        "all": rate.legs,
    }
    return Tint(late, percent(late), words % parameters)


def trend_chart(rates: Mapping[date, Rate]) -> Chart:
    """Return the chart of legs opened by day, and how many of them were late."""
    parts = (DayPart(_("in time"), "series-2"), DayPart(_("late"), "series-harm"))
    counts = {day: (rate.legs - rate.late, rate.late) for day, rate in rates.items()}
    return days(_("Asked by day"), _("day"), parts, counts)
