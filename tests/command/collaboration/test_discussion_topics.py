"""A process without a title is named by the end of its reference."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.collaboration.discussion_topics import process_title

pytestmark = pytest.mark.django_db


def test_a_process_without_a_title_shows_its_short_reference(world: World) -> None:
    order = drafted(world)
    order.title = ""
    assert process_title(order).en == f"Order · #{order.ref[-6:]}"
