"""What waits for somebody stands there with its next step to press; what waits for others, with whom it waits for."""

from datetime import timedelta

from django.utils import timezone, translation
from tests.command.dashboards.late import late_order
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.command.dashboards.oversight import legs_late_now
from fanzha.command.dashboards.work_queue import (
    instance_title,
    instances_to_do,
    late_outstanding_legs,
    legs_to_do,
    own_instances,
    present_late_legs,
)
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_a_receiver_sees_the_leg_with_its_next_steps(world: World) -> None:
    order = issued(world)
    viewer = world.viewer("carrier", Role.EXECUTOR)
    with scoped_to(viewer):
        [row] = legs_to_do(viewer, actor(world, "carrier", Role.EXECUTOR))
    assert row.href == f"/orders/{order.ref}/"
    assert row.actions[0].main and row.actions[0].url.startswith(f"/processes/{order.ref}/do/acknowledge/?leg=")
    assert row.due is not None and row.due < timezone.now() + timedelta(minutes=6)


def test_whoever_may_do_nothing_with_it_is_not_asked(world: World) -> None:
    issued(world)
    viewer = world.viewer("carrier", Role.EDITOR)
    with scoped_to(viewer):
        assert legs_to_do(viewer, actor(world, "carrier", Role.EDITOR)) == []


def test_an_owner_sees_who_lets_him_wait(world: World) -> None:
    late_order(world, ("carrier",))
    viewer = world.viewer("centre", Role.ANALYST)
    with scoped_to(viewer):
        [row] = late_outstanding_legs(viewer, timezone.now())
    assert row.meta == (str(world["carrier"]),)
    assert row.due is not None and row.due < timezone.now()  # the deadline that was missed, not the one that is next


def test_a_process_waits_for_the_role_that_may_move_it_on(world: World) -> None:
    drafted(world)
    for role, many in ((Role.REVIEWER, 1), (Role.CLERK, 0)):
        viewer = world.viewer("centre", role)
        with scoped_to(viewer):
            assert len(instances_to_do(own_instances(viewer), actor(world, "centre", role))) == many


def test_long_numbers_in_titles_lose_their_middle(world: World) -> None:
    order = drafted(world)
    order.title = "+8617000001234"
    assert "17000001234" not in instance_title(order)
    with translation.override("en"):
        assert instance_title(ProcessInstance(version=order.version)) == "Order"


def test_it_is_urged_by_one_press(world: World) -> None:
    late_order(world, ("carrier",))
    viewer = world.viewer("administration", Role.ANALYST)
    with scoped_to(viewer):
        legs = list(legs_late_now(viewer, timezone.now()))
        [row], [seen] = (
            present_late_legs(legs, viewer, "/"),
            present_late_legs(legs, viewer._replace(roles=frozenset()), "/"),
        )
    assert [press.url for press in row.actions] == [f"/province/urge/{legs[0].pk}/"]
    assert row.actions[0].fields == (("next", "/"),)
    assert seen.actions == ()
    assert row.meta == (str(world["carrier"]),)
