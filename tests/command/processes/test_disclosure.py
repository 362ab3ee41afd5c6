"""A receiver learns nothing of the others; the owner and his regulator see the list; markers do not see each other."""

from collections.abc import Iterable
from typing import Any

import pytest
from tests.command.audit.rereviews import limited
from tests.command.people import World
from tests.command.processes.audits_made import marked_once, marked_twice
from tests.command.processes.orders_made import actor, drafted, issued, mixed_issued

from fanzha.command.organizations.models import Membership, Organization
from fanzha.command.processes.disclosure import Disclosure, readable_files, step_fields
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.command.web.viewer import Viewer


def shown(instance: ProcessInstance, viewer: Viewer) -> list[tuple[dict[str, Any], set[str]]]:
    with scoped_to(viewer):
        disclosure = Disclosure(instance, viewer)
        return [(disclosure.evidence(one), disclosure.hidden(one)) for one in _steps(instance)]


def _steps(instance: ProcessInstance) -> Iterable[Step]:
    return Step.objects.filter(instance=instance).order_by("number")


def test_receivers_see_themselves_alone(world: World) -> None:
    order = drafted(world)
    both = [{"organization": world[name].ref, "kind": name} for name in ("carrier", "isp")]
    given = {"receivers": both, "reason": "a burst", "holder": both[1], "codes": ["a", "b"]}
    with unscoped("test"):
        (step,) = _steps(order)
    step.evidence = given
    viewers = {name: world.viewer(name, Role.ANALYST) for name in ("carrier", "centre", "administration", "ministry")}
    told = {name: Disclosure(order, viewer, [step]).evidence(step) for name, viewer in viewers.items()}
    assert told["carrier"] == given | {"receivers": both[:1]}
    assert told["centre"] == told["administration"] == told["ministry"] == given


def test_a_second_marker_sees_nothing_of_the_first_before_he_has_marked(world: World) -> None:
    audit, name = marked_once(world)
    first, second = (world.viewer("administration", role) for role in (Role.INSPECTOR, Role.ANALYST))
    supervisor = world.viewer("ministry", Role.REVIEWER)
    for viewer, hides in ((first, False), (second, True), (supervisor, True)):
        evidence, hidden = shown(audit, viewer)[-1]
        assert hidden == ({"marks"} if hides else set()) and ("marks" in evidence) is not hides
        with scoped_to(viewer):
            assert (name in readable_files(audit, viewer)) is not hides
    marked_twice(world, audit)
    assert all(not hidden for viewer in (first, second) for _evidence, hidden in shown(audit, viewer))
    with scoped_to(second):
        assert name in readable_files(audit, second)


def test_personal_files_are_for_owners_supervisors_and_who_handed_them_in(world: World) -> None:
    review, name = limited(world, ("other_carrier",))
    for of, sees in (("carrier", True), ("administration", True), ("other_carrier", False)):
        viewer = world.viewer(of, Role.ANALYST)
        with scoped_to(viewer):
            step = list(_steps(review))[-1]
            assert Disclosure(review, viewer).sees_personal_files(step) is sees
            assert name not in readable_files(review, viewer)


def test_fields_are_those_of_the_event(world: World) -> None:
    order = drafted(world)
    with unscoped("test"):
        (step,) = _steps(order)
    assert "receivers" in step_fields(order.version.process, step)
    step.event = "nothing"
    assert step_fields(order.version.process, step) == {}


def test_the_one_concerned_does_not_see_what_is_the_owners_own_affair(world: World) -> None:
    world.person("administration", Role.INSPECTOR)
    deputy = world.person("administration", Role.ANALYST)
    Membership.objects.create(person=deputy, organization=world["administration"], role=Role.INSPECTOR.value)
    Organization.objects.exclude(name_en__in=("Example administration", "Example platform")).update(is_active=False)
    office = world["administration"]
    case = open_process("supervision", "draw", office, actor(world, "administration", Role.INSPECTOR), {})
    with unscoped("test"):
        drawn = Step.objects.get(instance=case).evidence
    Organization.objects.update(is_active=True)
    for of, hides in (("platform", True), ("administration", False), ("ministry", False)):
        viewer = world.viewer(of, Role.REVIEWER)
        [(evidence, hidden)] = shown(case, viewer)
        assert hidden == ({"seed", "sample"} if hides else set())
        assert ("sample" in evidence) is not hides and evidence["inspected"]["organization"] == world["platform"].ref
        with scoped_to(viewer):
            assert (drawn["sample"] in readable_files(case, viewer)) is not hides


def test_an_appeal_is_read_by_those_who_hear_it_and_who_took_it_in_alone(world: World) -> None:
    order = issued(world, receivers=("carrier", "mvno"))
    given = {"channel": "shop", "text": "a made-up appeal"}
    fire(order.ref, "appeal", actor(world, "carrier", Role.CLERK), given)
    for of, hides in (("carrier", False), ("centre", False), ("administration", False), ("mvno", True)):
        viewer = world.viewer(of, Role.ANALYST)
        with scoped_to(viewer):
            disclosure = Disclosure(order, viewer)
            step = Step.objects.get(instance=order, event="appeal")
        assert ("text" in disclosure.personal(step)) is not hides, of


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_receiver_does_not_read_the_targets_of_others_in_the_draft(world: World, is_stored: bool) -> None:
    order = mixed_issued(world)
    if is_stored:  # versions of older orders do not declare it
        order.version.text = order.version.text.replace(
            "personal: true, internal: true}\n      campaign", "personal: true}\n      campaign"
        )
    assert order.version.process.events["draft"].evidence["subjects"].internal is not is_stored
    for of, hides in (("carrier", True), ("isp", True), ("centre", False), ("administration", False)):
        viewer = world.viewer(of, Role.ANALYST)
        with scoped_to(viewer):
            disclosure = Disclosure(order, viewer)
            step = Step.objects.get(instance=order, event="draft")
        assert disclosure.hidden(step) == ({"subjects"} if hides else set()), of
        assert ("subjects" in disclosure.personal(step)) is not hides, of
