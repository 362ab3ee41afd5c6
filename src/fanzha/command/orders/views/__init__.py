"""Pages of orders."""

from fanzha.command.orders.views.drafts import new_order, preview_impact
from fanzha.command.orders.views.endpoints import change_endpoint, endpoints, rotate_key, send_again, try_endpoint
from fanzha.command.orders.views.inbound import receive_answers
from fanzha.command.orders.views.legs import acknowledge, measure, remind, report_done, show_targets
from fanzha.command.orders.views.order import order
from fanzha.command.orders.views.order_list import list_orders

__all__ = [
    "acknowledge",
    "receive_answers",
    "change_endpoint",
    "report_done",
    "endpoints",
    "measure",
    "new_order",
    "order",
    "list_orders",
    "preview_impact",
    "rotate_key",
    "send_again",
    "show_targets",
    "try_endpoint",
    "remind",
]
