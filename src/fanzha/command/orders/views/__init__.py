"""Pages of orders."""

from fanzha.command.orders.views.drafting import new, preview
from fanzha.command.orders.views.endpoints import change_endpoint, endpoints, rotate_key, send_again, try_endpoint
from fanzha.command.orders.views.inbound import answers
from fanzha.command.orders.views.legs import acknowledge, done, measure, targets, urge
from fanzha.command.orders.views.listing import orders
from fanzha.command.orders.views.order import order

__all__ = [
    "acknowledge",
    "answers",
    "change_endpoint",
    "done",
    "endpoints",
    "measure",
    "new",
    "order",
    "orders",
    "preview",
    "rotate_key",
    "send_again",
    "targets",
    "try_endpoint",
    "urge",
]
