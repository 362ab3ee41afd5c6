"""Pages of the endpoints of the viewer's organisation: channels, keys, tests, failed deliveries and answers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import WrongCall
from fanzha.command.orders.delivery import retry_sending
from fanzha.command.orders.endpoint_keys import our_public_keys
from fanzha.command.orders.endpoints import available_channels, check_endpoint, rotate_endpoint_key, save_endpoint
from fanzha.command.orders.forms import EndpointForm
from fanzha.command.orders.models import Endpoint, ReceivedAnswer, ReceivedMessage, Sending, SendingState
from fanzha.command.orders.presenters import present_endpoints
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.processes.parties import to_actor
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal

LATEST = 50


@signed_in(Role.ADMINISTRATOR)
def endpoints(request: SignedInRequest) -> HttpResponse:
    """List the endpoints with their figures, failed deliveries and received messages."""
    viewer = request.viewer
    organization = Organization.objects.get(pk=viewer.organization)
    received = list(ReceivedMessage.objects.filter(endpoint__owner=organization).select_related("endpoint")[:LATEST])
    rejected = ReceivedAnswer.objects.filter(message__in=received).exclude(reason_en="").select_related("message")
    dead = Sending.objects.filter(receiver=organization, state=SendingState.DEAD).defer("file_body")
    return render(
        request,
        "orders/endpoints.html",
        {
            "rows": present_endpoints(organization),
            "channels": available_channels(organization),
            "form": EndpointForm(available_channels(organization)),
            "dead": dead.select_related("instance")[:LATEST],
            "received": received,
            "rejected": rejected[:LATEST],
        },
    )


@signed_in(Role.ADMINISTRATOR)
def change_endpoint(request: SignedInRequest, channel: str) -> HttpResponse:
    """Set up the way by one channel, or change it."""
    viewer = request.viewer
    organization = Organization.objects.get(pk=viewer.organization)
    channels = [candidate for candidate in available_channels(organization) if candidate.name == channel]
    if not channels:
        raise Http404
    endpoint = Endpoint.objects.filter(owner=organization, channel=channel).first()
    initial = {name: getattr(endpoint, name) for name in _FIELDS} if endpoint else {}
    form = EndpointForm(channels, request.POST if request.method == "POST" else None, initial=initial)
    form.fields["channel"].initial = channel
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = save_endpoint(viewer, channel, **{name: data[name] for name in _FIELDS})
        except Refusal as refused:
            for name, words in refused.fields.items():
                form.add_error(name, localize(words))
        else:
            messages.success(request, _("Saved. Try it before orders rely on it."))
            return redirect("order_endpoint", saved.channel)
    context = {
        "form": form,
        "channel": channels[0],
        "endpoint": endpoint,
        "public_keys": _public_keys(endpoint),
    }
    return render(request, "orders/endpoint.html", context, status=422 if form.errors else 200)


_FIELDS = ("address", "their_keys", "secret_file", "is_active")


@signed_in(Role.ADMINISTRATOR)
@require_POST
def try_endpoint(request: SignedInRequest, channel: str) -> HttpResponse:
    """Try a way now."""
    viewer = request.viewer
    if problem := check_endpoint(_own(viewer, channel), viewer):
        messages.error(request, _("It does not work: %(why)s") % {"why": problem})
    else:
        messages.success(request, _("It works."))
    return redirect("order_endpoint", channel)


@signed_in(Role.ADMINISTRATOR)
@require_POST
def rotate_key(request: SignedInRequest, channel: str) -> HttpResponse:
    """Begin a new key of ours."""
    viewer = request.viewer
    rotate_endpoint_key(_own(viewer, channel), viewer)
    messages.success(request, _("A new key signs; the one before signs too until the next change."))
    return redirect("order_endpoint", channel)


@signed_in(Role.ADMINISTRATOR)
@require_POST
def send_again(request: SignedInRequest, number: int) -> HttpResponse:
    """Retry a delivery that was given up."""
    viewer = request.viewer
    rows = Sending.objects.select_related("receiver", "instance").filter(receiver=viewer.organization)
    sending = get_object_or_404(rows, pk=number)
    if retry_sending(sending, to_actor(viewer).person, timezone.now()):
        messages.success(request, _("It is being sent again."))
    else:
        messages.warning(request, _("It was not given up."))
    return redirect("order_endpoints")


def _own(viewer: Viewer, channel: str) -> Endpoint:
    return get_object_or_404(Endpoint, owner=viewer.organization, channel=channel)


def _public_keys(endpoint: Endpoint | None) -> list[str]:
    try:
        return our_public_keys(endpoint) if endpoint else []
    except WrongCall:
        return []
