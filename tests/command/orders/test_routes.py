"""A leg goes to the screens before it goes to a system, and to a system before a file; else by hand."""

from tests.command.orders.given import endpoint
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.orders.order_summary import summarize_order
from fanzha.command.orders.routes import choose_route
from fanzha.command.orders.targets import may_receive
from fanzha.dispose import Action


def test_the_quickest_way_that_carries_it_is_taken(world: World) -> None:
    summary = summarize_order(issued(world))
    assert choose_route(summary, world["carrier"]) is None
    for channel in ("signed_file", "signed_webhook", "number_treatment"):
        endpoint(world, "carrier", channel)
        route = choose_route(summary, world["carrier"])
        assert route is not None and route[0].channel == channel


def test_what_a_channel_cannot_carry_does_not_go_by_it(world: World) -> None:
    summary = summarize_order(issued(world))
    endpoint(world, "carrier", "number_limit")
    endpoint(world, "carrier", "signed_file", is_active=False)
    assert choose_route(summary, world["carrier"]) is None


def test_the_law_says_who_may_carry_it_out() -> None:
    assert may_receive(Action.REFUSE, "carrier") and not may_receive(Action.REFUSE, "bank")
