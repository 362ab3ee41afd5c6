"""The list narrows by what is asked, says how far each receiver is, and asks the database no more for more rows."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.command.orders.presenters import order_figures, present_orders
from fanzha.command.orders.selectors import SHOW_WORDS, OrderFilter, filter_orders
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.usefixtures("in_english")


def list_orders(world: World, name: str, *roles: Role, **filters: str) -> list[ProcessInstance]:
    viewer = world.viewer(name, *roles)
    with scoped_to(viewer):
        return list(filter_orders(OrderFilter(**filters), viewer, timezone.now()).order_by("pk"))


def test_each_way_of_looking_finds_its_orders(world: World) -> None:
    draft, order = drafted(world), issued(world)
    late = issued(world, timezone.now() - timedelta(hours=3))
    done = drafted(world)
    fire(done.ref, "withdraw_draft", actor(world, "centre", Role.ANALYST), {})
    orders_by_show = {show: list_orders(world, "centre", show=show) for show in SHOW_WORDS}
    assert (
        orders_by_show["open"] == [draft, order, late]
        and orders_by_show["ended"] == [done]
        and orders_by_show["approve"] == [draft]
    )
    assert orders_by_show["late"] == [late] and orders_by_show["todo"] == [] and len(orders_by_show["all"]) == 4
    assert list_orders(world, "carrier", show="todo") == [order, late] and list_orders(world, "bank", show="all") == []
    assert list_orders(world, "centre", show="all", state="drafted") == [draft]
    assert list_orders(world, "centre", receiver=world["other_mvno"].ref) == [order, late]
    assert list_orders(world, "centre", receiver=world["bank"].ref) == []


def test_a_row_says_what_is_ordered_and_how_far_it_is(world: World) -> None:
    order = issued(world)
    fire(order.ref, "acknowledge", actor(world, "carrier", Role.EXECUTOR), {}, leg="1")
    viewer = world.viewer("centre", Role.REVIEWER)
    with scoped_to(viewer):
        rows = list(ProcessInstance.objects.select_related("owner", "version"))
        (row,) = present_orders(rows, viewer)
    assert (
        row.summary.startswith("Refuse · 1 target · ") and "Acknowledged 1" in row.summary and "Sent 2" in row.summary
    )
    assert row.due is not None and row.title == order.title
    with scoped_to(world.viewer("carrier")):
        (row,) = present_orders(rows, world.viewer("carrier"))
    assert "Sent" not in row.summary  # of a leg that is another's


def test_a_reviewer_is_led_to_what_waits_for_him(world: World) -> None:
    drafted(world)
    viewer = world.viewer("centre", Role.REVIEWER)
    with scoped_to(viewer):
        (row,) = present_orders(list(ProcessInstance.objects.select_related("owner", "version")), viewer)
        figures = {figure.words: figure.number for figure in order_figures(viewer)}
    assert [press.key for press in row.actions] == ["a"]
    assert figures == {"to be approved": "1", "late": "0", "open": "1"}


@pytest.mark.parametrize("many", [1, 6])
def test_its_queries_do_not_grow(world: World, many: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(many):
        issued(world)
    viewer = world.viewer("centre", Role.REVIEWER)
    with scoped_to(viewer):
        with django_assert_num_queries(3):
            present_orders(
                list(filter_orders(OrderFilter(), viewer, timezone.now()).select_related("owner", "version")), viewer
            )
        with django_assert_num_queries(5):
            order_figures(viewer)
