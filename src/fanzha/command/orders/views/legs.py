"""Actions on a leg: acknowledge, report execution with proof, remind, record a measurement, disclose targets."""

import csv
import io
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import WrongCall
from fanzha.command.exports.export_file import cell
from fanzha.command.orders.forms import DoneForm, MeasurementForm
from fanzha.command.orders.measurements import MEASUREMENT_ROLES, add_measurement
from fanzha.command.orders.models import MeasurementKind
from fanzha.command.orders.order_summary import PROCESS, InvalidOrder
from fanzha.command.orders.reminders import REMINDER_ROLES, may_remind, send_reminder
from fanzha.command.orders.target_disclosure import DISCLOSURE_ROLES, disclose_targets
from fanzha.command.organizations.reauthentication import AN_HOUR, require_confirmation_within
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.parties import to_actor
from fanzha.command.processes.services import fire
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal


@signed_in(*DISCLOSURE_ROLES)
@require_POST
def acknowledge(request: SignedInRequest, ref: str, leg: str) -> HttpResponse:
    """Acknowledge a leg."""
    row = _leg(ref, leg)
    return _tried(request, ref, lambda: _fire(request, row, "acknowledge", {}))


@signed_in(Role.EXECUTOR, Role.DUTY_OFFICER)
@require_POST
def report_done(request: SignedInRequest, ref: str, leg: str) -> HttpResponse:
    """Report that a leg is executed or lifted, with proof; acknowledge it first if necessary."""
    row = _leg(ref, leg)
    form = DoneForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("This cannot be sent yet: something is missing or wrong."))
        return redirect("order", ref)
    event = "report_lifted" if row.state == "releasing" else "report_executed"

    def report() -> None:
        if row.state in ("sent", "unanswered"):
            _fire(request, row, "acknowledge", {})
        _fire(request, row, event, form.evidence(event))

    return _tried(request, ref, report, _("Noted. The effect is proven by somebody else."))


@signed_in(*REMINDER_ROLES)
@require_POST
def remind(request: SignedInRequest, ref: str, leg: str) -> HttpResponse:
    """Urge the receiver of a leg."""
    viewer = request.viewer
    row = _leg(ref, leg)
    if not may_remind(row, viewer):
        raise Http404
    if send_reminder(row, viewer):
        messages.success(request, _("Urged: %(who)s") % {"who": row.receiver})
    else:
        messages.warning(request, _("%(who)s was urged within the last hour.") % {"who": row.receiver})
    return redirect("order", ref)


@signed_in(*MEASUREMENT_ROLES)
@require_POST
def measure(request: SignedInRequest, ref: str) -> HttpResponse:
    """Record a test call or a look at a site."""
    viewer = request.viewer
    instance = _order(ref)
    form = MeasurementForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This cannot be sent yet: something is missing or wrong."))
        return redirect("order", ref)
    data = form.cleaned_data

    def keep() -> None:
        events = add_measurement(
            instance, viewer, MeasurementKind(data["kind"]), data["value"], form.measurement(), data["at"]
        )
        legs = instance.version.process.legs
        for event in events:
            messages.success(request, localize(legs.events[event].title) if legs else event)

    return _tried(request, ref, keep, _("Recorded."))


@signed_in(*DISCLOSURE_ROLES)
@require_POST
@require_confirmation_within(AN_HOUR)
def show_targets(request: SignedInRequest, ref: str) -> HttpResponse:
    """Return the unmasked targets to a receiver of the order as CSV."""
    viewer = request.viewer
    try:
        targets = disclose_targets(_order(ref), viewer)
    except InvalidOrder as problem:
        messages.error(request, str(problem))
        return redirect("order", ref)
    if targets is None:
        raise Http404
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [("kind", "value"), *((target.kind, cell(target.value)) for target in targets)]
    )
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="order-{ref}.csv"'
    return answer


def _order(ref: str) -> ProcessInstance:
    rows = ProcessInstance.objects.select_related("owner", "version").filter(process=PROCESS)
    return get_object_or_404(rows, ref=ref)


def _leg(ref: str, name: str) -> Leg:
    rows = Leg.objects.select_related("instance__owner", "instance__version", "receiver")
    return get_object_or_404(rows, instance__ref=ref, instance__process=PROCESS, name=name)


def _fire(request: SignedInRequest, leg: Leg, event: str, evidence: dict[str, object]) -> None:
    fire(leg.instance.ref, event, to_actor(request.viewer), evidence, leg=leg.name)


def _tried(request: HttpRequest, ref: str, do: Callable[[], None], words: str = "") -> HttpResponse:
    try:
        do()
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    except WrongCall as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, words or _("Done."))
    return redirect("order", ref)
