"""A person is told of what waits for him; what waits for colleagues is listed for them."""

import pytest
from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.command.processes.awaited_steps import waiting_instances, waiting_legs
from fanzha.command.processes.models import Leg, Notification, ProcessInstance
from fanzha.command.processes.selectors import unread_notifications
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.command.web.viewer import Viewer


def notify(world: World, name: str, instance: ProcessInstance | None, leg: str = "") -> None:
    with unscoped("test"):
        Notification.objects.create(
            key=f"{name}:{instance}",
            owner=world[name],
            instance=instance,
            leg=leg,
            urgent=True,
            text_zh="有新指令",
            text_en="to do",
            at=timezone.now(),
        )


def told(viewer: Viewer) -> int:
    with scoped_to(viewer):
        return unread_notifications(viewer).count()


def test_only_those_who_can_act_on_an_order_are_told_of_it(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    leg = Leg._base_manager.get(instance=order)
    notify(world, "carrier", order, leg.name)
    roles = (Role.EXECUTOR, Role.DUTY_OFFICER, Role.CLERK, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
    assert [told(world.viewer("carrier", role)) for role in roles] == [1, 1, 0, 0, 0]
    evidence = {"executed_at": 1_790_000_000_000, "result": "all", "proof": upload_for_all([b"proof"])}
    fire(order.ref, "report_executed", actor(world, "carrier", Role.EXECUTOR), evidence, leg=leg.name)
    assert told(world.viewer("carrier", Role.EXECUTOR)) == 0  # it is done


def test_who_is_named_is_no_longer_told_of_a_leg_that_is_done(world: World) -> None:
    order, duty = issued(world, receivers=("carrier",)), world.viewer("carrier", Role.DUTY_OFFICER)
    leg = Leg._base_manager.get(instance=order)
    notify(world, "carrier", order, leg.name)
    Notification._base_manager.update(person=duty.person)
    assert told(duty) == 1
    evidence = {"executed_at": 1_790_000_000_000, "result": "all", "proof": upload_for_all([b"proof"])}
    fire(order.ref, "report_executed", actor(world, "carrier", Role.EXECUTOR), evidence, leg=leg.name)
    assert told(duty) == 0


def test_a_duty_officer_is_told_of_all_that_is_urgent_and_waits(world: World) -> None:
    notify(world, "centre", drafted(world))
    assert [told(world.viewer("centre", role)) for role in (Role.DUTY_OFFICER, Role.CLERK)] == [1, 0]


def test_a_draft_is_told_to_who_may_approve_it(world: World) -> None:
    notify(world, "centre", drafted(world))
    assert [told(world.viewer("centre", role)) for role in (Role.REVIEWER, Role.EXECUTOR)] == [1, 0]


def test_what_is_about_no_process_is_for_everybody_and_a_key_is_told_of_all(world: World) -> None:
    notify(world, "carrier", None)
    notify(world, "carrier", issued(world, receivers=("carrier",)))
    assert told(world.viewer("carrier", Role.CLERK)) == 1
    assert told(world.viewer("carrier")) == 2


@pytest.mark.parametrize("name", ["administration", "police"])
def test_who_has_no_step_in_a_process_is_told_of_it_all_the_same(world: World, name: str) -> None:
    notify(world, name, issued(world, receivers=("carrier",)))
    roles = (Role.DUTY_OFFICER, Role.REVIEWER, Role.ANALYST, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
    assert [told(world.viewer(name, role)) for role in roles] == [1, 1, 1, 0, 0]


def test_what_became_of_a_process_is_told_to_those_who_work_on_cases(world: World) -> None:
    order = drafted(world)
    notify(world, "centre", order)
    assert told(world.viewer("centre", Role.ANALYST)) == 0
    fire(order.ref, "refuse_draft", actor(world, "centre", Role.REVIEWER), {"reason": "no"})
    assert [told(world.viewer("centre", role)) for role in (Role.LIAISON, Role.ADMINISTRATOR)] == [1, 0]


def test_a_process_of_an_earlier_version_waits_too(world: World) -> None:
    order = drafted(world)
    version = order.version
    version.pk, version.text = None, version.text.replace("drafted", "drawn_up")
    version.text_hash = "an earlier one"
    version.save()
    ProcessInstance._base_manager.filter(pk=order.pk).update(version=version, state="drawn_up")
    viewer = world.viewer("centre", Role.REVIEWER)
    with scoped_to(viewer):
        assert ProcessInstance.objects.filter(waiting_instances(viewer)).count() == 1


def test_what_a_receiver_has_done_no_longer_waits_for_it(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    viewer = world.viewer("carrier", Role.EXECUTOR)
    with scoped_to(viewer):
        assert Leg.objects.filter(waiting_legs(viewer)).count() == 1
        Leg.objects.filter(instance=order).update(state="executed")
        assert not Leg.objects.filter(waiting_legs(viewer)).exists()
