"""Pages of the targets of an order: approve some and send the others back, with the evidence on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.whole_numbers import whole_number
from fanzha.command.orders.false_disposals import READER_ROLES, measure_false_disposals
from fanzha.command.orders.forms import ApprovalForm
from fanzha.command.orders.impact import Impact, assess_targets
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.presenters import action_words, false_disposal_table
from fanzha.command.orders.target_evidence import present_targets
from fanzha.command.orders.target_rows import select_targets, target_of
from fanzha.command.orders.targets import KIND_OF_ACTION, ParsedTargets
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import current_situation, find_instances, list_offers, to_actor
from fanzha.command.processes.services import fire
from fanzha.command.reviews.selectors import share_words
from fanzha.command.subjects.selectors import detector_title
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import Action
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

#: States of an order that no second person has approved: its page shows the impact first.
UNAPPROVED_STATES = ("drafted", "returned")
_EVENT = "approve"


@signed_in(*READER_ROLES)
def show_false_disposals(request: SignedInRequest) -> HttpResponse:
    """Show how often orders proved wrong, by organisation and detector."""
    found = measure_false_disposals(request.viewer, timezone.now())
    context = {
        "organizations": false_disposal_table(found.organizations, _("By organisation"), _("Organisation")),
        "detectors": false_disposal_table(
            [rate._replace(name=detector_title(rate.name)) for rate in found.detectors],
            _("By detector or rule of our own orders"),
            _("Detector or rule"),
        ),
        "reached": share_words(found.reached),
    }
    return render(request, "orders/false_disposals.html", context)


@signed_in(Role.REVIEWER)
def approve_order(request: SignedInRequest, ref: str) -> HttpResponse:
    """Approve the ticked targets of an order and send the others back."""
    viewer, now = request.viewer, timezone.now()
    rows = find_instances().select_related("owner", "version").filter(process=PROCESS)
    instance = get_object_or_404(rows, ref=ref)
    actor = to_actor(viewer)
    offer = next((offer for offer in list_offers(instance, actor) if (offer.event, offer.leg) == (_EVENT, "")), None)
    if offer is None or offer.why_not:
        why = localize(offer.why_not) if offer and offer.why_not else _("This order is not waiting for approval.")
        messages.warning(request, why)
        return redirect("order", ref)
    targets = present_targets(instance, viewer, now)
    posted = request.POST if request.method == "POST" else None
    form = ApprovalForm(targets, posted, may_send_back="sent_back" in offer.evidence)
    if form.is_bound and form.is_valid():
        try:
            fire(ref, _EVENT, actor, form.to_evidence(), revision=whole_number(request.POST.get("revision", "")))
        except Refusal as refused:
            for name, words in (refused.fields or {"": refused.words}).items():
                form.add_error(name if name in form.fields else None, localize(words))
        else:
            messages.success(request, _approved_words(instance, form))
            return redirect("order", ref)
    context = {
        "instance": instance,
        "action": action_words(instance, instance.version.process),
        "targets": targets,
        "ticked": form.ticked(),
        "form": form,
        "impact": order_impact(instance, viewer),
    }
    return render(request, "orders/approve.html", context, status=422 if form.errors else 200)


def order_impact(instance: ProcessInstance, viewer: Viewer) -> Impact | None:
    """Return the impact for people of the owner until an order is approved."""
    if instance.state not in UNAPPROVED_STATES or instance.owner_id != viewer.organization:
        return None
    actions = {target_of(row): Action(row.action) for row in select_targets(instance) if row.action}
    kinds = {target: KIND_OF_ACTION[action] for target, action in actions.items()}
    return assess_targets(ParsedTargets(tuple(actions), (), kinds, actions), viewer, timezone.now())


def _approved_words(instance: ProcessInstance, form: ApprovalForm) -> str:
    """Return a sentence on the approval: the number of targets and of notified organisations."""
    instance.refresh_from_db(fields=["situation"])
    approved, legs = len(form.cleaned_data["approved"]), len(current_situation(instance).legs)
    targets = ngettext("Approved: %(many)s of %(all)s target", "Approved: %(many)s of %(all)s targets", len(form.rows))
    told = ngettext("%(count)s organisation was told", "%(count)s organisations were told", legs)
    parts = (targets % {"many": approved, "all": len(form.rows)}, told % {"count": legs})
    return _("; ").join(parts)
