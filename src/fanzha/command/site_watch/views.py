"""Pages of the watch of new sites: the desk of candidates, and the state of the logs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.site_watch.models import CandidateSite, CandidateState
from fanzha.command.site_watch.presenters import present_budget, present_candidate, present_day, present_log
from fanzha.command.site_watch.selectors import (
    DECIDERS,
    KINDS,
    READERS,
    add_sightings,
    find_candidates,
    find_forks,
    read_watch,
)
from fanzha.command.site_watch.services import dismiss_candidate, hand_on_candidate, look_at_candidate
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

SHOWN = 50
#: Lists of the page: name -> state, and whether the budget had room (None: either); `MENTIONS` is one more.
LISTS: dict[str, tuple[CandidateState, bool | None]] = {
    "open": (CandidateState.OPEN, True),
    "beyond": (CandidateState.OPEN, False),
    "handed_on": (CandidateState.HANDED_ON, None),
    "dismissed": (CandidateState.DISMISSED, None),
}
MENTIONS = "mentions"


@signed_in(*READERS, kinds=KINDS)
@require_safe
def candidates(request: SignedInRequest) -> HttpResponse:
    """List candidates: those to look at, those beyond the budget, those decided, and names that mention a brand."""
    chosen = request.GET.get("list", "open")
    chosen = chosen if chosen in LISTS or chosen == MENTIONS else "open"
    state, is_within = LISTS.get(chosen, (CandidateState.OPEN, None))
    brand = request.GET.get("brand", "")[:253]
    found = find_candidates(state, is_within=is_within, brand=brand, mentions=chosen == MENTIONS)
    rows = list(found[: SHOWN + 1])
    titles = {
        "open": _("To look at"),
        "beyond": _("Beyond the budget"),
        "mentions": _("Only mention a brand"),
        "handed_on": _("Handed on"),
        "dismissed": _("Dismissed"),
    }
    context = {
        "rows": [present_candidate(sighting) for sighting in add_sightings(rows[:SHOWN])],
        "has_more": len(rows) > SHOWN,
        "shown": SHOWN,
        "lists": [(name, title, name == chosen) for name, title in titles.items()],
        "title": titles[chosen],
        "is_mentions": chosen == MENTIONS,
        "may_decide": state == CandidateState.OPEN and request.viewer.has(*DECIDERS),
    }
    return render(request, "site_watch/candidates.html", context)


@signed_in(*DECIDERS, kinds=KINDS)
@require_POST
def decide(request: SignedInRequest, ref: str) -> HttpResponse:
    """Dismiss a candidate, hand it on or have its page looked at, by the field `do`."""
    candidate = get_object_or_404(CandidateSite.objects.select_related("owner"), ref=ref)
    try:
        if request.POST.get("do") == "hand_on":
            return redirect("process", hand_on_candidate(candidate, request.viewer))
        if request.POST.get("do") == "look":
            return redirect("capture", look_at_candidate(candidate, request.viewer))
        dismiss_candidate(candidate, request.viewer, request.POST.get("reason", ""))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("site_candidates")


@signed_in(*READERS, kinds=KINDS)
@require_safe
def logs(request: SignedInRequest) -> HttpResponse:
    """Show how far each log was read, what was not seen, names by day, today's budget, and forks."""
    report = read_watch(timezone.now())
    context = {
        "logs": [present_log(status) for status in report.logs],
        "days": [present_day(count) for count in report.days],
        "budget": present_budget(report.budget) if report.budget else None,
        "mentions": report.mentions,
        "forks": find_forks()[:SHOWN],
    }
    return render(request, "site_watch/logs.html", context)
