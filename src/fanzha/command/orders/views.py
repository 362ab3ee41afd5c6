"""Pages of orders."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fanzha.base.csv_cells import plain_cell
from fanzha.base.errors import UsageError
from fanzha.command.campaigns.selectors import find_campaigns
from fanzha.command.orders.delivery import retry_sending
from fanzha.command.orders.draft_form import DraftForm, build_draft_form
from fanzha.command.orders.endpoint_keys import our_public_keys
from fanzha.command.orders.endpoints import available_channels, check_endpoint, rotate_endpoint_key, save_endpoint
from fanzha.command.orders.false_disposals import READER_ROLES
from fanzha.command.orders.forms import DoneForm, EndpointForm, MeasurementForm, OrderFilterForm
from fanzha.command.orders.impact import Impact, assess_impact
from fanzha.command.orders.measurements import MEASUREMENT_ROLES, add_measurement
from fanzha.command.orders.models import (
    Endpoint,
    Measurement,
    MeasurementKind,
    ReceivedAnswer,
    ReceivedMessage,
    Sending,
    SendingState,
)
from fanzha.command.orders.order_facts import order_facts
from fanzha.command.orders.order_summary import APPEAL_PROCESS, PROCESS, InvalidOrder
from fanzha.command.orders.presenters import (
    describe_measurement,
    needs_proof,
    order_figures,
    present_endpoints,
    present_legs,
    present_orders,
)
from fanzha.command.orders.receiver_messages import ingest_request
from fanzha.command.orders.reminders import REMINDER_ROLES, may_remind, send_reminder
from fanzha.command.orders.selectors import PAGE, filter_orders
from fanzha.command.orders.services import campaign_targets, create_draft, subject_targets
from fanzha.command.orders.target_appeals import present_appeals
from fanzha.command.orders.target_disclosure import (
    DISCLOSURE_ROLES,
    DISCLOSURE_STATES,
    disclose_targets,
    record_written_targets,
)
from fanzha.command.orders.target_evidence import present_targets, sent_back_query
from fanzha.command.orders.target_views import UNAPPROVED_STATES, order_impact
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.selectors import (
    build_action_bar,
    describe_title,
    find_instances,
    find_legs,
    present_process,
    take_process_page,
    to_actor,
)
from fanzha.command.processes.services import fire
from fanzha.command.saved_views.selectors import open_default_view
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState
from fanzha.command.web.i18n import localize
from fanzha.command.web.list_options import keep_columns
from fanzha.command.web.reauthentication import AN_HOUR, require_confirmation_within
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import IncomingMessage, UnreadableAnswer, UnverifiedMessage, all_channels
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.campaigns.models import Campaign
    from fanzha.command.processes.models import Leg, ProcessInstance

# Pages to draft an order from a campaign, subjects or a pasted list, with a preview of its impact.


@signed_in(Role.ANALYST)
def new_order(request: SignedInRequest) -> HttpResponse:
    """Show the form, filled from `campaign` or `subject`; draft the order."""
    viewer = request.viewer
    campaign = find_campaigns().filter(ref=request.GET.get("campaign", "")).first()
    form_class = build_draft_form(viewer)
    if request.method != "POST":
        form = form_class(initial=_initial_values(request, campaign))
        return _render_draft(request, form, campaign, _preview_draft(form, viewer))
    form = form_class(request.POST, request.FILES)
    if form.is_valid():
        record_written_targets(viewer, form.choices(), form.written_values())
        try:
            instance, impact = create_draft(form.evidence(), form.target_values(), viewer)
        except (Refusal, UsageError) as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, _("The order was sent to a second person for approval."))
            if impact.left_out:
                messages.warning(request, _("Left out: %(many)s") % {"many": len(impact.left_out)})
            return redirect("order", instance.ref)
    return _render_draft(request, form, campaign, _preview_draft(form, viewer))


@signed_in(Role.ANALYST)
@require_POST
def preview_impact(request: SignedInRequest) -> HttpResponse:
    """Show the impact of a draft: as a fragment, or as the whole page without JavaScript.

    With `part=actions`, show the actions of the kinds that occur; that discloses nothing about the targets.
    """
    viewer = request.viewer
    form = build_draft_form(viewer)(request.POST)
    if request.GET.get("part") == "actions":
        form.errors.clear()
        return render(request, "orders/_actions.html", {"form": form})
    impact = _preview_draft(form, viewer)
    if getattr(request, "htmx", False):
        return render(request, "orders/_impact.html", {"impact": impact})
    return render(request, "orders/new.html", {"form": form, "campaign": None, "impact": impact})


def _render_draft(
    request: HttpRequest, form: DraftForm, campaign: Campaign | None, impact: Impact | None
) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "orders/new.html", {"form": form, "campaign": campaign, "impact": impact}, status=status)


def _initial_values(request: HttpRequest, campaign: Campaign | None) -> dict[str, object]:
    if campaign is not None:
        targets = campaign_targets(campaign.ref)
        initial = {"campaign": campaign.ref, "reason": localize(campaign.title)}
    else:
        targets = subject_targets(request.GET.getlist("subject")[:500])
        initial = {}
    action = request.GET.get("action", "")
    return {"target_kind": targets.kind, "action": action, "chosen": list(targets.values), **initial}


def _preview_draft(form: DraftForm, viewer: Viewer) -> Impact | None:
    values = form.target_values()
    if not values:
        return None
    record_written_targets(viewer, form.choices(), form.written_values())
    return assess_impact(form.choices(), values, viewer, timezone.now())


def _add_errors(form: DraftForm, refused: Refusal | UsageError) -> None:
    if isinstance(refused, UsageError):
        form.add_error(None, str(refused))
        return
    for name, words in refused.fields.items():
        form.add_error(name if name in form.fields else None, localize(words))
    if not refused.fields:
        form.add_error(None, localize(refused.words))


# Pages of the endpoints of the viewer's organisation: channels, keys, tests, failed deliveries and answers.

LATEST = 50


@signed_in(Role.ADMINISTRATOR)
def endpoints(request: SignedInRequest) -> HttpResponse:
    """List the endpoints with their figures, failed deliveries and received messages."""
    viewer = request.viewer
    organization = get_organization(viewer.organization)
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
    """Create or change the endpoint of a channel."""
    viewer = request.viewer
    organization = get_organization(viewer.organization)
    channels = [candidate for candidate in available_channels(organization) if candidate.name == channel]
    if not channels:
        raise Http404
    endpoint = Endpoint.objects.filter(owner=organization, channel=channel).first()
    initial = {name: getattr(endpoint, name) for name in _ENDPOINT_FIELDS} if endpoint else {}
    form = EndpointForm(channels, request.POST if request.method == "POST" else None, initial=initial)
    form.fields["channel"].initial = channel
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = save_endpoint(viewer, channel, **{name: data[name] for name in _ENDPOINT_FIELDS})
        except Refusal as refused:
            for name, words in refused.fields.items():
                form.add_error(name, localize(words))
        else:
            messages.success(request, _("Saved. Test it before you use it for orders."))
            return redirect("order_endpoint", saved.channel)
    context = {
        "form": form,
        "channel": channels[0],
        "endpoint": endpoint,
        "public_keys": _public_keys(endpoint),
    }
    return render(request, "orders/endpoint.html", context, status=422 if form.errors else 200)


_ENDPOINT_FIELDS = ("address", "their_keys", "secret_file", "is_active")


@signed_in(Role.ADMINISTRATOR)
@require_POST
def try_endpoint(request: SignedInRequest, channel: str) -> HttpResponse:
    """Test an endpoint."""
    viewer = request.viewer
    if problem := check_endpoint(_own_endpoint(viewer, channel), viewer):
        messages.error(request, _("Not working: %(why)s") % {"why": problem})
    else:
        messages.success(request, _("Working."))
    return redirect("order_endpoint", channel)


@signed_in(Role.ADMINISTRATOR)
@require_POST
def rotate_key(request: SignedInRequest, channel: str) -> HttpResponse:
    """Create a new signing key; the previous key also signs until the next rotation."""
    viewer = request.viewer
    rotate_endpoint_key(_own_endpoint(viewer, channel), viewer)
    messages.success(request, _("The new key is in use. The old key also signs until the next change."))
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
        messages.warning(request, _("This delivery is still being tried."))
    return redirect("order_endpoints")


def _own_endpoint(viewer: Viewer, channel: str) -> Endpoint:
    return get_object_or_404(Endpoint, owner=viewer.organization, channel=channel)


def _public_keys(endpoint: Endpoint | None) -> list[str]:
    try:
        return our_public_keys(endpoint) if endpoint else []
    except UsageError:
        return []


# The endpoint to which receivers' systems post signed answers; unsigned requests get no information.

LONGEST = 4_194_304


@csrf_exempt
@require_POST
def receive_answers(request: HttpRequest, ref: str) -> HttpResponse:
    """Receive answers of an endpoint: 200 with each result, 401 if not signed, 413 if too large, 422 if invalid."""
    if len(request.body) > LONGEST:
        return JsonResponse({"problem": "too large"}, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    with unscoped("a receiver's system is no viewer: its signature tells whose answers these are"):
        endpoint = Endpoint.objects.select_related("owner").filter(ref=ref, is_active=True).first()
        if endpoint is None or all_channels()[endpoint.channel].goes != "http":
            return JsonResponse({"problem": "not signed by anybody who is known"}, status=401)
        try:
            message = ingest_request(endpoint, IncomingMessage(request.body, headers), timezone.now())
        except UnverifiedMessage:
            return JsonResponse({"problem": "not signed by anybody who is known"}, status=401)
        except UsageError:
            return JsonResponse({"problem": "the key of this endpoint is not there"}, status=503)
        except UnreadableAnswer as problem:
            return JsonResponse({"problem": str(problem)}, status=422)
        rows = message.answers.values("leg", "state", "outcome", "reason_zh", "reason_en")
        return JsonResponse({"used": message.used, "rejected": message.rejected, "answers": list(rows)})


# Actions on a leg: acknowledge, report execution with proof, remind, record a measurement, disclose targets.


@signed_in(*DISCLOSURE_ROLES)
@require_POST
def acknowledge(request: SignedInRequest, ref: str, leg: str) -> HttpResponse:
    """Acknowledge a leg."""
    row = _leg(ref, leg)
    return _run_action(request, ref, lambda: _fire(request, row, "acknowledge", {}))


@signed_in(Role.EXECUTOR, Role.DUTY_OFFICER)
@require_POST
def report_done(request: SignedInRequest, ref: str, leg: str) -> HttpResponse:
    """Report that a leg is executed or lifted, with proof; acknowledge it first if necessary."""
    row = _leg(ref, leg)
    event = "report_lifted" if row.state == "releasing" else "report_executed"
    form = DoneForm(request.POST, request.FILES, needs_proof=needs_proof(row.instance, event))
    if not form.is_valid():
        faults = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(request, _("Cannot be sent yet: %(why)s") % {"why": " ".join(faults)})
        return redirect("order", ref)

    def report() -> None:
        if row.state in ("sent", "unanswered"):
            _fire(request, row, "acknowledge", {})
        _fire(request, row, event, form.to_evidence(event, request.viewer))

    return _run_action(request, ref, report, _("Recorded. Another organisation will verify the effect."))


@signed_in(*REMINDER_ROLES)
@require_POST
def remind(request: SignedInRequest, ref: str, leg: str) -> HttpResponse:
    """Send a reminder to the receiver of a leg."""
    viewer = request.viewer
    row = _leg(ref, leg)
    if not may_remind(row, viewer):
        raise Http404
    if send_reminder(row, viewer):
        messages.success(request, _("Reminder sent: %(who)s") % {"who": row.receiver})
    else:
        messages.warning(request, _("%(who)s was already reminded within the last hour.") % {"who": row.receiver})
    return redirect("order", ref)


@signed_in(*MEASUREMENT_ROLES)
@require_POST
def measure(request: SignedInRequest, ref: str) -> HttpResponse:
    """Record a test call or a site probe."""
    viewer = request.viewer
    instance = _order(ref)
    form = MeasurementForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Cannot be sent yet: something is missing or wrong."))
        return redirect("order", ref)
    data = form.cleaned_data

    def record_measurement() -> None:
        events = add_measurement(
            instance, viewer, MeasurementKind(data["kind"]), data["value"], form.details(), data["at"]
        )
        legs = instance.version.process.legs
        for event in events:
            messages.success(request, localize(legs.events[event].title) if legs else event)

    return _run_action(request, ref, record_measurement, _("Recorded."))


@signed_in(*DISCLOSURE_ROLES)
@require_POST
@require_confirmation_within(AN_HOUR)
def show_targets(request: SignedInRequest, ref: str) -> HttpResponse:
    """Return the unmasked targets to a receiver of the order as CSV."""
    viewer = request.viewer
    try:
        targets = disclose_targets(_order(ref, PROCESS, APPEAL_PROCESS), viewer)
    except InvalidOrder as problem:
        messages.error(request, str(problem))
        return redirect("order", ref)
    if targets is None:
        raise Http404
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [
            ("kind", "value", "action"),
            *((item.target.kind, plain_cell(item.target.value), item.action.value) for item in targets),
        ]
    )
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="order-{ref}.csv"'
    return answer


def _order(ref: str, *processes: str) -> ProcessInstance:
    rows = find_instances().select_related("owner", "version").filter(process__in=processes or (PROCESS,))
    return get_object_or_404(rows, ref=ref)


def _leg(ref: str, name: str) -> Leg:
    rows = find_legs().select_related("instance__owner", "instance__version", "receiver")
    return get_object_or_404(rows, instance__ref=ref, instance__process=PROCESS, name=name)


def _fire(request: SignedInRequest, leg: Leg, event: str, evidence: dict[str, object]) -> None:
    fire(leg.instance.ref, event, to_actor(request.viewer), evidence, leg=leg.name)


def _run_action(request: HttpRequest, ref: str, action: Callable[[], None], words: str = "") -> HttpResponse:
    try:
        action()
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    except UsageError as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, words or _("Done."))
    return redirect("order", ref)


# Page of an order: next steps, impact before approval, the leg of each receiver, and timeline.


@signed_in
def order(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one order."""
    viewer = request.viewer
    rows = find_instances().select_related("owner", "version").filter(process=PROCESS)
    instance = get_object_or_404(rows, ref=ref)
    page = present_process(instance, viewer)
    legs, targets = present_legs(page, viewer), present_targets(instance, viewer, timezone.now())
    return render(
        request,
        "orders/order.html",
        {
            "page": page,
            "name": describe_title(instance),
            "bar": build_action_bar([step for step in page.allowed if step.leg is None]),
            "notices": instance.subject_notices.all(),
            "facts": order_facts(instance),
            "legs": legs,
            "targets": targets,
            "sent_back": sent_back_query(targets) if viewer.has(Role.ANALYST) else "",
            "appeals": present_appeals(instance, viewer),
            "may_appeal": viewer.has(Role.CLERK) and page.is_limiting,
            "is_approved": instance.state not in UNAPPROVED_STATES,
            "impact": order_impact(instance, viewer),
            "done_form": DoneForm(auto_id=False),
            "measurement_form": MeasurementForm(),
            "may_measure": viewer.has(*MEASUREMENT_ROLES) and any(not leg.is_end for leg in legs),
            "measurements": [
                (measurement, describe_measurement(measurement))
                for measurement in Measurement.objects.filter(instance=instance).select_related("owner")[:40]
            ],
            "takes_targets": any(leg.is_mine and leg.leg.state in DISCLOSURE_STATES for leg in legs),
        },
    )


# The page with the list of orders.


@signed_in
def list_orders(request: SignedInRequest) -> HttpResponse:
    """Show a page of the list."""
    if (default := open_default_view(request, "orders")) is not None:
        return default
    viewer = request.viewer
    form = OrderFilterForm(viewer, request.GET)
    rows = filter_orders(form.to_filter(), viewer, timezone.now()).select_related("owner", "version")
    orders, end = take_process_page(rows, form.sort, request.GET.get("cursor", ""), PAGE)
    return render(
        request,
        "orders/orders.html",
        {
            "filter_form": form,
            "figures": order_figures(viewer),
            "rows": keep_columns(present_orders(orders, viewer), form.columns),
            "next": end,
            "empty": EmptyState(_("No orders match. Choose another state, or draft one from a campaign or subject.")),
            "may_draft": viewer.has(Role.ANALYST),
            "may_administer": viewer.has(Role.ADMINISTRATOR),
            "may_see_false": viewer.has(*READER_ROLES),
        },
    )
