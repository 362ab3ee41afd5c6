"""Pages of webhooks."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_person
from fanzha.command.processes.selectors import load_processes
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import Badge, EmptyState, ListRow, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.command.webhooks.delivery import retry_delivery
from fanzha.command.webhooks.forms import SubscribeForm
from fanzha.command.webhooks.models import Delivery, DeliveryState, Subscription
from fanzha.command.webhooks.services import cancel_subscription, change_key, set_active, subscribe
from fanzha.command.webhooks.signing_keys import public_keys
from fanzha.processes.refusal import Refusal

# Pause, resume and end a subscription, change its key, and retry failed deliveries.


@signed_in(Role.ADMINISTRATOR)
@require_POST
def change(request: SignedInRequest, ref: str) -> HttpResponse:
    """Apply the action in the field `do`: pause, resume, key or end."""
    subscription = get_object_or_404(Subscription.objects.select_related("owner"), ref=ref, removed_at=None)
    person = get_person(request.viewer)
    try:
        match request.POST.get("do"):
            case "pause":
                set_active(subscription, False, person)
            case "resume":
                set_active(subscription, True, person)
            case "key":
                change_key(subscription, person)
                messages.info(
                    request, _("Give the new key to the subscriber. The old key also signs until the next change.")
                )
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
def send_again(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Retry a failed delivery."""
    deliveries = Delivery.objects.filter(subscription__ref=ref, subscription__removed_at=None)
    if retry_delivery(get_object_or_404(deliveries, pk=number), timezone.now()):
        messages.success(request, _("It will be sent again in a few seconds."))
    return redirect("webhook", ref)


# Pages of subscriptions and their deliveries.

SHOWN = 50


@signed_in(Role.ADMINISTRATOR)
def listing(request: SignedInRequest) -> HttpResponse:
    """List the subscriptions of the organisation, and add one."""
    form = SubscribeForm(request.POST) if request.method == "POST" else SubscribeForm()
    if request.method == "POST" and form.is_valid():
        person = get_person(request.viewer)
        values = form.cleaned_data
        try:
            subscription = subscribe(request.organization, values["url"], values["processes"], person)
        except Refusal as refused:
            form.add_error(next(iter(refused.fields), None), localize(refused.words))
        else:
            return redirect("webhook", subscription.ref)
    rows = Subscription.objects.filter(removed_at=None).annotate(
        dead=Count("deliveries", filter=Q(deliveries__state=DeliveryState.DEAD)),
        waiting=Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING)),
    )
    context = {
        "form": form,
        "rows": [_row(subscription) for subscription in rows.order_by("-id")[:SHOWN]],
        "empty": EmptyState(_("There are no subscriptions. Add one below to send steps to another system."), "send"),
    }
    return render(request, "webhooks/listing.html", context, status=422 if form.errors else 200)


@signed_in(Role.ADMINISTRATOR)
def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one subscription with its keys, failed deliveries and latest deliveries."""
    subscription = get_object_or_404(Subscription.objects.select_related("made_by"), ref=ref, removed_at=None)
    deliveries = Delivery.objects.filter(subscription=subscription)
    context = {
        "subscription": subscription,
        "process_titles": process_titles(subscription),
        "keys": public_keys(subscription),
        "dead": list(deliveries.filter(state=DeliveryState.DEAD).order_by("id")[:SHOWN]),
        "latest": list(deliveries.exclude(state=DeliveryState.DEAD).order_by("-id")[:SHOWN]),
    }
    return render(request, "webhooks/webhook.html", context)


def process_titles(subscription: Subscription) -> str:
    """Return the titles of the subscribed processes."""
    processes = load_processes()
    return ", ".join(localize(processes[name].title) for name in subscription.processes if name in processes) or _(
        "all processes"
    )


def _row(subscription: Subscription) -> ListRow:
    dead, waiting = subscription.dead, subscription.waiting  # type: ignore[attr-defined]
    badges = [] if subscription.is_active else [Badge(_("paused"), "clock")]
    badges += [Badge(_("%(count)s given up") % {"count": dead}, "alert", Tone.HARM)] if dead else []
    why = _("%(count)s waiting") % {"count": waiting} if waiting else _("all delivered")
    return ListRow(
        title=subscription.url,
        href=reverse("webhook", args=[subscription.ref]),
        summary=why,
        badges=tuple(badges),
        at=subscription.made_at,
        meta=(process_titles(subscription),),
    )
