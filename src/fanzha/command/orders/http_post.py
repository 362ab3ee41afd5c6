"""Send a signed order to a receiver's system. Private addresses need the operator's permission."""

from fanzha.base import outgoing_request
from fanzha.base.outgoing_request import PrivateAddressPolicy, RequestFailed
from fanzha.command.orders.order_settings import load_order_settings
from fanzha.dispose import Dispatch

__all__ = ["RequestFailed", "post"]


def post(dispatch: Dispatch) -> int:
    """Send a dispatch, and return the HTTP status, a 2xx. Raise RequestFailed."""
    policy = PrivateAddressPolicy(load_order_settings().local_addresses, "[orders] local_addresses")
    return outgoing_request.post(dispatch.url, dispatch.headers, dispatch.body, policy)
