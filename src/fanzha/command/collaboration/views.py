"""Views of comments and subscriptions; each leads back to the page of the topic."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.collaboration.mentions import suggest_mentions
from fanzha.command.collaboration.models import Comment
from fanzha.command.collaboration.services import add_comment, set_subscription, withdraw_comment
from fanzha.command.collaboration.topics import get_topic
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal


@signed_in
@require_POST
def comment(request: SignedInRequest, kind: str, ref: str) -> HttpResponse:
    """Comment on a topic."""
    topic = get_topic(kind, ref, request.viewer)
    share = request.POST.get("share") == "yes"
    try:
        written = add_comment(kind, ref, request.POST.get("text", ""), request.viewer, share=share)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect(f"{topic.url}#discussion")
    return redirect(f"{topic.url}#comment-{written.ref}")


@signed_in
@require_POST
def withdraw(request: SignedInRequest, ref: str) -> HttpResponse:
    """Withdraw a comment of the viewer."""
    row = get_object_or_404(Comment, ref=ref)
    topic = get_topic(row.topic_kind, row.topic, request.viewer)
    try:
        withdraw_comment(row, request.viewer)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect(f"{topic.url}#discussion")


@signed_in
@require_POST
def subscription(request: SignedInRequest, kind: str, ref: str) -> HttpResponse:
    """Begin or end the viewer's subscription."""
    topic, is_on = get_topic(kind, ref, request.viewer), request.POST.get("on") == "yes"
    set_subscription(kind, ref, request.viewer, is_on=is_on)
    if is_on:
        messages.success(request, _("You will be notified of what happens here."))
    else:
        messages.success(request, _("You will no longer be notified, unless somebody mentions you."))
    return redirect(f"{topic.url}#discussion")


@signed_in
def suggest(request: SignedInRequest, kind: str, ref: str) -> HttpResponse:
    """Return the names that can be mentioned and match what was typed, as options of a list."""
    topic = get_topic(kind, ref, request.viewer)
    found = suggest_mentions(request.GET.get("q", "")[:80], topic, request.viewer)
    return render(request, "collaboration/_suggestions.html", {"found": found})
