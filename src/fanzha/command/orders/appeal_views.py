"""The page on which a reviewer decides an appeal: what is said, the targets, the order and who decided on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanzha.base.errors import UsageError
from fanzha.base.whole_numbers import whole_number
from fanzha.command.orders.forms import MAX_REASON
from fanzha.command.orders.order_facts import order_facts
from fanzha.command.orders.order_summary import APPEAL_PROCESS, ORDER_DECISIONS, appealed_places
from fanzha.command.orders.target_appeals import DECISIONS, find_order
from fanzha.command.orders.target_evidence import present_targets
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import (
    current_situation,
    find_instance_page,
    find_instances,
    find_steps,
    present_process,
    to_actor,
)
from fanzha.command.processes.services import fire
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import FactItem
from fanzha.command.web.field_choices import set_choices
from fanzha.command.web.i18n import localize, localize_text
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.processes.situation import Offer

_APPEALS = ("appeal", "appeal_to_regulator")
_NEXT = "next_channel"


class AppealDecisionForm(forms.Form):
    """The decision on an appeal, with its reason; a rejection names the next remedy."""

    event = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The person concerned is told the decision and the reason is kept on record."),
        max_length=MAX_REASON,
        widget=forms.Textarea({"rows": 3}),
    )
    next_channel = forms.CharField(
        label=gettext_lazy("Next remedy named, if you reject it"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, offers: list[Offer], *args: Any, **kwargs: Any) -> None:
        """`offers` are the decisions that this person may take now."""
        super().__init__(*args, **kwargs)
        self._offers = {offer.event: offer for offer in offers}
        set_choices(self, "event", [(offer.event, localize(offer.title)) for offer in offers])
        if any(_NEXT in offer.evidence for offer in offers):
            self.initial.setdefault(_NEXT, _("An appeal to the regulator, administrative review, or the court"))
        else:
            del self.fields[_NEXT]

    def clean(self) -> dict[str, Any]:
        """Add an error if a rejection names no next remedy."""
        data = super().clean() or self.cleaned_data
        offer = self._offers.get(data.get("event", ""))
        if offer is not None and _NEXT in offer.evidence and not data.get(_NEXT):
            self.add_error(_NEXT, _("Name the next remedy: the person concerned has a right to know it."))
        return data

    def to_evidence(self) -> dict[str, Any]:
        """Return the evidence of the chosen event."""
        fields = self._offers[self.cleaned_data["event"]].evidence
        return {name: self.cleaned_data[name] for name in ("reason", _NEXT) if name in fields}


class AppealDecision(NamedTuple):
    """One decision on the order before the appeal: its title, the step with person and unit, and the opinion."""

    title: Any
    step: Any
    opinion: str


@signed_in(Role.REVIEWER)
def decide_appeal(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show what an appeal is about, and record the decision; none is chosen beforehand."""
    viewer = request.viewer
    rows = find_instances().select_related("owner", "version").filter(process=APPEAL_PROCESS)
    instance = get_object_or_404(rows, ref=ref)
    page = present_process(instance, viewer)
    offers = [step.offer for step in page.allowed if step.offer.event in DECISIONS and not step.offer.leg]
    form = AppealDecisionForm(offers, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        revision = whole_number(request.POST.get("revision", ""))
        event = form.cleaned_data["event"]
        try:
            fire(ref, event, to_actor(viewer), form.to_evidence(), revision=revision)
        except Refusal as refused:
            for name, words in (refused.fields or {"": refused.words}).items():
                form.add_error(name if name in form.fields else None, localize(words))
        except UsageError as wrong:
            form.add_error(None, str(wrong))
        else:
            done = instance.version.process.events[event].done
            messages.success(request, localize(done) if done else _("Done."))
            return redirect("process", ref)
    order = find_order(instance)
    if order is not None and not find_instances().filter(pk=order.pk).exists():
        order = None  # who may not read the order sees the appeal alone
    places = appealed_places(current_situation(instance).facts)
    targets = present_targets(order, viewer, timezone.now()) if order else []
    context = {
        "page": page,
        "instance": instance,
        "statements": [row for row in page.steps if row.step.event in _APPEALS],
        "targets": [row for row in targets if row.target.place in places],
        "order": order,
        "order_page": find_instance_page(order.process) if order else "",
        "facts": _order_facts(order) if order else [],
        "decisions": _decisions(order) if order else [],
        "form": form,
        "may_decide": bool(offers),
    }
    return render(request, "orders/appeal.html", context, status=422 if form.errors else 200)


def _order_facts(order: ProcessInstance) -> list[FactItem]:
    return [
        *order_facts(order),
        FactItem(_("Ordered by"), str(order.owner)),
        FactItem(_("State"), localize(order.version.process.states[order.state].title)),
        FactItem(_("Drafted"), order.opened_at),
    ]


def _decisions(order: ProcessInstance) -> list[AppealDecision]:
    """Return the steps by which people decided on the order."""
    events = order.version.process.events
    rows = find_steps().filter(instance=order, leg="", event__in=ORDER_DECISIONS)
    return [
        AppealDecision(
            events[step.event].title,
            step,
            localize_text(str(step.evidence.get("opinion") or step.evidence.get("danger") or "")),
        )
        for step in rows.select_related("person", "organization").order_by("number")
        if step.event in events
    ]
