"""Pages of detection rules: the list, one text with its evidence, steps, and the decision of a second person."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import UsageError
from fanzha.command.detection_rules.forms import DecisionForm, RuleStepForm
from fanzha.command.detection_rules.models import RuleRequest
from fanzha.command.detection_rules.presenters import (
    backtest_table,
    history_timeline,
    may_approve,
    may_refuse,
    may_step,
    present_rule_text,
    request_words,
    rule_badges,
    rule_facts,
    rule_title,
)
from fanzha.command.detection_rules.selectors import RuleTextState, find_rule_text, list_rule_texts, read_text
from fanzha.command.detection_rules.services import READER_ROLES, STEP_ROLES, approve, refuse, take_step
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal


@signed_in(*READER_ROLES)
def rule_list(request: SignedInRequest) -> HttpResponse:
    """List the rule texts with state, time in shadow and longest backtest."""
    problem, states = "", []
    try:
        states = list_rule_texts(request.viewer)
    except UsageError as error:
        problem = str(error)
    context = {
        "rows": [present_rule_text(state) for state in states],
        "problem": problem,
        "empty": EmptyState(_("There is no rule here, or another organisation operates the rules."), "list"),
    }
    return render(request, "detection_rules/listing.html", context)


@signed_in(*READER_ROLES)
def rule_detail(request: SignedInRequest, text: str) -> HttpResponse:
    """Show one text: what it lacks, backtests, open request, history and wording."""
    state = _find(request, text)
    return render(request, "detection_rules/rule.html", _detail(request, state, _step_form(request, state)))


@signed_in(*STEP_ROLES)
@require_POST
def move_rule(request: SignedInRequest, text: str) -> HttpResponse:
    """Take a step, or ask a second person for it."""
    state = _find(request, text)
    form = RuleStepForm(state.item.step.state, request.viewer, request.POST)
    if form.is_valid():
        try:
            asked = take_step(state, form.to_step(), request.viewer)
        except Refusal as refused:
            form.add_error(next(iter(refused.fields), None), localize(refused.words))
        else:
            done = _("Asked for. Another person has to approve it.") if asked else _("Done. It is in the history.")
            messages.success(request, done)
            return redirect("detection_rule", text)
    return render(request, "detection_rules/rule.html", _detail(request, state, form), status=422)


@signed_in(*STEP_ROLES)
@require_POST
def decide_request(request: SignedInRequest, ref: str) -> HttpResponse:
    """Approve a request as the second person, refuse it, or withdraw the own one."""
    row = get_object_or_404(RuleRequest.objects.select_related("made_by"), ref=ref)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a decision and give the reason."))
        return redirect("detection_rule", row.text)
    decide = approve if form.cleaned_data["do"] == "approve" else refuse
    try:
        decide(row, form.cleaned_data["why"], request.viewer)
        messages.success(request, _("Decided. It is in the audit log."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    except UsageError as error:  # a file of the state folder is damaged
        messages.error(request, str(error))
        return redirect("detection_rules")
    return redirect("detection_rule", row.text)


def _find(request: SignedInRequest, text: str) -> RuleTextState:
    try:
        state = find_rule_text(request.viewer, text)
    except UsageError:  # the list says which file is damaged
        state = None
    if state is None:
        raise Http404
    return state


def _step_form(request: SignedInRequest, state: RuleTextState) -> RuleStepForm | None:
    return RuleStepForm(state.item.step.state, request.viewer) if may_step(request.viewer) else None


def _detail(request: SignedInRequest, state: RuleTextState, form: RuleStepForm | None) -> dict[str, Any]:
    asked, viewer = state.request, request.viewer
    return {
        "state": state,
        "title": rule_title(state),
        "badges": rule_badges(state),
        "facts": rule_facts(state, viewer),
        "missing": [localize(words) for words in state.missing],
        "table": backtest_table(state.backtests) if state.backtests else None,
        "timeline": history_timeline(state.steps),
        "wording": read_text(state.item.text),
        "asked": asked,
        "asked_words": request_words(asked) if asked else "",
        "may_approve": bool(asked and may_approve(asked, viewer)),
        "may_refuse": bool(asked and may_refuse(asked, viewer)),
        "is_own": bool(asked and asked.made_by_id == viewer.person),
        "form": form,
    }
