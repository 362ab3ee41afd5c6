"""Page of a campaign: ties, findings by hour, subjects, timeline and possible transitions."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.campaigns import selectors
from fanzha.command.campaigns.forms import TransitionForm
from fanzha.command.campaigns.models import Campaign
from fanzha.command.campaigns.presenters import assignee_words, campaign_badges, campaign_subject_rows, campaign_summary
from fanzha.command.campaigns.queue import due_at
from fanzha.command.campaigns.selectors import strongest_reasons
from fanzha.command.campaigns.transitions import TransitionKind, refusal_reason
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.subjects.process_openings import available_openings
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import ActionButton, EmptyState, KeyFigure
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import DECIDERS, Role
from fanzha.command.web.viewer import Viewer


@signed_in
def campaign(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one campaign."""
    viewer = request.viewer
    rows = Campaign.objects.select_related("owner", "assignee", "handed_over_by", "merged_into")
    row = get_object_or_404(rows, ref=ref)
    decides = row.owner_id == viewer.organization and viewer.has(*DECIDERS)
    try:
        page = selectors.select_campaign_subjects(row, viewer, request.GET.get("cursor", ""))
    except ValueError:
        page = selectors.select_campaign_subjects(row, viewer)
    return render(
        request,
        "campaigns/campaign.html",
        {
            "campaign": row,
            "title": localize(row.title),
            "why": campaign_summary(row, timezone.now()),
            "reason": strongest_reasons([row], viewer).get(row.pk, ""),
            "badges": campaign_badges(row),
            "due": due_at(row),
            "whose": assignee_words(row, viewer),
            "own": row.owner_id == viewer.organization,
            "figures": _figures(row),
            "ties": [(selectors.tie_label(tie), tie.subjects) for tie in selectors.select_ties(row)],
            "chart": selectors.draw_findings_by_hour(row),
            "subjects": campaign_subject_rows(page.placed, pick=decides),
            "next": page.next,
            "empty": EmptyState(_("Only people to be warned are in it; they are counted, not listed.")),
            "processes": selectors.select_processes(row.ref),
            "happenings": selectors.campaign_timeline(row, viewer),
            "decides": decides,
            "press": _main_button(row, viewer) if decides else None,
            "undoable": selectors.last_undoable_action(row) if decides else None,
            "deed": TransitionForm(viewer, auto_id="deed-%s"),
            "can": {kind.value: refusal_reason(row, kind) is None for kind in TransitionKind},
            "order_url": _order_url(row),
            "drafts": viewer.has(Role.ANALYST),
            "beginnings": [
                opening for opening in available_openings(viewer) if opening.many and opening.process != "order"
            ]
            if decides
            else [],
        },
    )


def _figures(row: Campaign) -> list[KeyFigure]:
    figures = [
        KeyFigure(f"{row.subjects:,}", _("subjects")),
        KeyFigure(f"{row.findings:,}", _("findings")),
        KeyFigure(f"{row.top_score:.2f}", _("strongest score")),
    ]
    if row.calls:
        figures.append(KeyFigure(f"{row.calls:,}", _("calls at most")))
    if row.victims:
        figures.append(KeyFigure(f"{row.victims:,}", _("to be warned"), is_harm=True))
    if row.money:
        figures.append(KeyFigure(f"¥{row.money / 100:,.0f}", _("told of"), is_harm=True))
    return figures


def _main_button(row: Campaign, viewer: Viewer) -> ActionButton | None:
    """Return the button of the next step: assign, then confirm, then draft an order."""
    url, revision_field = reverse("campaign_act", args=[row.ref]), ("revision", str(row.revision))
    if row.confirmed_at and viewer.has(Role.ANALYST) and refusal_reason(row, TransitionKind.SET_ASIDE) is None:
        return ActionButton(
            _("Draft an order"), f"/orders/new?campaign={row.ref}", post=False, icon="send", main=True, key="a"
        )
    if row.assignee_id is None and refusal_reason(row, TransitionKind.TAKE) is None:
        return ActionButton(_("Take"), url, fields=(("doing", "take"), revision_field), main=True, key="a")
    if refusal_reason(row, TransitionKind.CONFIRM) is None:
        return ActionButton(
            _("Confirm as fraud"), url, fields=(("doing", "confirm"), revision_field), icon="check", main=True, key="a"
        )
    return None


def _order_url(row: Campaign) -> str:
    return f"{reverse('order_new')}?campaign={row.ref}"
