"""A process page takes a fixed number of queries, shows values as people write them, and what its reader may see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.base.words import Words
from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.presenters import ProcessPage, build_action_bar, display_value, present_process
from fanzha.command.processes.selectors import load_processes
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def read(world: World, order: ProcessInstance, name: str, *roles: Role) -> ProcessPage:
    viewer = world.viewer(name, *roles)
    with scoped_to(viewer):
        return present_process(ProcessInstance.objects.select_related("owner", "version").get(pk=order.pk), viewer)


def test_values_are_shown_in_words_with_units_and_names(world: World) -> None:
    found = read(world, issued(world), "centre", Role.REVIEWER)
    given = {one.title.en: one.value for one in found.steps[0].evidence}
    assert given["Action"] == [Words("拦截", "Refuse")]
    assert given["Expected targets affected"] == [Words("1 个对象", "1 subject")]
    assert given["Receiving organisations"] == [world[name] for name in ("carrier", "mvno", "other_mvno")]


def test_people_are_shown_by_their_names() -> None:
    inspectors = load_processes()["supervision"].events["join_police"].evidence["inspectors"]
    people = {"01AA": "林晓燕 Lin Xiaoyan"}
    assert [display_value(inspectors, ref, people) for ref in ("01AA", "01BB")] == ["林晓燕 Lin Xiaoyan", "01BB"]


def test_a_receiver_reads_its_own_leg_and_what_it_can_do(world: World) -> None:
    found = read(world, issued(world), "mvno", Role.EXECUTOR)
    assert [leg.leg.receiver for leg in found.legs] == [world["mvno"]]
    assert {(one.offer.event, one.leg and one.leg.receiver) for one in found.allowed} == {
        ("acknowledge", world["mvno"]),
        ("forward", world["mvno"]),
        ("report_executed", world["mvno"]),
    }


def test_the_next_deadlines_say_whose_they_are_also_once_missed(world: World) -> None:
    order = issued(world)
    late = timezone.now() - timedelta(minutes=2)
    Leg._base_manager.filter(instance=order, receiver=world["mvno"]).update(late_since=late)
    first = read(world, order, "centre", Role.REVIEWER).clocks[0]
    assert (first.receiver, first.title.en, first.due) == (world["mvno"], "Acknowledge", late)


def test_the_declared_step_comes_first_and_seldom_needed_ones_apart(world: World) -> None:
    bar = build_action_bar(read(world, drafted(world), "centre", Role.REVIEWER).allowed)
    assert bar.main is not None and bar.main.offer.event == "approve"
    assert [step.offer.event for step in bar.others] == ["send_back", "refuse_draft"]
    assert [step.offer.event for step in bar.rare] == ["issue_emergency"]
    order = issued(world)
    bar = build_action_bar(read(world, order, "centre", Role.REVIEWER).allowed)
    assert bar.main is None and [step.offer.event for step in bar.others] == ["roll_back"]
    legs = read(world, order, "mvno", Role.EXECUTOR)
    assert (main := build_action_bar(legs.allowed).main) is not None and main.offer.event == "acknowledge"


@pytest.mark.parametrize("steps", [1, 6])
def test_queries_do_not_grow_with_what_happened(world: World, steps: int) -> None:
    order = issued(world)
    for _ in range(steps):
        fire(
            order.ref,
            "report_partial" if _ else "acknowledge",
            actor(world, "carrier", Role.EXECUTOR),
            {"done": 1, "left": 1, "explanation": "half"} if _ else {},
            leg="1",
        )
    with CaptureQueriesContext(connection) as queries:
        read(world, order, "centre", Role.REVIEWER)
    assert len(queries) <= 14, [query["sql"][:90] for query in queries]
