"""Views that change campaigns: one transition, several after a preview, moves and undo; all redirect with a message."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.campaigns.forms import TransitionForm
from fanzha.command.campaigns.models import Campaign, CampaignAction
from fanzha.command.campaigns.moves import merge_selected
from fanzha.command.campaigns.moves import transfer_subjects as move_subjects
from fanzha.command.campaigns.preview import MAX_CAMPAIGNS, build_preview
from fanzha.command.campaigns.services import TransitionResult, apply_transition
from fanzha.command.campaigns.transitions import TRANSITION_WORDS, CampaignTransition, TransitionKind
from fanzha.command.campaigns.undo import undo_transition
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import DECIDERS
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal


@signed_in(*DECIDERS)
@require_POST
def act(request: SignedInRequest, ref: str) -> HttpResponse:
    """Apply a transition to one campaign unless it changed since it was displayed."""
    viewer = request.viewer
    row = get_object_or_404(Campaign, ref=ref)
    form = TransitionForm(viewer, request.POST)
    if not form.is_valid():
        messages.error(request, _("This cannot be done: something is missing or wrong."))
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
    """Preview a transition of the selected campaigns; apply it once confirmed."""
    viewer = request.viewer
    picked = request.POST.getlist("pick")[:MAX_CAMPAIGNS]
    form = TransitionForm(viewer, request.POST)
    if not picked or not form.is_valid():
        messages.warning(request, _("Pick campaigns first, then say what to do with them."))
        return _redirect_back(request)
    transition = form.to_transition()
    if request.POST.get("confirmed") != "yes":
        preview = build_preview(picked, transition.kind, viewer)
        form.fields["note"].required = transition.kind is TransitionKind.SET_ASIDE
        words = localize(TRANSITION_WORDS[transition.kind][0])
        context = {"preview": preview, "deed": transition, "words": words, "form": form, "back": _return_url(request)}
        return render(request, "campaigns/preview.html", context)
    if transition.kind is TransitionKind.MERGE:
        return _run_and_redirect(request, lambda: _merge(request, picked, viewer))
    return _run_and_redirect(
        request,
        lambda: _report_result(request, transition, apply_transition(dict.fromkeys(picked), transition, viewer)),
    )


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
    """Undo one request."""
    viewer = request.viewer

    def undo_and_report() -> None:
        result = undo_transition(together, viewer)
        _report_refused(request, result)
        messages.success(request, _("Undone. Everything is as it was."))

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
        messages.warning(request, _("%(count)s more could not be changed.") % {"count": omitted})


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
