"""A draft names the companies that its owner supervises, and says what was written."""

import pytest
from tests.command.bulletins.bulletins_made import ReportMonth, drafted, made_month, reports_of_month
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.bulletins.drafts import supervised_companies
from fanzha.command.bulletins.models import BulletinFigure, BulletinText
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
