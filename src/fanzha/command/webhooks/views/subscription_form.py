"""Pause, resume and end a subscription, change its key, and retry failed deliveries."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.organizations.models import Person
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.command.webhooks.delivery import retry_delivery
from fanzha.command.webhooks.models import Delivery, Subscription
from fanzha.command.webhooks.services import cancel_subscription, change_key, set_active
from fanzha.processes.refusal import Refusal


@signed_in(Role.ADMINISTRATOR)
@require_POST
def change(request: SignedInRequest, ref: str) -> HttpResponse:
    """Apply the action in the field `do`: pause, resume, key or end."""
    subscription = get_object_or_404(Subscription.objects.select_related("owner"), ref=ref, removed_at=None)
    person = Person.objects.get(pk=request.viewer.person or 0)
    try:
        match request.POST.get("do"):
            case "pause":
                set_active(subscription, False, person)
            case "resume":
                set_active(subscription, True, person)
            case "key":
                change_key(subscription, person)
                messages.info(request, _("Give the new key to the subscriber; until then the one before signs too."))
            case "end":
                cancel_subscription(subscription, person)
                return redirect("webhooks")
            case _:
                return HttpResponseBadRequest()
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("webhook", ref)


@signed_in(Role.ADMINISTRATOR)
@require_POST
def again(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Retry a failed delivery."""
    deliveries = Delivery.objects.filter(subscription__ref=ref, subscription__removed_at=None)
    if retry_delivery(get_object_or_404(deliveries, pk=number), timezone.now()):
        messages.success(request, _("It will be sent again within seconds."))
    return redirect("webhook", ref)
