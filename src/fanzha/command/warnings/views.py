"""Pages of wordings: all of them, one with its history, and the trials that compare versions."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.words import Words
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_person
from fanzha.command.warnings.forms import TrialForm, WordingForm
from fanzha.command.warnings.models import TrialMeasure, TrialState, Wording, WordingState, WordingTrial
from fanzha.command.warnings.presenters import (
    present_arm,
    present_check,
    present_wording,
    trial_badge,
    wording_title,
)
from fanzha.command.warnings.selectors import shipped_wording
from fanzha.command.warnings.services import (
    DECIDERS,
    OWNERS,
    READERS,
    WRITERS,
    approve_wording,
    fraud_types,
    reject_wording,
    use_shipped_wording,
    use_wording,
    write_wording,
)
from fanzha.command.warnings.trials import (
    LEAST,
    begin_trial,
    end_trial,
    measure_trial,
    propose_trial,
    reject_trial,
    stop_trial,
)
from fanzha.command.warnings.wording_rules import CHANNEL_TITLES, CHANNELS
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

SHOWN = 50
_ACTS: dict[str, Callable[..., None]] = {
    "approve": lambda wording, person: approve_wording(wording, person, is_used=False),
    "approve_and_use": lambda wording, person: approve_wording(wording, person, is_used=True),
    "reject": reject_wording,
    "use": use_wording,
    "drop": use_shipped_wording,
}
_TRIAL_ACTS: dict[str, Callable[..., None]] = {"begin": begin_trial, "reject": reject_trial, "end": end_trial}


@signed_in(*READERS, kinds=OWNERS)
def wordings(request: SignedInRequest) -> HttpResponse:
    """Show which version is sent for each fraud type and channel, and what waits for a second person."""
    in_use = {(row.fraud_type, row.channel): row for row in Wording.objects.filter(in_use=True)}
    trials = list(WordingTrial.objects.select_related("made_by")[:SHOWN])
    tried = {(row.fraud_type, row.channel) for row in trials if row.state in (TrialState.RUNNING, TrialState.ENDING)}
    rows = [
        (
            localize(title),
            [(channel, in_use.get((name, channel)), (name, channel) in tried) for channel in CHANNELS],
            name,
        )
        for name, title in fraud_types().items()
    ]
    drafts = Wording.objects.filter(state=WordingState.DRAFT).select_related("made_by")[:SHOWN]
    context = {
        "channels": [localize(CHANNEL_TITLES[channel]) for channel in CHANNELS],
        "rows": rows,
        "drafts": [(row, wording_title(row.fraud_type, row.channel)) for row in drafts],
        "trials": [(row, wording_title(row.fraud_type, row.channel), trial_badge(row)) for row in trials],
    }
    return render(request, "warnings/wordings.html", context)


@signed_in(*READERS, kinds=OWNERS)
def wording(request: SignedInRequest, fraud_type: str, channel: str) -> HttpResponse:
    """Show the versions of a wording; save a new one, or declare a trial of approved ones, by the field `do`."""
    if fraud_type not in fraud_types() or channel not in CHANNELS:
        raise Http404
    shipped = shipped_wording(fraud_type, channel)
    rows = list(
        Wording.objects.filter(fraud_type=fraud_type, channel=channel).select_related("made_by", "decided_by")[:SHOWN]
    )
    current = next((row for row in rows if row.in_use), None)
    texts = Words(current.zh, current.en) if current else shipped.words
    is_trial = request.POST.get("do") == "trial"
    form = WordingForm(initial=texts._asdict())
    trial_form = TrialForm(fraud_type=fraud_type, channel=channel)
    if request.method == "POST" and request.viewer.has(*WRITERS):
        try:
            if is_trial:
                trial_form = TrialForm(request.POST, fraud_type=fraud_type, channel=channel)
                if trial_form.is_valid():
                    return _declare(request, trial_form)
            else:
                form = WordingForm(request.POST)
                if form.is_valid() and request.POST.get("do") != "check":
                    return _save(request, form, fraud_type, channel)
        except Refusal as refused:
            target = trial_form if is_trial else form
            for name, words in refused.fields.items():
                target.add_error(name if name in target.fields else None, localize(words))
    checked = form.cleaned_data if form.is_bound and form.is_valid() else texts._asdict()
    context = {
        "title": wording_title(fraud_type, channel),
        "fraud_type": fraud_type,
        "channel": channel,
        "current": current,
        "texts": texts,
        "shipped": shipped,
        "versions": [present_wording(row, request.viewer) for row in rows],
        "form": form if request.viewer.has(*WRITERS) else None,
        "trial_form": trial_form,
        "may_try": request.viewer.has(*WRITERS) and sum(row.state == WordingState.APPROVED for row in rows) > 1,
        "check": present_check(channel, checked.get("zh", ""), checked.get("en", "")),
    }
    return render(request, "warnings/wording.html", context, status=422 if form.errors or trial_form.errors else 200)


@signed_in(*WRITERS, kinds=OWNERS)
@require_POST
def wording_check(request: SignedInRequest, channel: str) -> HttpResponse:
    """Show the check of a draft text by the rules."""
    if channel not in CHANNELS:
        raise Http404
    texts = [request.POST.get(name, "")[:5_000] for name in ("zh", "en")]
    return render(request, "warnings/_check.html", {"check": present_check(channel, *texts)})


@signed_in(*DECIDERS, kinds=OWNERS)
@require_POST
def wording_decide(request: SignedInRequest, ref: str) -> HttpResponse:
    """Decide about a version, or change which one is in use, by the field `do`."""
    row = get_object_or_404(Wording.objects.select_related("owner"), ref=ref)
    act = _ACTS.get(request.POST.get("do", ""))
    try:
        if act is not None:
            act(row, get_person(request.viewer))
            messages.success(request, _("Done. It holds for the next warning."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("wording", row.fraud_type, row.channel)


@signed_in(*READERS, kinds=OWNERS)
def wording_trial(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a trial with the results of each version until now."""
    trial = get_object_or_404(
        WordingTrial.objects.select_related("owner", "made_by", "approved_by", "ended_by"), ref=ref
    )
    is_decider = request.viewer.has(*DECIDERS)
    context = {
        "trial": trial,
        "title": wording_title(trial.fraud_type, trial.channel),
        "badge": trial_badge(trial),
        "measure": TrialMeasure(trial.measure).label,
        "arms": [present_arm(result) for result in measure_trial(trial, timezone.now())],
        "least": LEAST,
        "may_begin": is_decider and trial.state == TrialState.PROPOSED and trial.made_by_id != request.viewer.person,
        "may_stop": request.viewer.has(*WRITERS, *DECIDERS) and trial.state == TrialState.RUNNING,
        "may_end": is_decider and trial.state == TrialState.ENDING and trial.stopped_by_id != request.viewer.person,
    }
    return render(request, "warnings/trial.html", context)


