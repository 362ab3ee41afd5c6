"""What is pressed on campaigns: one, many after a preview, subjects moved, and undo; each leads back with words."""

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
from fanzha.command.campaigns.forms import DeedForm
from fanzha.command.campaigns.models import Campaign, CampaignAction
from fanzha.command.campaigns.moves import merge_into
from fanzha.command.campaigns.moves import move as move_subjects
from fanzha.command.campaigns.preview import MOST, preview
from fanzha.command.campaigns.services import Done
from fanzha.command.campaigns.services import act as do
from fanzha.command.campaigns.transitions import DOING_WORDS, Deed, Doing
from fanzha.command.campaigns.undo import undo as undo_press
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import DECIDERS
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal


@signed_in(*DECIDERS)
@require_POST
def act(request: HttpRequest, ref: str) -> HttpResponse:
    """Do one thing with one campaign, if nothing has happened to it since it was looked at."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(Campaign, ref=ref)
    form = DeedForm(viewer, request.POST)
    if not form.is_valid():
        messages.error(request, _("This cannot be done: something is missing or wrong."))
        return _back(request, row)
    wanted = {row.ref: form.cleaned_data["revision"]}
    return _try(request, lambda: _told(request, form.deed(), do(wanted, form.deed(), viewer)), row)


@signed_in(*DECIDERS)
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Show what a deed on the picked campaigns would touch; once that was confirmed, do it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    picked = request.POST.getlist("pick")[:MOST]
    form = DeedForm(viewer, request.POST)
    if not picked or not form.is_valid():
        messages.warning(request, _("Pick campaigns first, then say what to do with them."))
        return _back(request)
    deed = form.deed()
    if request.POST.get("confirmed") != "yes":
        shown = preview(picked, deed.doing, viewer)
        form.fields["note"].required = deed.doing is Doing.SET_ASIDE
        words = localize(DOING_WORDS[deed.doing][0])
        context = {"preview": shown, "deed": deed, "words": words, "form": form, "back": _address(request)}
        return render(request, "campaigns/preview.html", context)
    if deed.doing is Doing.MERGE:
        return _try(request, lambda: _merged(request, picked, viewer))
    return _try(request, lambda: _told(request, deed, do(dict.fromkeys(picked), deed, viewer)))


@signed_in(*DECIDERS)
@require_POST
def move(request: HttpRequest, ref: str) -> HttpResponse:
    """Put picked subjects into another campaign, or split them off."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(Campaign, ref=ref)
    revision = request.POST.get("revision", "")

    def moved() -> None:
        aim = move_subjects(
            ref,
            request.POST.getlist("pick"),
            viewer,
            target=_ref_in(request.POST.get("target", "")),
            revision=whole_number(revision),
        )
        words = _("Moved to: %(title)s") % {"title": localize(aim.title)}
        together = CampaignAction.objects.filter(campaign=aim).order_by("-pk").values_list("together", flat=True)[0]
        messages.success(request, words, extra_tags=_undo_tag(together))

    return _try(request, moved, row)


@signed_in(*DECIDERS)
@require_POST
def undo(request: HttpRequest, together: str) -> HttpResponse:
    """Undo one press."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]

    def undone() -> None:
        made = undo_press(together, viewer)
        _tell_refused(request, made)
        messages.success(request, _("Undone. Everything is as it was."))

    return _try(request, undone)


def _merged(request: HttpRequest, picked: list[str], viewer: Viewer) -> None:
    rows = Campaign.objects.filter(ref__in=picked).order_by("-heat", "-pk")
    first = rows.values_list("ref", flat=True).first() or ""
    aim = merge_into(first, picked, viewer)
    together = CampaignAction.objects.filter(campaign=aim).order_by("-pk").values_list("together", flat=True)[0]
    messages.success(
        request, _("Merged into: %(title)s") % {"title": localize(aim.title)}, extra_tags=_undo_tag(together)
    )


def _told(request: HttpRequest, deed: Deed, made: Done) -> None:
    _tell_refused(request, made)
    done = localize(DOING_WORDS[deed.doing][1])
    words = ngettext("%(count)s campaign: %(done)s", "%(count)s campaigns: %(done)s", len(made.done))
    values = {"count": len(made.done), "done": done}
    messages.success(request, words % values, extra_tags=_undo_tag(made.together))


def _tell_refused(request: HttpRequest, made: Done) -> None:
    for row, words in made.refused[:5]:
        messages.warning(request, f"{localize(row.title)}: {localize(words)}")
    if (more := len(made.refused) - 5) > 0:
        messages.warning(request, _("%(count)s more could not be changed.") % {"count": more})


def _undo_tag(together: str) -> str:
    return f"undo:{reverse('campaign_undo', args=[together])}"


def _try(request: HttpRequest, run: Callable[[], None], row: Campaign | None = None) -> HttpResponse:
    try:
        run()
    except Refusal as refused:
        told = [localize(words) for words in refused.fields.values()]
        messages.error(request, _(", ").join([localize(refused.words), *told]))
    return _back(request, row)


def _back(request: HttpRequest, row: Campaign | None = None) -> HttpResponseRedirect:
    default = reverse("campaign", args=[row.ref]) if row else reverse("campaign_queue")
    return redirect(_address(request, default))


def _address(request: HttpRequest, default: str = "") -> str:
    """Return where the press was made, of this site alone."""
    told = request.POST.get("back") or request.headers.get("referer", "")
    allowed = url_has_allowed_host_and_scheme(told, {request.get_host()}, request.is_secure())
    return told if told and allowed else default or reverse("campaign_queue")


def _ref_in(written: str) -> str:
    """Return the ref in what somebody pasted: a ref, or the address of a campaign's page."""
    return written.strip().rstrip("/").rpartition("/")[2]
