"""Page of the queue: waiting campaigns, hottest first, with a preview pane."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fanzha.command.campaigns.forms import QueueFilterForm
from fanzha.command.campaigns.presenters import campaign_rows
from fanzha.command.campaigns.queue import queue_page
from fanzha.command.campaigns.transitions import TransitionKind
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState
from fanzha.command.web.roles import DECIDERS

#: Transitions of several campaigns at once.
IN_BULK = (
    TransitionKind.TAKE,
    TransitionKind.CONFIRM,
    TransitionKind.SNOOZE,
    TransitionKind.SET_ASIDE,
    TransitionKind.HAND_OVER,
    TransitionKind.MERGE,
)


@signed_in
def queue(request: SignedInRequest) -> HttpResponse:
    """Show a page of the queue."""
    viewer = request.viewer
    form = QueueFilterForm(viewer, request.GET)
    queue_filter = form.to_filter()
    try:
        page = queue_page(queue_filter, viewer, request.GET.get("cursor", ""))
    except ValueError:
        page = queue_page(queue_filter, viewer)
    return render(
        request,
        "campaigns/queue.html",
        {
            "narrow": form,
            "rows": campaign_rows(page.rows, viewer),
            "next": page.next,
            "empty": EmptyState(_("Nothing waits here: new findings come up by themselves.")),
            "decides": viewer.has(*DECIDERS),
            "doings": IN_BULK,
        },
    )
