"""Pages to draft an order from a campaign, subjects or a pasted list, with a preview of its impact."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import WrongCall
from fanzha.command.campaigns.models import Campaign
from fanzha.command.orders.forms import DraftForm
from fanzha.command.orders.impact import Impact, assess_impact
from fanzha.command.orders.services import campaign_targets, create_draft, subject_targets
from fanzha.command.orders.targets import list_actions
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal


@signed_in(Role.ANALYST)
def new_order(request: SignedInRequest) -> HttpResponse:
    """Show the form, filled from `campaign` or `subject`; draft the order."""
    viewer = request.viewer
    campaign = Campaign.objects.filter(ref=request.GET.get("campaign", "")).first()
    if request.method != "POST":
        form = DraftForm(viewer, initial=_initial(request, campaign))
        return _page(request, form, campaign, _preview_draft(form, viewer))
    form = DraftForm(viewer, request.POST, request.FILES)
    if form.is_valid():
        try:
            instance, impact = create_draft(form.order_draft(), viewer)
        except (Refusal, WrongCall) as refused:
            _show(form, refused)
        else:
            messages.success(request, _("The order waits for a second person."))
            if impact.left_out:
                messages.warning(request, _("Left out: %(many)s") % {"many": len(impact.left_out)})
            return redirect("order", instance.ref)
    return _page(request, form, campaign, _preview_draft(form, viewer))


@signed_in(Role.ANALYST)
@require_POST
def preview_impact(request: SignedInRequest) -> HttpResponse:
    """Show the impact of a draft: as a fragment, or as the whole page without JavaScript."""
    viewer = request.viewer
    form = DraftForm(viewer, request.POST)
    impact = _preview_draft(form, viewer)
    if getattr(request, "htmx", False):
        return render(request, "orders/_impact.html", {"impact": impact})
    return render(request, "orders/new.html", {"form": form, "campaign": None, "impact": impact})


def _page(request: HttpRequest, form: DraftForm, campaign: Campaign | None, impact: Impact | None) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "orders/new.html", {"form": form, "campaign": campaign, "impact": impact}, status=status)


def _initial(request: HttpRequest, campaign: Campaign | None) -> dict[str, object]:
    if campaign is not None:
        kind, subjects = campaign_targets(campaign.ref)
        initial = {"campaign": campaign.ref, "reason": localize(campaign.title)}
    else:
        kind, subjects = subject_targets(request.GET.getlist("subject")[:500])
        initial = {}
    return {"target_kind": kind, "action": request.GET.get("action", ""), "chosen": list(subjects), **initial}


def _preview_draft(form: DraftForm, viewer: Viewer) -> Impact | None:
    data = form.data if form.is_bound else form.initial
    values = form.values()
    if not values:
        return None
    kind = str(data.get("target_kind", ""))
    action = str(data.get("action", "")) or next(iter(list_actions(kind)), "")
    return assess_impact(kind, action, values, viewer, timezone.now())


def _show(form: DraftForm, refused: Refusal | WrongCall) -> None:
    if isinstance(refused, WrongCall):
        form.add_error(None, str(refused))
        return
    for name, words in refused.fields.items():
        form.add_error(name if name in form.fields else None, localize(words))
    if not refused.fields:
        form.add_error(None, localize(refused.words))
