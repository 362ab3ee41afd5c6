"""Forms of the pages: whose figures and which period are shown, whatever the address says."""

import pytest
from django.utils import timezone
from tests.command.people import World

from fanzha.command.statistics.forms import ALL, FigureFilterForm, OutsideValueForm, ProposalForm
from fanzha.command.statistics.periods import last_month, month_of
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_a_firm_sees_its_own_figures_of_last_month_by_default(world: World) -> None:
    now, viewer = timezone.now(), world.viewer("carrier", Role.ANALYST)
    form = FigureFilterForm(viewer, now, {"period": "nonsense", "organization": world["mvno"].ref})
    assert form.chosen == last_month(now) and form.organizations == [world["carrier"]]
    assert form.query == {"period": last_month(now).key, "organization": world["carrier"].ref}
    assert FigureFilterForm(viewer, now, {"organization": ALL}).organizations == [world["carrier"]]


def test_a_supervisor_sees_all_that_it_supervises_or_one_of_them(world: World) -> None:
    now, viewer = timezone.now(), world.viewer("administration", Role.INSPECTOR)
    everybody = FigureFilterForm(viewer, now, {}).organizations
    assert world["carrier"] in everybody and world["far_carrier"] not in everybody
    assert world["administration"] not in everybody
    one = FigureFilterForm(viewer, now, {"organization": world["mvno"].ref, "period": "2026-Q1"})
    assert one.organizations == [world["mvno"]] and one.chosen.key == "2026-Q1"


def test_months_that_are_offered_are_over_where_a_figure_is_published() -> None:
    now = timezone.now()
    assert month_of(now).key in dict(OutsideValueForm(now).fields["month"].choices)  # type: ignore[attr-defined]
    assert month_of(now).key not in dict(ProposalForm(now).fields["period"].choices)  # type: ignore[attr-defined]
