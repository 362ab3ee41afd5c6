"""Pages of detection rules: the list, one text with its evidence, steps, and the decision of a second person."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import UsageError
from fanzha.command.detection_rules.backtest_presenters import present_run
from fanzha.command.detection_rules.backtest_views import backtest_form
from fanzha.command.detection_rules.budgets import read_budget, set_budget
from fanzha.command.detection_rules.forms import BudgetForm, DecisionForm, RuleStepForm
from fanzha.command.detection_rules.library import (
    FigureReader,
    RuleFigures,
    ShippedDetector,
    find_shipped,
    list_library,
    recent_findings,
    rule_sentences,
)
from fanzha.command.detection_rules.library_presenters import (
    SORTS,
    diff_lines,
    example_table,
    figure_facts,
    matching_rows,
    present_budget,
    present_findings,
    present_library,
    shipped_badge,
    sort_library,
    text_changes,
)
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
from fanzha.command.detection_rules.promotion_gates import life_stages, promotion_gates
from fanzha.command.detection_rules.rule_source import find_origin, highlight, rule_names
from fanzha.command.detection_rules.rule_tree import read_rules
from fanzha.command.detection_rules.selectors import (
    RuleTextState,
    find_rule_text,
    list_backtest_runs,
    list_history,
    list_rule_texts,
    operates_rules,
)
from fanzha.command.detection_rules.services import READER_ROLES, STEP_ROLES, approve, refuse, take_step
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.reviews.selectors import MIN_DECISIONS
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal

LATEST_FINDINGS, MAX_RUNS = 10, 20
MAX_WORDS = 100


@signed_in(*READER_ROLES)
def rule_list(request: SignedInRequest) -> HttpResponse:
    """List rules and detectors with sentence, state and figures, what is most often wrong first.

    The query `q` narrows the list by words, `sort` orders it.
    """
    viewer, words = request.viewer, request.GET.get("q", "").strip()[:MAX_WORDS]
    problem, entries, may_edit = "", [], may_write(viewer)
    try:
        entries = list_library(viewer, list_rule_texts(viewer))
    except UsageError as error:
        problem = str(error)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "wrongful"
    rows = [(entry.shipped is None, present_library(entry, may_write=may_edit)) for entry in entries]
    own, shipped = ([row for is_own, row in rows if is_own is wanted] for wanted in (True, False))
    none_fits = EmptyState(_("Nothing here has these words."), "search")
    empty = EmptyState(_("There are no rules, or another organisation manages them."), "list")
    context = {
        "words": words,
        "problem": problem,
        "may_write": may_edit,
        "sort": sort,
        "sorts": SORTS,
        "least": MIN_DECISIONS,
        "listings": [
            ("own", _("Own rules"), sort_library(matching_rows(own, words), sort), none_fits if own else empty),
            ("shipped", _("Built-in detectors"), sort_library(matching_rows(shipped, words), sort), none_fits),
        ],
    }
    return render(request, "detection_rules/listing.html", context)


@signed_in(*READER_ROLES)
def shipped_detail(request: SignedInRequest, name: str) -> HttpResponse:
    """Show a detector of the package: what it finds, figures, examples, latest findings and its text."""
    shipped = find_shipped(name)
    if shipped is None:
        raise Http404
    problem, figures = "", None
    try:
        figures = FigureReader(request.viewer, timezone.now()).read(shipped.name)
    except UsageError as error:  # a file of the state folder is damaged
        problem = str(error)
    context = {
        "title": localize(shipped.title),
        "badges": (shipped_badge(shipped),),
        "tells": localize(shipped.tells),
        "law": shipped.law,
        "version": shipped.version,
        "problem": problem,
        "may_copy": bool(shipped.text) and may_write(request.viewer),
        "has_many": len(rule_names(shipped.text)) > 1,
        "name": shipped.name,
        **_content(request, shipped.name, shipped.text, figures, shipped),
    }
    return render(request, "detection_rules/shipped.html", context)


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
            done = _("Requested. Another person must approve it.") if asked else _("Done. Recorded in the history.")
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
        messages.success(request, _("Decision recorded in the audit log."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    except UsageError as error:  # a file of the state folder is damaged
        messages.error(request, str(error))
        return redirect("detection_rules")
    return redirect("detection_rule", row.text)


@signed_in(*STEP_ROLES)
@require_POST
def change_budget(request: SignedInRequest, rule: str) -> HttpResponse:
    """Set the harm budget of a rule or detector."""
    if not operates_rules(request.viewer):
        raise Http404
    shipped = find_shipped(rule)
    newest = next((one for one in list_rule_texts(request.viewer) if one.item.rule == rule and one.item.newest), None)
    if shipped is None and newest is None:
        raise Http404
    form = BudgetForm(request.POST)
    try:
        if form.is_valid():
            set_budget(rule, form.cleaned_data["subjects"], form.cleaned_data["why"], request.viewer)
            messages.success(request, _("The budget was changed. It is on record with your reason."))
        else:
            messages.error(request, _("Enter a whole number and the reason."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    if shipped is None and newest is not None:
        return redirect("detection_rule", newest.item.text)
    return redirect("detection_rule_shipped", rule)


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


def may_write(viewer: Viewer) -> bool:
    """Return whether a viewer writes drafts of rules."""
    return may_step(viewer) and operates_rules(viewer)


def _content(
    request: SignedInRequest, rule: str, text: str, figures: RuleFigures | None, shipped: ShippedDetector | None = None
) -> dict[str, Any]:
    """Return what the pages of own rules and of shipped detectors share."""
    rows = recent_findings(rule, request.viewer, LATEST_FINDINGS)
    budget = read_budget(rule) if figures and operates_rules(request.viewer) else None
    return {
        "budget": present_budget(budget) if budget else None,
        "budget_rule": rule,
        "budget_form": BudgetForm(initial={"subjects": budget.subjects}, auto_id="budget-%s")
        if budget and not budget.is_fixed and may_write(request.viewer)
        else None,
        "sentences": [localize(words) for words in rule_sentences(text)],
        "described": read_rules(text),
        "wording": text,
        "source": highlight(text),
        "copy_name": shipped.name if shipped and may_write(request.viewer) else "",
        "figure_facts": figure_facts(figures) if figures else [],
        "table": example_table(text, shipped),
        "rows": present_findings(rows, request.viewer),
        "empty": EmptyState(_("It found nothing in the last week."), "search"),
    }


def _detail(request: SignedInRequest, state: RuleTextState, form: RuleStepForm | None) -> dict[str, Any]:
    asked, viewer = state.request, request.viewer
    texts = [one for one in list_rule_texts(viewer) if one.item.rule == state.item.rule]
    figures = FigureReader(viewer, timezone.now()).read(state.item.rule)
    origin = find_origin(state.wording)
    return {
        **_content(request, state.item.rule, state.wording, figures),
        "state": state,
        "origin": origin,
        "origin_changes": list(diff_lines(origin.text, state.wording)) if origin else [],
        "title": rule_title(state),
        "badges": rule_badges(state),
        "facts": rule_facts(state),
        "stages": life_stages(state),
        "gates": promotion_gates(state, recent_findings(state.item.rule, viewer, 1)),
        "backtests": backtest_table(state.backtests) if state.backtests else None,
        "runs": [present_run(run) for run in list_backtest_runs(state.item.rule)[:MAX_RUNS]],
        "backtest_form": backtest_form(state, texts) if form else None,
        "timeline": history_timeline(state.steps),
        "changes": text_changes(list_history(state.item.rule), {one.item.text: one.wording for one in texts}),
        "other_texts": [present_rule_text(one) for one in texts if one.item.text != state.item.text],
        "asked": asked,
        "asked_words": request_words(asked) if asked else "",
        "may_approve": bool(asked and may_approve(asked, viewer)),
        "may_refuse": bool(asked and may_refuse(asked, viewer)),
        "is_own": bool(asked and asked.made_by_id == viewer.person),
        "form": form,
    }