@signed_in(*WRITERS, *DECIDERS, kinds=OWNERS)
@require_POST
def wording_trial_act(request: SignedInRequest, ref: str) -> HttpResponse:
    """Begin, reject, stop or end a trial by the field `do`; only who decides begins, rejects and ends."""
    trial = get_object_or_404(WordingTrial.objects.select_related("owner"), ref=ref)
    person, wanted = get_person(request.viewer), request.POST.get("do", "")
    try:
        if wanted == "stop":
            stop_trial(trial, request.POST.get("reason", ""), person)
        elif (act := _TRIAL_ACTS.get(wanted)) is not None and request.viewer.has(*DECIDERS):
            act(trial, person)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("wording_trial", ref)


def _save(request: SignedInRequest, form: WordingForm, fraud_type: str, channel: str) -> HttpResponse:
    given = form.cleaned_data
    texts = Words(given["zh"], given["en"])
    write_wording(request.organization, fraud_type, channel, texts, get_person(request.viewer), why=given["why"])
    messages.success(request, _("Saved. A second person has to approve it before anybody is warned with it."))
    return redirect("wording", fraud_type, channel)


def _declare(request: SignedInRequest, form: TrialForm) -> HttpResponse:
    given = form.cleaned_data
    trial = propose_trial(
        request.organization,
        list(given["wordings"]),
        TrialMeasure(given["measure"]),
        given["plan"],
        given["until"],
        get_person(request.viewer),
    )
    messages.success(request, _("Declared. A second person begins it."))
    return redirect("wording_trial", trial.ref)
