"""False disposals are counted by organisation and detector, with n; few of them state no share."""

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.command.orders.test_target_rows import NUMBERS, approve, drafted_on_three
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.orders.false_disposals import PERIOD, FalseDisposals, measure_false_disposals
from fanzha.command.orders.models import OrderTarget
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import ProcessInstance, SubjectNotice
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.usefixtures("exercise_settings")


def measured(world: World, name: str = "centre") -> FalseDisposals:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer):
        return measure_false_disposals(viewer, timezone.now())


@pytest.fixture
def restored(world: World) -> None:
    """An order on three numbers, of which one was restored; two were found by one detector."""
    for number in NUMBERS[:2]:
        finding_row(world["centre"], subject(number))
    approve(world, drafted_on_three(world))
    OrderTarget._base_manager.filter(value=NUMBERS[0]).update(state="restored")
    ProcessInstance._base_manager.update(simulated=True)  # as of all orders of these made-up organisations


@pytest.mark.usefixtures("restored")
def test_restored_targets_are_counted_by_organisation_and_detector(world: World) -> None:
    found = measured(world)
    (organization,), (detector,) = found.organizations, found.detectors
    assert (organization.key, organization.restored) == (world["centre"].ref, (3, 1, None, None, None))
    assert (detector.key, detector.restored) == ("made-up", (2, 1, None, None, None))
    other = measured(world, "bank")
    assert other.organizations == other.detectors == []


@pytest.mark.usefixtures("restored")
def test_what_was_only_proposed_or_is_old_does_not_count(world: World) -> None:
    drafted_on_three(world)
    assert measured(world).organizations[0].restored.marked == 3
    OrderTarget._base_manager.update(changed_at=timezone.now() - 2 * PERIOD)
    assert measured(world) == ([], [], measured(world).reached)


@pytest.mark.usefixtures("restored")
def test_orders_of_exercises_do_not_count_for_an_organisation_that_is_real(world: World) -> None:
    Organization.objects.filter(pk=world["centre"].pk).update(simulated=False)
    found = measured(world)
    assert found.organizations == found.detectors == [] and found.reached.marked == 0


@pytest.mark.usefixtures("restored")
def test_delivered_notices_are_a_share_of_those_written(world: World) -> None:
    order = ProcessInstance._base_manager.get()
    SubjectNotice._base_manager.all().delete()
    texts = {f"{name}_{language}": "" for name in ("fact", "basis", "remedy") for language in ("zh", "en")}
    for key, delivered_at in (("a", None), ("b", timezone.now())):
        SubjectNotice._base_manager.create(
            key=key, owner=order.owner, instance=order, written_at=timezone.now(), delivered_at=delivered_at, **texts
        )
    assert measured(world).reached == (2, 1, None, None, None) and measured(world, "bank").reached.marked == 0


@pytest.mark.usefixtures("restored")
def test_page_and_api_show_the_figures(world: World) -> None:
    client = world.client("centre", Role.ANALYST)
    content = client.get(reverse("order_false_disposals")).content.decode()
    assert "Example centre" in content and "not enough decisions (n = 3)" in content
    assert reverse("order_false_disposals") in client.get(reverse("orders")).content.decode()
    read = client.get("/api/v1/orders/false-disposals").json()
    assert read["detectors"][0]["restored"]["counted"] == 1 and read["organizations"][0]["restored"]["marked"] == 3
