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
from fanzha.command.campaigns.services import TransitionResult
from fanzha.command.campaigns.services import apply_transition as do
from fanzha.command.campaigns.transitions import TRANSITION_WORDS, Transition, TransitionKind
from fanzha.command.campaigns.undo import undo_transition as undo_press
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
    wanted = {row.ref: form.cleaned_data["revision"]}
    return _run_and_redirect(
        request, lambda: _report_result(request, form.to_transition(), do(wanted, form.to_transition(), viewer)), row
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
    deed = form.to_transition()
    if request.POST.get("confirmed") != "yes":
        shown = build_preview(picked, deed.kind, viewer)
        form.fields["note"].required = deed.kind is TransitionKind.SET_ASIDE
        words = localize(TRANSITION_WORDS[deed.kind][0])
        context = {"preview": shown, "deed": deed, "words": words, "form": form, "back": _return_url(request)}
        return render(request, "campaigns/preview.html", context)
    if deed.kind is TransitionKind.MERGE:
        return _run_and_redirect(request, lambda: _merge(request, picked, viewer))
    return _run_and_redirect(request, lambda: _report_result(request, deed, do(dict.fromkeys(picked), deed, viewer)))


@signed_in(*DECIDERS)
@require_POST
def move(request: SignedInRequest, ref: str) -> HttpResponse:
    """Put picked subjects into another campaign, or split them off."""
    viewer = request.viewer
    row = get_object_or_404(Campaign, ref=ref)
    revision = request.POST.get("revision", "")

    def moved() -> None:
        aim = move_subjects(
            ref,
            request.POST.getlist("pick"),
            viewer,
            target=_parse_ref(request.POST.get("target", "")),
            revision=whole_number(revision),
        )
        words = _("Moved to: %(title)s") % {"title": localize(aim.title)}
        together = CampaignAction.objects.filter(campaign=aim).order_by("-pk").values_list("together", flat=True)[0]
        messages.success(request, words, extra_tags=_undo_tag(together))

    return _run_and_redirect(request, moved, row)


@signed_in(*DECIDERS)
@require_POST
def undo(request: SignedInRequest, together: str) -> HttpResponse:
    """Undo one request."""
    viewer = request.viewer

    def undone() -> None:
        made = undo_press(together, viewer)
        _report_refused(request, made)
        messages.success(request, _("Undone. Everything is as it was."))

    return _run_and_redirect(request, undone)


def _merge(request: HttpRequest, picked: list[str], viewer: Viewer) -> None:
    rows = Campaign.objects.filter(ref__in=picked).order_by("-heat", "-pk")
    first = rows.values_list("ref", flat=True).first() or ""
    aim = merge_selected(first, picked, viewer)
    together = CampaignAction.objects.filter(campaign=aim).order_by("-pk").values_list("together", flat=True)[0]
    messages.success(
        request, _("Merged into: %(title)s") % {"title": localize(aim.title)}, extra_tags=_undo_tag(together)
    )


def _report_result(request: HttpRequest, deed: Transition, made: TransitionResult) -> None:
    _report_refused(request, made)
    done = localize(TRANSITION_WORDS[deed.kind][1])
    words = ngettext("%(count)s campaign: %(done)s", "%(count)s campaigns: %(done)s", len(made.done))
    values = {"count": len(made.done), "done": done}
    messages.success(request, words % values, extra_tags=_undo_tag(made.together))


def _report_refused(request: HttpRequest, made: TransitionResult) -> None:
    for row, words in made.refused[:5]:
        messages.warning(request, f"{localize(row.title)}: {localize(words)}")
    if (more := len(made.refused) - 5) > 0:
        messages.warning(request, _("%(count)s more could not be changed.") % {"count": more})


def _undo_tag(together: str) -> str:
    return f"undo:{reverse('campaign_undo', args=[together])}"


def _run_and_redirect(request: HttpRequest, run: Callable[[], None], row: Campaign | None = None) -> HttpResponse:
    try:
        run()
    except Refusal as refused:
        told = [localize(words) for words in refused.fields.values()]
        messages.error(request, _(", ").join([localize(refused.words), *told]))
    return _redirect_back(request, row)


def _redirect_back(request: HttpRequest, row: Campaign | None = None) -> HttpResponseRedirect:
    default = reverse("campaign", args=[row.ref]) if row else reverse("campaign_queue")
    return redirect(_return_url(request, default))


def _return_url(request: HttpRequest, default: str = "") -> str:
    """Return the URL to return to, on this site only."""
    told = request.POST.get("back") or request.headers.get("referer", "")
    allowed = url_has_allowed_host_and_scheme(told, {request.get_host()}, request.is_secure())
    return told if told and allowed else default or reverse("campaign_queue")


def _parse_ref(written: str) -> str:
    """Return the ref from pasted text: a ref or the URL of a campaign's page."""
    return written.strip().rstrip("/").rpartition("/")[2]
