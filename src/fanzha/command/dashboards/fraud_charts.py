"""Maps, charts and tables of fraud found and of how it was handled, each with a table of its values."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.command.campaigns.selectors import FraudFigures
from fanzha.command.dashboards.charts import late_map
from fanzha.command.dashboards.formats import compact, money, percent
from fanzha.command.dashboards.fraud import FEWEST, Estimate, find_withheld, sum_days
from fanzha.command.dashboards.oversight import OversightRate, ReceiverRate
from fanzha.command.web.components import DataTable, KeyFigure
from fanzha.command.web.drawing.days import DayPart, days
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.drawing.outlines import province_map as draw_map
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.drawing.shares import PlottedShare, share_bar, share_days
from fanzha.command.web.drawing.tiles import Tint
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import KIND_TITLES, Kind


class Measure(StrEnum):
    """What a map shows."""

    FRAUD = "fraud"
    PEOPLE = "people"
    LOSSES = "losses"
    HANDLING = "handling"


def measure_title(measure: Measure) -> str:
    """Return the title of a measure."""
    return {
        Measure.FRAUD: _("Fraud found"),
        Measure.PEOPLE: _("People affected"),
        Measure.LOSSES: _("Losses, as confirmed"),
        Measure.HANDLING: _("Handling"),
    }[measure]


def few_words() -> str:
    """Return the text of a withheld cell."""
    return _("withheld")


class _Counted(NamedTuple):
    """How a measure is read from figures: its value, what is counted for withholding, and its format."""

    value: Callable[[FraudFigures], int]
    people: Callable[[FraudFigures], int] | None
    written: Callable[[int], str]
    short: Callable[[int], str]


_COUNTED = {
    Measure.FRAUD: _Counted(lambda one: one.campaigns - one.cleared, None, lambda n: f"{n:,}", compact),
    Measure.PEOPLE: _Counted(lambda one: one.victims, lambda one: one.victims, lambda n: f"{n:,}", compact),
    Measure.LOSSES: _Counted(
        lambda one: one.loss_fen, lambda one: one.loss_campaigns, money, lambda fen: compact(fen / 100)
    ),
}


def fraud_figures(total: FraudFigures) -> list[KeyFigure]:
    """Return the sums of 30 days as key figures."""
    return [
        KeyFigure(f"{total.campaigns - total.cleared:,}", _("campaigns found, 30 days")),
        KeyFigure(_count(total.victims, total.victims), _("people affected")),
        KeyFigure(_count(total.loss_fen, total.loss_campaigns, money), _("confirmed losses")),
    ]


def province_map(
    measure: Measure, fraud: Mapping[str, FraudFigures], rates: Mapping[str, OversightRate], page: str
) -> Chart:
    """Return the map of a measure, each tile linked to the page (URL name) of its province."""
    if measure is Measure.HANDLING:
        return late_map(rates, page)
    counted, title = _COUNTED[measure], _("%(what)s by province, 30 days") % {"what": measure_title(measure)}
    known = {code: one for code, one in fraud.items() if code in PROVINCES}
    values = {code: counted.value(one) for code, one in known.items()}
    withheld = find_withheld({code: counted.people(one) for code, one in known.items()}) if counted.people else ()
    most = max((value for code, value in values.items() if code not in withheld), default=0) or 1
    tints, rows = {}, []
    for code, value in values.items():
        name, hidden = localize(PROVINCES[code].name), code in withheld
        words = few_words() if hidden else counted.written(value)
        href = reverse(page, args=[code])
        tints[code] = Tint(
            0.0 if hidden else value / most, "·" if hidden else counted.short(value), f"{name}: {words}", href
        )
        rows.append((format_html('<a href="{}">{}</a>', href, name), words))
    table = DataTable(title, (_("province"), measure_title(measure)), tuple(rows), frozenset({1}))
    return draw_map(title, tints, table)


def campaigns_by_day(figures: Mapping[date, FraudFigures]) -> Chart:
    """Return the chart of campaigns by the day of their first finding, and what became of them."""
    parts = (
        DayPart(_("confirmed as fraud"), "series-1"),
        DayPart(_("not decided yet"), "series-2"),
        DayPart(_("false alarm"), "series-3"),
    )
    counts = {day: (one.confirmed, one.campaigns - one.decided, one.cleared) for day, one in figures.items()}
    return days(_("Campaigns by the day they were found"), _("day"), parts, counts)


def people_by_day(figures: Mapping[date, FraudFigures]) -> Chart:
    """Return the chart of people affected by day; days with few are withheld in chart and table."""
    withheld = find_withheld({day: one.victims for day, one in figures.items()})
    counts = {day: (0 if day in withheld else one.victims,) for day, one in figures.items()}
    chart = days(
        _("People affected, by the day they were found"), _("day"), (DayPart(_("people"), "series-1"),), counts
    )
    rows = tuple(
        (row[0], few_words() if day in withheld else row[1]) for day, row in zip(figures, chart.table.rows, strict=True)
    )
    return chart._replace(table=DataTable(chart.table.caption, chart.table.head, rows, chart.table.numbers))


def late_share(rates: Mapping[date, OversightRate]) -> Chart:
    """Return the chart of the share of legs that were late, over the seven days up to each day."""
    sums = sum_days({day: (rate.late, rate.legs) for day, rate in rates.items()})
    return _share_chart(_("Late in the last 7 days, by day"), sums)


def effect_share(rates: Mapping[date, OversightRate]) -> Chart:
    """Return the chart of the share of orders proven to have taken effect, over the seven days up to each day."""
    sums = sum_days({day: (rate.proven, rate.orders) for day, rate in rates.items()})
    return _share_chart(_("Orders verified as effective in the last 7 days, by day"), sums)


def stated_shares(rates: Mapping[date, OversightRate]) -> list[Chart]:
    """Return the charts of shares over time in which at least one day has a share."""
    charts = (late_share(rates), effect_share(rates))
    return [chart for chart in charts if any(row[1] != "–" for row in chart.table.rows)]


def _share_chart(title: str, sums: Mapping[date, tuple[int, ...]]) -> Chart:
    estimates = {day: Estimate(*parts) for day, parts in sums.items()}
    plotted = {
        day: PlottedShare(one.share, *one.interval, f"{date_format(day, 'DATE_FORMAT')}: {estimate_words(one)}")
        if one.share is not None
        else None
        for day, one in estimates.items()
    }
    rows = tuple((date_format(day, "DATE_FORMAT"), *_cells(one)) for day, one in estimates.items())
    head = (_("day"), _("share"), _("95% interval"), "n")
    return share_days(title, plotted, DataTable(title, head, rows, frozenset({1, 2, 3})), _("sample too small"))


def _cells(one: Estimate) -> tuple[object, ...]:
    if one.share is None:
        return ("–", "–", f"{one.whole:,}")
    return (percent(one.share), f"{percent(one.interval.low)}–{percent(one.interval.high)}", f"{one.whole:,}")


def estimate_words(one: Estimate) -> str:
    """Return a share with its interval and n, or that n is too small."""
    if one.share is None:
        return _("sample too small")
    low, high = percent(one.interval.low), percent(one.interval.high)
    return _("%(share)s (%(low)s–%(high)s), n = %(n)s") % {
        "share": percent(one.share), "low": low, "high": high, "n": f"{one.whole:,}",
    }  # fmt: skip


def estimate_cell(one: Estimate) -> object:
    """Return a share as a table shows it: a bar with its interval, and the words."""
    if one.share is None:
        return estimate_words(one)
    return format_html("{} {}", share_bar(PlottedShare(one.share, *one.interval, "")), estimate_words(one))


def type_table(by_type: Mapping[str, FraudFigures], limit: int | None = None) -> DataTable:
    """Return the table of fraud types, the first `limit`: campaigns, share of the cleared, people and losses."""
    people = find_withheld({name: one.victims for name, one in by_type.items()})
    losses = find_withheld({name: one.loss_campaigns for name, one in by_type.items()})
    rows = tuple(
        (
            localize(FRAUD_TYPES[name]) if name in FRAUD_TYPES else _("unknown type"),
            f"{one.campaigns:,}",
            estimate_cell(Estimate(one.cleared, one.decided)),
            few_words() if name in people else f"{one.victims:,}",
            few_words() if name in losses else money(one.loss_fen),
        )
        for name, one in list(by_type.items())[:limit]
    )
    head = (_("fraud type"), _("campaigns"), _("false alarms, of campaigns decided"), _("people affected"), _("losses"))
    return DataTable(_("By fraud type, 30 days"), head, rows, frozenset({1, 3, 4}))


def withheld_note() -> str:
    """Return the note below figures of people."""
    return _(
        "Counts of fewer than %(fewest)d people or cases are withheld, and one more where the total would reveal them."
    ) % {"fewest": FEWEST}


def _count(value: int, people: int, written: Callable[[int], str] = lambda n: f"{n:,}") -> str:
    return few_words() if 0 < people < FEWEST else written(value)


def rate_table(
    receivers: Iterable[ReceiverRate],
    figures: Mapping[int, FraudFigures],
    wrongful: Mapping[int, Estimate] | None = None,
) -> DataTable:
    """Return the table of organisations by rates; those without a share in time are last.

    `wrongful` adds the column of the share of targets restored in a year, by owner.
    """
    told = [
        (
            in_time.share is None,
            (
                receiver.organization.name,
                KIND_TITLES[Kind(receiver.organization.kind)],
                estimate_cell(in_time),
                estimate_cell(Estimate(receiver.rate.proven, receiver.rate.orders)),
                estimate_cell(Estimate(found.cleared, found.decided)),
                *(
                    [estimate_cell(wrongful.get(receiver.organization.pk, Estimate(0, 0)))]
                    if wrongful is not None
                    else []
                ),
            ),
        )
        for receiver in receivers
        for found in (figures.get(receiver.organization.pk, FraudFigures()),)
        for in_time in (Estimate(receiver.rate.legs - receiver.rate.late, receiver.rate.legs),)
    ]
    head = (
        _("organisation"),
        _("kind"),
        _("on time"),
        _("orders verified as effective"),
        _("false alarms, of campaigns decided"),
        *([_("wrongful actions, 12 months")] if wrongful is not None else []),
    )
    rows = tuple(row for _unknown, row in sorted(told, key=lambda one: one[0]))
    return DataTable(_("Organisations by share done on time, 30 days"), head, rows)
