"""Pages of the queue and of campaigns."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.base.words import Words
from fanzha.command.campaigns import selectors
from fanzha.command.campaigns.bulk_runs import (
    AT_ONCE,
    MAX_MATCHED,
    matching_refs,
    retry_run,
    start_large_undo,
    start_run,
)
from fanzha.command.campaigns.forms import QueueFilterForm, TransitionForm
from fanzha.command.campaigns.models import BulkRun, BulkRunState, Campaign, CampaignAction
from fanzha.command.campaigns.moves import merge_selected
from fanzha.command.campaigns.moves import transfer_subjects as move_subjects
from fanzha.command.campaigns.presenters import (
    assignee_words,
    campaign_badges,
    campaign_rows,
    campaign_subject_rows,
    campaign_summary,
    confirm_words,
)
from fanzha.command.campaigns.preview import MAX_CAMPAIGNS, build_preview
from fanzha.command.campaigns.queue import QueueFilter, due_at, filter_queue, queue_page, strongest_sentences
from fanzha.command.campaigns.services import TransitionResult, apply_transition
from fanzha.command.campaigns.transitions import TRANSITION_WORDS, CampaignTransition, TransitionKind, refusal_reason
from fanzha.command.campaigns.undo import undo_transition
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.saved_views.selectors import clean_query, open_default_view
from fanzha.command.subjects.selectors import available_openings, maturity_listings
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import ActionButton, EmptyState, KeyFigure
from fanzha.command.web.counts import CappedCount, count_capped
from fanzha.command.web.i18n import localize
from fanzha.command.web.list_options import keep_columns
from fanzha.command.web.roles import DECIDERS, Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal

# Page of a campaign: ties, findings by hour, subjects, timeline and possible transitions.


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
    empty = EmptyState(_("All its subjects are people to reach. They are counted, not listed."))
    return render(
        request,
        "campaigns/campaign.html",
        {
            "campaign": row,
            "title": localize(row.title),
            "summary": campaign_summary(row, timezone.now()),
            "reason": strongest_sentences([row], viewer).get(row.pk, ""),
            "badges": campaign_badges(row),
            "due": due_at(row),
            "assignee": assignee_words(row, viewer),
            "is_own": row.owner_id == viewer.organization,
            "figures": _figures(row),
            "ties": [(selectors.tie_label(tie), tie.subjects) for tie in selectors.select_ties(row)],
            "chart": selectors.draw_findings_by_hour(row),
            "subjects": maturity_listings(
                campaign_subject_rows(
                    page.campaign_subjects, with_checkboxes=decides, ordered_at=selectors.find_order_time(row)
                ),
                empty,
            ),
            "next": page.next,
            "empty": empty,
            "processes": selectors.select_processes(row.ref),
            "timeline": selectors.campaign_timeline(row, viewer),
            "may_decide": decides,
            "main_button": _main_button(row, viewer) if decides else None,
            "undoable": selectors.last_undoable_action(row) if decides else None,
            "transition_form": TransitionForm(viewer, auto_id="transition-%s"),
            "allowed": {kind.value: refusal_reason(row, kind) is None for kind in TransitionKind},
            "order_url": _order_url(row),
            "may_draft_order": viewer.has(Role.ANALYST),
            "openings": [opening for opening in available_openings(viewer) if opening.many and not opening.page]
            if decides
            else [],
        },
    )


def _figures(campaign: Campaign) -> list[KeyFigure]:
    figures = [
        KeyFigure(f"{campaign.subjects:,}", _("subjects")),
        KeyFigure(f"{campaign.findings:,}", _("findings")),
        KeyFigure(f"{campaign.top_score:.2f}", _("highest score")),
    ]
    if campaign.calls:
        figures.append(KeyFigure(f"{campaign.calls:,}", _("calls at most")))
    if campaign.victims:
        figures.append(KeyFigure(f"{campaign.victims:,}", _("to reach"), is_harm=True))
    if campaign.money:
        figures.append(KeyFigure(f"¥{campaign.money / 100:,.0f}", _("reported loss"), is_harm=True))
    return figures


def _main_button(campaign: Campaign, viewer: Viewer) -> ActionButton | None:
    """Return the button of the next step: assign, then confirm, then draft an order."""
    url, revision_field = reverse("campaign_act", args=[campaign.ref]), ("revision", str(campaign.revision))
    if campaign.confirmed_at and viewer.has(Role.ANALYST) and refusal_reason(campaign, TransitionKind.CLEAR) is None:
        return ActionButton(
            _("Draft an order"), f"/orders/new?campaign={campaign.ref}", post=False, icon="send", main=True, key="a"
        )
    if campaign.assignee_id is None and refusal_reason(campaign, TransitionKind.TAKE) is None:
        return ActionButton(_("Take"), url, fields=(("doing", "take"), revision_field), main=True, key="a")
    if refusal_reason(campaign, TransitionKind.CONFIRM) is None:
        return ActionButton(
            _("Confirm as fraud"),
            url,
            fields=(("doing", "confirm"), revision_field),
            icon="check",
            main=True,
            key="a",
            confirm=confirm_words(campaign, viewer),
        )
    return None


def _order_url(campaign: Campaign) -> str:
    return f"{reverse('order_new')}?campaign={campaign.ref}"


# Page of the queue: waiting campaigns, hottest first, with a preview pane.

#: Campaigns that a preview names; the others are counted.
PREVIEWED_ROWS = 100
#: Transitions of several campaigns at once.
IN_BULK = (
    TransitionKind.TAKE,
    TransitionKind.CONFIRM,
    TransitionKind.SNOOZE,
    TransitionKind.CLEAR,
    TransitionKind.HAND_OVER,
    TransitionKind.MERGE,
)


@signed_in
def queue(request: SignedInRequest) -> HttpResponse:
    """Show a page of the queue."""
    if (default := open_default_view(request, "campaign_queue")) is not None:
        return default
    viewer = request.viewer
    form = QueueFilterForm(viewer, request.GET)
    queue_filter = form.to_filter()
    try:
        page = queue_page(queue_filter, viewer, request.GET.get("cursor", ""))
    except ValueError:
        page = queue_page(queue_filter, viewer)
    empty = EmptyState(_("Nothing is waiting. New findings appear here automatically."))
    return render(
        request,
        "campaigns/queue.html",
        {
            "filter_form": form,
            "listings": maturity_listings(keep_columns(campaign_rows(page.rows, viewer), form.columns), empty),
            "next": page.next,
            "empty": empty,
            "may_decide": viewer.has(*DECIDERS),
            "transition_kinds": IN_BULK,
            "filter": request.META.get("QUERY_STRING", ""),
            "matching": _count_matching(queue_filter, viewer),
        },
    )


def _count_matching(queue_filter: QueueFilter, viewer: Viewer) -> CappedCount | None:
    """Return how many campaigns the filter selects, None for those of other organisations."""
    if queue_filter.owner or not viewer.has(*DECIDERS):
        return None
    return count_capped(filter_queue(Campaign.objects.all(), queue_filter, viewer, timezone.now()), MAX_MATCHED)


# Views that change campaigns: one transition, several after a preview, moves and undo; all redirect with a message.


@signed_in(*DECIDERS)
@require_POST
def act(request: SignedInRequest, ref: str) -> HttpResponse:
    """Apply a transition to one campaign unless it changed since it was displayed."""
    viewer = request.viewer
    row = get_object_or_404(Campaign, ref=ref)
    form = TransitionForm(viewer, request.POST)
    if not form.is_valid():
        messages.error(request, _("This cannot be done. Something is missing or wrong."))
        return _redirect_back(request, row)
    revisions = {row.ref: form.cleaned_data["revision"]}
    return _run_and_redirect(
        request,
        lambda: _report_result(
            request, form.to_transition(), apply_transition(revisions, form.to_transition(), viewer)
        ),
        row,
    )


@signed_in(*DECIDERS)
@require_POST
def bulk(request: SignedInRequest) -> HttpResponse:
    """Preview a transition of the selected campaigns; apply it once confirmed to those that were shown, unchanged."""
    viewer, shown = request.viewer, _read_shown(request)
    query = clean_query(request.POST.get("filter", "")) if request.POST.get("all") == "yes" else None
    picked = list(shown) or (
        request.POST.getlist("pick")[:MAX_CAMPAIGNS] if query is None else matching_refs(query, viewer)
    )
    form = TransitionForm(viewer, request.POST)
    if not picked or not form.is_valid():
        messages.warning(request, _("Select campaigns first, then choose an action."))
        return _redirect_back(request)
    transition = form.to_transition()
    if request.POST.get("confirmed") != "yes" or (query is not None and not shown):
        preview = build_preview(picked, transition.kind, viewer)
        form.fields["note"].required = transition.kind is TransitionKind.CLEAR
        words = localize(TRANSITION_WORDS[transition.kind][0])
        context = {
            "preview": preview,
            "transition": transition,
            "words": words,
            "form": form,
            "back": _return_url(request),
            "filter": query,
            "matched": len(picked),
            "is_more": len(picked) == MAX_MATCHED,
            "all_shown": ",".join(f"{row.ref}:{row.revision}" for row in preview.allowed),
            "shown": preview.allowed[:PREVIEWED_ROWS],
            "omitted": len(preview.allowed) - PREVIEWED_ROWS,
        }
        return render(request, "campaigns/preview.html", context)
    revisions: dict[str, int | None] = dict(shown) if shown else dict.fromkeys(picked)
    if len(picked) > AT_ONCE:
        return _redirect_to_run(request, lambda: start_run(revisions, transition, viewer))
    if transition.kind is TransitionKind.MERGE:
        return _run_and_redirect(request, lambda: _merge(request, picked, viewer))
    return _run_and_redirect(
        request,
        lambda: _report_result(request, transition, apply_transition(revisions, transition, viewer)),
    )


def _read_shown(request: HttpRequest) -> dict[str, int]:
    """Return the campaigns of the preview with the revisions that it showed; {} before there was one."""
    pairs = (pair.partition(":") for pair in request.POST.get("shown", "").split(",")[:MAX_MATCHED])
    return {ref: number for ref, _sign, text in pairs if ref and (number := whole_number(text)) is not None}


def _redirect_to_run(request: HttpRequest, start: Callable[[], BulkRun]) -> HttpResponse:
    try:
        run = start()
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return _redirect_back(request)
    return redirect("campaign_bulk_run", run.ref)


@signed_in(*DECIDERS)
def bulk_run(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show the progress of a run, why it failed, what was left out, and undo once it is done."""
    run = get_object_or_404(BulkRun.objects.select_related("person"), ref=ref)
    titles = {row.ref: row.title for row in Campaign.objects.filter(ref__in=[row[0] for row in run.left_out])}
    context = {
        "run": run,
        "title": localize(TRANSITION_WORDS[TransitionKind(run.kind)][0]),
        "many": len(run.refs),
        "unchanged": run.position - run.done,
        "is_done": run.state == BulkRunState.DONE,
        "is_undo": bool(run.undoes),
        "problem": Words(run.problem_zh, run.problem_en) if run.state == BulkRunState.FAILED else None,
        "left_out": [(row[0], titles[row[0]], Words(row[1], row[2])) for row in run.left_out if row[0] in titles],
    }
    return render(request, "campaigns/bulk_run.html", context)


