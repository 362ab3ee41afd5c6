"""Orders whose receivers let deadlines pass, as the tests of the desks need them."""

from datetime import datetime, timedelta

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import RECEIVERS, issued

from fanzha.command.processes.models import ProcessInstance, Timer
from fanzha.command.processes.services import pass_timer


def late_order(world: World, receivers: tuple[str, ...] = RECEIVERS, hours: int = 2) -> ProcessInstance:
    """An order issued hours ago that no receiver has acknowledged; its deadlines have passed, as the worker does it."""
    now = timezone.now()
    order = issued(world, now - timedelta(hours=hours), receivers)
    pass_all(order, now)
    order.refresh_from_db()
    return order


def pass_all(instance: ProcessInstance, now: datetime) -> None:
    """Let every deadline of a process pass that is due."""
    for _round in range(20):
        timer = Timer.objects.filter(instance=instance, state="waiting", due_at__lte=now).order_by("due_at").first()
        if timer is None:
            return
        pass_timer(timer, timer.due_at)
