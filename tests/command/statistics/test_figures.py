"""Figures computed from rows: value, interval, n, what is missing, whose rows count."""

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.statistics.month_made import MONTH

from fanzha.command.statistics.figures import (
    build_scope,
    digest_rows,
    last_month_of,
    months_counted,
    months_of,
    source_rows,
)
from fanzha.command.statistics.models import OutsideValue
from fanzha.command.statistics.periods import month_of, parse_period
from fanzha.command.statistics.presenters import describe_problem
from fanzha.command.statistics.selectors import kpi, kpi_of_each, kpi_rows, kpis, load_figures

pytestmark = pytest.mark.django_db


def enter(world: World, name: str, value: int, month: str, organization: str = "carrier") -> None:
    OutsideValue.objects.create(
        owner=world[organization], name=name, month=month, value=value, source="test", entered_at=timezone.now()
    )


def test_legs_of_an_order_count_for_who_received_them(world: World) -> None:
    issued(world)
    figure = kpi("disposals_in_time", world["carrier"], month_of(timezone.now()))
    assert (figure.numerator, figure.denominator, figure.value, figure.n) == (1, 1, 100.0, 1)
    assert figure.interval is not None and figure.interval.high == pytest.approx(100)
    assert not figure.is_enough and figure.pair == "false_disposal" and figure.unit == "percent"
    assert kpi("disposals_in_time", world["centre"], month_of(timezone.now())).value is None


def test_a_rate_without_subscribers_says_whose_are_missing(world: World) -> None:
    figure = kpi("reports_per_million", [world["carrier"], world["mvno"]], MONTH)
    assert figure.value is None
    assert figure.missing == (("subscribers", world["carrier"].ref), ("subscribers", world["mvno"].ref))


def test_a_rate_is_per_million_subscribers(month: World) -> None:
    figure = kpi("reports_per_million", month["carrier"], MONTH)
    assert figure.numerator and figure.denominator
    assert figure.value == pytest.approx(figure.numerator / figure.denominator * 1_000_000)
    assert figure.value is not None and figure.interval is not None
    assert figure.interval.low < figure.value < figure.interval.high
    assert figure.n == figure.numerator


def test_a_quarter_adds_up_months_but_takes_the_last_level(world: World) -> None:
    for number, month in enumerate(("2026-10", "2026-11", "2026-12"), 1):
        enter(world, "records_sampled", 100 * number, month)
        enter(world, "records_correct", 90 * number, month)
        enter(world, "active_lines", 1_000 * number, month)
    quarter = parse_period("2026-Q4")
    assert kpi("data_accuracy", world["carrier"], quarter).denominator == 600
    assert kpi("real_name_rate", world["carrier"], quarter).denominator == 3_000
    assert kpi("real_name_rate", world["carrier"], quarter).missing == (("real_name_lines", world["carrier"].ref),)


def test_a_week_takes_the_level_of_the_month_of_its_last_day_and_no_number_of_a_month() -> None:
    week = parse_period("2026-W40")
    assert last_month_of(week) == "2026-10" and months_of(week) == []
    assert months_counted("subscribers", week) == ["2026-10"] and months_counted("card_openings", week) == []
    assert months_of(parse_period("2026"))[::11] == ["2026-01", "2026-12"]


def test_events_of_a_week_are_not_divided_by_the_cards_of_a_month(month: World) -> None:
    week = kpi("outlet_breaches", month["carrier"], parse_period("2026-W41"))
    assert (
        week.denominator is None and week.value is None and week.missing == (("card_openings", month["carrier"].ref),)
    )
    assert "by month" in describe_problem(week)
    assert kpi("reports_per_million", month["carrier"], parse_period("2026-W41")).value is not None


def test_a_rate_per_subscriber_asks_only_those_that_have_subscribers(month: World) -> None:
    both = kpi("reports_per_million", [month["carrier"], month["centre"], month["platform"]], MONTH)
    alone = kpi("reports_per_million", month["carrier"], MONTH)
    assert both.missing == () and (both.numerator, both.denominator) == (alone.numerator, alone.denominator)
    of_centre = kpi("reports_per_million", month["centre"], MONTH)
    assert of_centre.value is None and not of_centre.missing and "does not apply" in describe_problem(of_centre)


@pytest.mark.parametrize("name", ["report_handling", "false_limit", "reports_per_million", "appeal_rate"])
def test_a_figure_of_each_is_the_figure_of_it_alone_and_has_as_many_rows(month: World, name: str) -> None:
    organizations = [month["centre"], month["carrier"], month["mvno"]]
    figures = kpi_of_each(name, organizations, MONTH)
    for organization in organizations:
        figure = figures[organization.pk]
        assert figure == kpi(name, organization, MONTH)
        rows = list(kpi_rows(name, [organization], MONTH))
        assert {row.organization for row in rows} <= {organization.pk}
        assert sum(row.is_part for row in rows) == figure.lineage.numerator_rows
        assert sum(row.is_whole for row in rows) == figure.lineage.denominator_rows


def test_rows_of_real_cases_do_not_count_for_exercises(month: World) -> None:
    organizations = [month["centre"], month["carrier"], month["mvno"]]
    of_exercises = kpi("report_handling", organizations, MONTH).n
    for organization in organizations:
        organization.simulated = False
    assert 0 < kpi("report_handling", organizations, MONTH).n < of_exercises


def test_saved_money_is_what_police_or_a_bank_confirmed(month: World) -> None:
    figure = kpi("money_saved", [month["centre"], month["carrier"], month["mvno"]], MONTH)
    assert figure.value and figure.n and figure.denominator is None and figure.interval is None


def test_rows_behind_a_figure_have_a_digest_and_as_many_rows(month: World) -> None:
    definition = load_figures()["false_disposal"]
    rows = source_rows(definition.denominator, build_scope([month["centre"]], MONTH))
    assert rows is not None and rows.count() == kpi("false_disposal", month["centre"], MONTH).n
    assert len(digest_rows(rows)) == 64 and digest_rows(None) == ""


def test_all_key_figures_come_in_the_order_of_the_page(month: World) -> None:
    figures = kpis([month["carrier"]], MONTH)
    assert figures[0].name == "false_disposal" and len(figures) == len({figure.name for figure in figures})
