"""What other apps read of figures."""

import pytest
from tests.command.people import World
from tests.command.statistics.month_made import MONTH

from fanzha.command.statistics.selectors import kpi, load_figures, readable_organizations
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_a_figure_has_all_that_a_bulletin_needs(month: World) -> None:
    figure = kpi("reports_per_million", month["carrier"], MONTH)
    assert figure.name == "reports_per_million" and figure.unit == "per_million" and figure.pair == "report_handling"
    assert figure.lineage.organizations == (month["carrier"].ref,) and figure.lineage.period == MONTH.key
    assert figure.lineage.numerator_rows == figure.numerator and figure.lineage.version == 1
    with pytest.raises(KeyError):
        kpi("colours", month["carrier"], MONTH)


def test_figures_of_several_organisations_add_up(month: World) -> None:
    names = ("carrier", "mvno")
    alone = [kpi("report_handling", month[name], MONTH).n for name in names]
    assert kpi("report_handling", [month[name] for name in names], MONTH).n == sum(alone) > 0


def test_a_viewer_reads_its_own_organisation_and_those_it_supervises(world: World) -> None:
    assert list(readable_organizations(world.viewer("carrier", Role.ANALYST))) == [world["carrier"]]
    supervised = readable_organizations(world.viewer("administration", Role.ANALYST))
    assert world["mvno"] in supervised and world["far_carrier"] not in supervised
    assert "money_saved" in load_figures()