@signed_in(*DECIDERS)
@require_POST
def bulk_retry(request: SignedInRequest, ref: str) -> HttpResponse:
    """Go on with a failed run where it stopped."""
    run = get_object_or_404(BulkRun, ref=ref)
    try:
        retry_run(run, request.viewer)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("campaign_bulk_run", run.ref)


@signed_in(*DECIDERS)
@require_POST
def move(request: SignedInRequest, ref: str) -> HttpResponse:
    """Move the selected subjects to another campaign, or split them off into a new one."""
    viewer = request.viewer
    row = get_object_or_404(Campaign, ref=ref)
    revision = request.POST.get("revision", "")

    def move_and_report() -> None:
        destination = move_subjects(
            ref,
            request.POST.getlist("pick"),
            viewer,
            target=_parse_ref(request.POST.get("target", "")),
            revision=whole_number(revision),
        )
        words = _("Moved to: %(title)s") % {"title": localize(destination.title)}
        together = (
            CampaignAction.objects.filter(campaign=destination).order_by("-pk").values_list("together", flat=True)[0]
        )
        messages.success(request, words, extra_tags=_undo_tag(together))

    return _run_and_redirect(request, move_and_report, row)


@signed_in(*DECIDERS)
@require_POST
def undo(request: SignedInRequest, together: str) -> HttpResponse:
    """Undo one request; many campaigns in the background."""
    viewer = request.viewer
    if (run := start_large_undo(together, viewer)) is not None:
        return redirect("campaign_bulk_run", run.ref)

    def undo_and_report() -> None:
        result = undo_transition(together, viewer)
        _report_refused(request, result)
        messages.success(request, _("Undone."))

    return _run_and_redirect(request, undo_and_report)


