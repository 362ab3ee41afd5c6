"""The desk of calls from abroad: what a subscriber chose, a new choice, and its end. It lists no subscribers."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_person
from fanzha.command.warnings.forms import OverseasForm, OverseasLookupForm
from fanzha.command.warnings.models import ChoiceChannel, ChoiceKind, OverseasChoice
from fanzha.command.warnings.overseas_choices import ChoiceRequest, choose, end_choice, find_choice
from fanzha.command.warnings.overseas_settings import load_overseas_settings
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import FactItem, KeyFigure
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Kind, Role
from fanzha.kinds import all_kinds
from fanzha.processes.refusal import Refusal

KINDS = (Kind.CARRIER, Kind.MVNO)
ROLES = (Role.CLERK, Role.EXECUTOR, Role.DUTY_OFFICER)


@never_cache
@signed_in(*ROLES, kinds=KINDS)
def overseas(request: SignedInRequest) -> HttpResponse:
    """Look up the choice of a number, or record one, by the field `do`. URLs have no number."""
    lookup, form = OverseasLookupForm(), OverseasForm(most=load_overseas_settings().most_exceptions)
    found, confirmation, asked = None, "", ""
    if request.method == "POST" and request.POST.get("do") == "choose":
        form = OverseasForm(request.POST, most=load_overseas_settings().most_exceptions)
        if form.is_valid():
            try:
                outcome = choose(request.organization, _to_request(form), get_person(request.viewer))
                found, confirmation = outcome.choice, localize(outcome.confirmation)
                form = OverseasForm(most=load_overseas_settings().most_exceptions)
            except Refusal as refused:
                for name, words in refused.fields.items():
                    form.add_error(name if name in form.fields else None, localize(words))
    elif request.method == "POST":
        lookup = OverseasLookupForm(request.POST)
        if lookup.is_valid():
            asked = lookup.cleaned_data["asked"]
            found = find_choice(request.organization, asked)
    context = {
        "lookup": lookup,
        "form": form,
        "found": found,
        "facts": _facts(found) if found else [],
        "confirmation": confirmation,
        "is_unknown": bool(asked) and found is None,
        "figures": _figures(),
    }
    return render(request, "warnings/overseas.html", context, status=422 if form.errors or lookup.errors else 200)


@signed_in(*ROLES, kinds=KINDS)
@require_POST
def overseas_end(request: SignedInRequest) -> HttpResponse:
    """End the choice of a number by its holder's word; show the text that confirms it."""
    channel, choice = (
        request.POST.get("channel", ""),
        get_object_or_404(OverseasChoice, ref=request.POST.get("ref", "")),
    )
    try:
        outcome = end_choice(
            request.organization,
            choice.number,
            channel if channel in ChoiceChannel.values else ChoiceChannel.SHOP,
            get_person(request.viewer),
        )
        messages.success(request, localize(outcome.confirmation))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("overseas_choices")


def _to_request(form: OverseasForm) -> ChoiceRequest:
    given = form.cleaned_data
    exceptions = given.get("exceptions", "").split()
    return ChoiceRequest(given["number"], given["kind"], given["channel"], exceptions)


def _facts(choice: OverseasChoice) -> list[FactItem]:
    mask = all_kinds()["phone_number"].mask
    facts = [
        FactItem(_("Number"), mask(choice.number)),
        FactItem(_("Choice"), str(ChoiceKind(choice.kind).label)),
        FactItem(_("Asked by"), str(ChoiceChannel(choice.channel).label)),
        FactItem(_("Asked at"), choice.requested_at),
    ]
    if choice.holder_from is not None:
        facts.append(FactItem(_("Holder since"), choice.holder_from))
    if choice.exceptions:
        facts.append(FactItem(_("Let through"), [mask(number) for number in choice.exceptions]))
    return facts


def _figures() -> list[KeyFigure]:
    rows = OverseasChoice.objects.filter(ended_at=None).order_by().values("kind").annotate(count=Count("pk"))
    counts = {row["kind"]: row["count"] for row in rows}
    return [KeyFigure(f"{counts.get(kind.value, 0):,}", str(kind.label)) for kind in ChoiceKind]
