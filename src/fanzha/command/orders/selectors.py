"""Select orders by a filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from fanzha.base.words import Words
from fanzha.command.orders.exclusions import protected_sites
from fanzha.command.orders.false_disposals import count_restored
from fanzha.command.orders.models import OrderTarget
from fanzha.command.orders.order_summary import APPEAL_PROCESS, PROCESS, appealed_places
from fanzha.command.orders.public_facts import find_facts
from fanzha.command.orders.target_appeals import find_order
from fanzha.command.orders.target_rows import ACTIVE_TARGET_STATES, APPROVAL_EVENTS, ORDERED_STATES, select_targets
from fanzha.command.processes.selectors import find_instances, find_legs, is_late
from fanzha.command.web.scoping import Unscoped, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import Action

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, ProcessInstance

__all__ = [
    "APPEAL_PROCESS",
    "APPROVAL_EVENTS",
    "LimitedTarget",
    "OrderFilter",
    "PAGE",
    "PROCESS",
    "SHOW_WORDS",
    "appealed_places",
    "count_restored",
    "filter_orders",
    "find_facts",
    "find_order",
    "find_ordered_targets",
    "find_targets",
    "protected_sites",
]

_UNSCOPED = unscoped("legs below orders that the viewer may read")

PAGE = 50
SHOW_WORDS: dict[str, Words] = {
    "open": Words("进行中", "open"),
    "todo": Words("待我单位执行", "for us to carry out"),
    "approve": Words("待批准", "to be approved"),
    "late": Words("超时", "late"),
    "attention": Words("需处理", "needs attention"),
    "ended": Words("已结束", "ended"),
    "all": Words("全部", "all"),
}


@dataclass(frozen=True)
class OrderFilter:
    """Filter of orders: `receiver` is the ref of an organisation, `state` a state of the process."""

    show: str = "open"
    state: str = ""
    receiver: str = ""


def find_targets(access: Unscoped | None = None) -> QuerySet[OrderTarget]:
    """Return the targets of orders that the current viewer may read, or all with `access`."""
    return access.rows(OrderTarget) if access else OrderTarget.objects.all()


def filter_orders(order_filter: OrderFilter, viewer: Viewer, now: datetime) -> QuerySet[ProcessInstance]:
    """Return the orders that match a filter, among those that the viewer may read."""
    rows = find_instances().filter(process=PROCESS)
    if order_filter.state:
        rows = rows.filter(state=order_filter.state)
    if order_filter.receiver:
        legs = find_legs().filter(instance=OuterRef("pk"), receiver__ref=order_filter.receiver)
        rows = rows.filter(Exists(legs))
    return rows.filter(_show_condition(order_filter.show, viewer, now))


def _show_condition(show: str, viewer: Viewer, now: datetime) -> Q:
    is_open = Q(ended_at=None)
    match show:
        case "todo":
            return is_open & Q(Exists(_legs_to_do(viewer)))
        case "approve":
            return is_open & Q(state="drafted", owner=viewer.organization)
        case "late":
            return is_late(now)
        case "attention":
            return is_open & Q(needs_attention=True)
        case "ended":
            return Q(ended_at__isnull=False)
        case "all":
            return Q()
    return is_open


def _legs_to_do(viewer: Viewer) -> QuerySet[Leg]:
    """Return the legs that the viewer's organisation must execute or lift."""
    waiting = ("sent", "unanswered", "acknowledged", "partial", "releasing")
    return find_legs(_UNSCOPED).filter(
        instance=OuterRef("pk"), receiver=viewer.organization, state__in=waiting, ended_at=None
    )


class LimitedTarget(NamedTuple):
    """A target that an order applies to: its number in the order (from 1), kind, value and action."""

    number: int
    kind: str
    value: str
    action: Action


def find_ordered_targets(order: ProcessInstance, *, is_active: bool = True) -> list[LimitedTarget]:
    """Return the targets that an order applies to now, or all it ever applied to, for notices to their holders."""
    states = ACTIVE_TARGET_STATES if is_active else ORDERED_STATES
    return [
        LimitedTarget(row.place + 1, row.kind, row.value, Action(row.action))
        for row in select_targets(order).filter(state__in=states)
        if row.action
    ]