def _merge(request: HttpRequest, picked: list[str], viewer: Viewer) -> None:
    rows = Campaign.objects.filter(ref__in=picked).order_by("-heat", "-pk")
    first = rows.values_list("ref", flat=True).first() or ""
    target = merge_selected(first, picked, viewer)
    together = CampaignAction.objects.filter(campaign=target).order_by("-pk").values_list("together", flat=True)[0]
    messages.success(
        request, _("Merged into: %(title)s") % {"title": localize(target.title)}, extra_tags=_undo_tag(together)
    )


def _report_result(request: HttpRequest, transition: CampaignTransition, result: TransitionResult) -> None:
    _report_refused(request, result)
    title = localize(TRANSITION_WORDS[transition.kind][1])
    words = ngettext("%(count)s campaign: %(done)s", "%(count)s campaigns: %(done)s", len(result.done))
    values = {"count": len(result.done), "done": title}
    messages.success(request, words % values, extra_tags=_undo_tag(result.together))


def _report_refused(request: HttpRequest, result: TransitionResult) -> None:
    for row, words in result.refused[:5]:
        messages.warning(request, f"{localize(row.title)}: {localize(words)}")
    if (omitted := len(result.refused) - 5) > 0:
        messages.warning(request, _("%(count)s could not be changed.") % {"count": omitted})


def _undo_tag(together: str) -> str:
    return f"undo:{reverse('campaign_undo', args=[together])}"


def _run_and_redirect(request: HttpRequest, run: Callable[[], None], row: Campaign | None = None) -> HttpResponse:
    try:
        run()
    except Refusal as refused:
        details = [localize(words) for words in refused.fields.values()]
        messages.error(request, _(", ").join([localize(refused.words), *details]))
    return _redirect_back(request, row)


def _redirect_back(request: HttpRequest, row: Campaign | None = None) -> HttpResponseRedirect:
    default = reverse("campaign", args=[row.ref]) if row else reverse("campaign_queue")
    return redirect(_return_url(request, default))


def _return_url(request: HttpRequest, default: str = "") -> str:
    """Return the URL to return to, on this site only."""
    url = request.POST.get("back") or request.headers.get("referer", "")
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if url and allowed else default or reverse("campaign_queue")


def _parse_ref(text: str) -> str:
    """Return the ref from pasted text: a ref or the URL of a campaign's page."""
    return text.strip().rstrip("/").rpartition("/")[2]
