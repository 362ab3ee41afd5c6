"""A bulletin for programs has its figures with intervals."""

from datetime import UTC, datetime

from fanzha.command.bulletins.models import Bulletin
from fanzha.command.bulletins.schemas import BulletinOut, BulletinRefOut
from fanzha.command.organizations.models import Organization


def test_a_bulletin_is_given_with_its_figures() -> None:
    at = datetime(2026, 11, 3, tzinfo=UTC)
    owner = Organization(ref="O", name_zh="甲", name_en="A")
    bulletin = Bulletin(ref="R", owner=owner, month=at.date().replace(month=10, day=1), as_of=at)
    figure = {
        "company": "",
        "measure": "report_settled",
        "version": 1,
        "unit": "percent",
        "part": 1,
        "whole": 2,
        "n": 2,
    }
    figure |= {"value": 50.0, "low": 10.0, "high": 90.0}
    figure |= dict.fromkeys(("before_n", "before_value", "before_low", "before_high", "change_low", "change_high"))
    figure |= {"best_place": None, "worst_place": None, "ranked": 0}
    given = BulletinOut.of(bulletin, "drafted", [figure])
    assert given.month == "2026-10" and given.figures[0].value == 50
    assert BulletinRefOut.of(bulletin).owner == "O"
