"""Views that save, change and delete saved views; each leads back to the list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.saved_views.models import ListPage, SavedView
from fanzha.command.saved_views.services import delete_view, save_view, set_default, set_shared
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal


@signed_in
@require_POST
def save(request: SignedInRequest) -> HttpResponse:
    """Save the view that the address of a list shows."""
    told = request.POST
    page = told.get("page", "")
    page = page if page in ListPage.values else ListPage.QUEUE.value
    try:
        view = save_view(
            page,
            told.get("name", ""),
            told.get("query", ""),
            request.viewer,
            share=told.get("share") == "yes",
            as_default=told.get("default") == "yes",
        )
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect(reverse(page))
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse(page)}?{view.query}")


@signed_in
@require_POST
def change(request: SignedInRequest, ref: str) -> HttpResponse:
    """Share a view, make it the default, or delete it, by the button that was pressed."""
    view = get_object_or_404(SavedView, ref=ref)
    done, viewer = request.POST.get("do", ""), request.viewer
    address = f"{reverse(view.page)}?{view.query}"
    try:
        match done:
            case "share" | "keep":
                set_shared(view, viewer, is_shared=done == "share")
            case "default" | "no_default":
                set_default(view, viewer, is_default=done == "default")
            case "delete":
                delete_view(view, viewer)
                address = f"{reverse(view.page)}?view=standard"
                messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect(address)
