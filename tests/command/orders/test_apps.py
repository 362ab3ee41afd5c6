"""When the log erases a person, the orders about the person no longer name a target."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.audit.services import person_erased
from fanzha.command.orders.models import OrderTarget
from fanzha.command.orders.order_summary import InvalidOrder, summarize_order
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("own_home")


def test_a_person_who_is_erased_is_no_target_any_more(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    person_erased.send(sender=None, person=order.ref)
    with unscoped("test"):
        assert OrderTarget.objects.get(instance=order).value == ""
    with pytest.raises(InvalidOrder, match="no target"):
        summarize_order(order)
