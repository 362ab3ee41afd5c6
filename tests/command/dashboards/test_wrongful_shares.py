"""The share of targets that proved wrong is shown for a province, with its interval and n, or said to be too small."""

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.dashboards.fraud import Estimate
from fanzha.command.dashboards.wrongful_shares import recent_wrongful, wrongful_figure
from fanzha.command.orders.models import OrderTarget
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped


def test_targets_count_for_the_organisation_that_ordered_in_its_province(world: World) -> None:
    issued(world)
    with unscoped("a test restores a target"):
        assert OrderTarget.objects.update(state="restored") == 1
        OrderTarget.objects.update(changed_at=timezone.now())
    viewer = world.viewer("ministry", Role.ANALYST)
    with scoped_to(viewer):
        found = {place: recent_wrongful(viewer, timezone.now(), place) for place in ("", "51", "33")}
    assert list(found[""].values()) == list(found["51"].values()) == [Estimate(1, 1)]
    assert found["33"] == {}


def test_the_figure_has_interval_and_n_from_thirty_on() -> None:
    assert wrongful_figure({1: Estimate(3, 20), 2: Estimate(1, 20)}).number == "10%"
    assert "n = 40" in wrongful_figure({1: Estimate(3, 20), 2: Estimate(1, 20)}).words
    assert wrongful_figure({1: Estimate(1, 20)}).number == "–"
