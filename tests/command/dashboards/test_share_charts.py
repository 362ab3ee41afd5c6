"""Shares are of campaigns that were not cleared; the rest is one bar; nothing to show is no chart."""

import pytest
from django.utils import timezone, translation
from tests.command.dashboards.test_analyst import campaign
from tests.command.people import World

from fanzha.command.campaigns.selectors import FraudFigures
from fanzha.command.dashboards.fraud import TrunkShares, recent_trunks
from fanzha.command.dashboards.oversight import OversightRate
from fanzha.command.dashboards.share_charts import handling_chart, kinds_chart, trunks_chart
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


@pytest.fixture(autouse=True)
def english() -> None:
    translation.activate("en")


def test_kinds_are_shares_of_what_was_not_cleared() -> None:
    chart = kinds_chart(
        {"fake_loan": FraudFigures(12, cleared=3), "": FraudFigures(1), "other": FraudFigures(2, cleared=2)}
    )
    assert chart is not None
    assert [row[1:] for row in chart.table.rows] == [("9", "90%"), ("1", "10%")]
    assert "9 of 10" in chart.svg and chart.table.rows[1][0] == "unknown type"
    assert kinds_chart({"other": FraudFigures(2, cleared=2)}) is None


def test_trunks_beyond_the_first_are_one_bar() -> None:
    rows = [(f"carrier · trunk T{number}", 12 - number) for number in range(12)]
    chart = trunks_chart(TrunkShares(rows, sum(many for _label, many in rows)))
    assert chart is not None and len(chart.table.rows) == 9
    assert chart.table.rows[-1][:2] == ("all others", "10")
    assert trunks_chart(TrunkShares([], 0)) is None


def test_handling_is_told_in_counts_and_of_how_many() -> None:
    chart = handling_chart(OversightRate(legs=40, late=10, orders=8, proven=6))
    assert chart is not None
    assert [row[1:] for row in chart.table.rows] == [("30", "40"), ("10", "40"), ("6", "8")]
    assert "series-harm" in chart.svg
    assert handling_chart(OversightRate(0, 0, 0, 0)) is None
    without_orders = handling_chart(OversightRate(4, 0, 0, 0))
    assert without_orders is not None and len(without_orders.table.rows) == 2


@pytest.mark.django_db
def test_trunks_are_those_of_organisations_that_the_viewer_reads(world: World) -> None:
    for tie in ("T1", "T1", "T2"):
        campaign(world, tie_kind="trunk", tie_value=tie)
    campaign(world, tie_kind="trunk", tie_value="T3", state="cleared")
    campaign(world, tie_kind="device", tie_value="T4")
    for name, counts in (("ministry", [2, 1]), ("other_carrier", [])):
        viewer = world.viewer(name, Role.ANALYST)
        with scoped_to(viewer):
            found = recent_trunks(viewer, timezone.now())
        assert [many for _label, many in found.rows] == counts and found.campaigns == sum(counts)
