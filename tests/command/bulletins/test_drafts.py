"""A draft states the key figures of the companies that its owner supervises, with the rows behind them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.bulletins.bulletins_made import (
    MONTH,
    ReportMonth,
    drafted,
    drafted_before,
    made_month,
    reports_of_month,
)
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.bulletins.drafts import supervised_companies
from fanzha.command.bulletins.models import Bulletin, BulletinCase, BulletinFigure, BulletinText
from fanzha.command.bulletins.stated_figures import MEASURES, state_figure
from fanzha.command.statistics.selectors import kpi, parse_month
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_companies_are_those_of_the_province_that_have_somebody_to_answer(world: World) -> None:
    names = {company.name_en for company in supervised_companies(world["centre"]).values()}
    assert "Example carrier" in names and "Example bank" in names
    assert not names & {"Example far_carrier", "Example police", "Example brand", "Example outlet"}


def test_a_company_without_cases_and_one_of_another_province_are_not_named(world: World) -> None:
    made_month(world)
    reports_of_month(world, "far_carrier", ReportMonth(5))
    bulletin = drafted(world)
    with unscoped("test"):
        named = set(BulletinFigure.objects.filter(bulletin=bulletin).values_list("organization", flat=True))
        assert named == {None, *(world[name].pk for name in ("carrier", "other_carrier", "mvno"))}
        assert BulletinText.objects.filter(bulletin=bulletin, person=None).count() == 16
        assert LogEntry.objects.filter(kind="bulletin_drafted").count() == 1


def _figure(bulletin: Bulletin, world: World, measure: str, company: str = "carrier") -> BulletinFigure:
    with unscoped("test"):
        return BulletinFigure.objects.get(bulletin=bulletin, organization=world[company], measure=measure)


def test_each_figure_is_the_key_figure_and_opens_to_as_many_rows(world: World) -> None:
    made_month(world)
    bulletin, month = drafted(world), parse_month(MONTH)
    companies = supervised_companies(world["centre"])
    with unscoped("test"):
        figures = list(BulletinFigure.objects.filter(bulletin=bulletin))
        assert len(figures) == 4 * len(MEASURES)
        for row in figures:
            of = [companies[row.organization_id]] if row.organization_id else list(companies.values())
            figure = kpi(row.measure, of, month)
            stored = (row.part, row.whole, row.n, row.value, row.low, row.high)
            assert stored == tuple(state_figure(figure))[1:], row
            cases = BulletinCase.objects.filter(bulletin=bulletin, measure=row.measure, organization__in=of)
            assert cases.filter(is_part=True).count() == figure.lineage.numerator_rows
            assert cases.filter(is_whole=True).count() == figure.lineage.denominator_rows
    assert (_figure(bulletin, world, "report_settled").part, _figure(bulletin, world, "false_limit").part) == (58, 2)


def test_the_month_before_is_the_bulletin_of_the_month_before(world: World) -> None:
    made_month(world)
    first = drafted(world)
    assert _figure(first, world, "report_settled").before_value is None
    with unscoped("test"):
        first.delete()
    before = _figure(drafted_before(world), world, "report_settled")
    assert (before.part, before.whole) == (34, 60)
    row = _figure(drafted(world, owner="administration"), world, "report_settled")
    assert row.before_value is None


def test_drafting_takes_a_fixed_number_of_queries_however_many_cases(world: World) -> None:
    with CaptureQueriesContext(connection) as few:
        drafted(world, owner="administration")
    made_month(world)
    with CaptureQueriesContext(connection) as many:
        drafted(world)
    assert len(many) <= len(few) + 60
