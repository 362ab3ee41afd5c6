"""Page of an order: next steps, impact before approval, the leg of each receiver, and timeline."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from fanzha.command.orders.forms import DoneForm, MeasurementForm
from fanzha.command.orders.impact import Impact, assess_impact
from fanzha.command.orders.measurements import MEASUREMENT_ROLES
from fanzha.command.orders.models import Measurement
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.presenters import action_words, present_legs
from fanzha.command.orders.target_disclosure import DISCLOSURE_STATES
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.presenters import NextStep, ProcessPage, present_process
from fanzha.command.web.access import signed_in
from fanzha.command.web.viewer import Viewer

#: States before which the impact is shown first.
_BEFORE = ("drafted", "returned")


@signed_in
def order(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one order."""
    viewer = request.viewer
    rows = ProcessInstance.objects.select_related("owner", "version").filter(process=PROCESS)
    instance = get_object_or_404(rows, ref=ref)
    page = present_process(instance, viewer)
    legs = present_legs(page, viewer)
    return render(
        request,
        "orders/order.html",
        {
            "shown": page,
            "back": PROCESS,
            "notices": instance.subject_notices.all(),
            "action": action_words(instance, instance.version.process),
            "legs": legs,
            "impact": _impact(instance, viewer),
            "second_person": [step for step in page.barred if _is_own_case(step, page, viewer)],
            "done_form": DoneForm(auto_id=False),
            "measurement_form": MeasurementForm(),
            "may_measure": viewer.has(*MEASUREMENT_ROLES) and any(not leg.is_end for leg in legs),
            "measurements": Measurement.objects.filter(instance=instance).select_related("owner")[:20],
            "takes_targets": any(leg.is_mine and leg.leg.state in DISCLOSURE_STATES for leg in legs),
        },
    )


def _is_own_case(step: NextStep, page: ProcessPage, viewer: Viewer) -> bool:
    """Return whether a step waits for a second person because the viewer took the first; the page says so."""
    event = page.instance.version.process.events.get(step.offer.event)
    if event is None or step.leg is not None or not event.other_than:
        return False
    first = [earlier.step for earlier in page.steps if earlier.step.event in event.other_than and not earlier.step.leg]
    answered = not event.answers or (first and first[-1].number == page.steps[-1].step.number)
    return bool(first) and first[-1].person_id == viewer.person and bool(answered)


def _impact(instance: ProcessInstance, viewer: Viewer) -> Impact | None:
    """Return the preview for the owner's people while nothing has been signed."""
    if instance.state not in _BEFORE or instance.owner_id != viewer.organization:
        return None
    draft = Step.objects.filter(instance=instance, leg="").order_by("number")[0]
    facts = instance.situation["facts"]
    values = map(str, draft.personal.get("subjects", []))
    return assess_impact(facts["target_kind"], facts["action"], values, viewer, timezone.now())
