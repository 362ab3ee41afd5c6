"""The page with the list of orders."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.orders.forms import OrderFilterForm
from fanzha.command.orders.presenters import order_figures, present_orders
from fanzha.command.orders.selectors import PAGE, filter_orders
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.api import Paging, Problem, paginate
from fanzha.command.web.components import EmptyState
from fanzha.command.web.roles import Role


@signed_in
def list_orders(request: SignedInRequest) -> HttpResponse:
    """Show a page of the list."""
    viewer = request.viewer
    form = OrderFilterForm(viewer, request.GET)
    rows = filter_orders(form.order_filter(), viewer, timezone.now()).select_related("owner", "version")
    try:
        page = paginate(rows, Paging(cursor=request.GET.get("cursor", "")[:200], limit=PAGE))
    except Problem:
        page = paginate(rows, Paging(limit=PAGE))
    return render(
        request,
        "orders/orders.html",
        {
            "narrow": form,
            "figures": order_figures(viewer),
            "rows": present_orders(page["items"], viewer),
            "next": page["next"],
            "empty": EmptyState(_("No order here.")),
            "may_draft": viewer.has(Role.ANALYST),
            "may_administer": viewer.has(Role.ADMINISTRATOR),
        },
    )
