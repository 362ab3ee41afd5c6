"""API routes of detection rules; they use the same services as the pages."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from fanzha.command.detection_rules.budgets import is_rule, set_budget
from fanzha.command.detection_rules.example_runs import run_checked_examples
from fanzha.command.detection_rules.models import BacktestRun, RuleRequest
from fanzha.command.detection_rules.schemas import (
    BacktestRunIn,
    BacktestRunOut,
    BudgetIn,
    ExampleRunOut,
    RuleCheckIn,
    RuleCheckOut,
    RuleDecisionIn,
    RuleRequestOut,
    RuleStepIn,
    RuleStepOut,
    RuleTextDetailOut,
    RuleTextIn,
    RuleTextOut,
)
from fanzha.command.detection_rules.selectors import (
    RuleTextState,
    find_rule_text,
    list_backtest_runs,
    list_rule_texts,
    operates_rules,
    read_text,
)
from fanzha.command.detection_rules.services import (
    READER_ROLES,
    STEP_ROLES,
    WantedStep,
    add_text,
    approve,
    cancel_backtest,
    refuse,
    request_backtest,
    take_step,
)
from fanzha.command.detection_rules.text_check import check_text
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.reviews.schemas import MarkedShareOut
from fanzha.command.reviews.selectors import estimate_false_share
from fanzha.command.web.api import for_roles

ROUTER = Router(tags=["detection_rules"])
MAX_RUNS = 100


@ROUTER.get("/texts", response=list[RuleTextOut], operation_id="fanzha_command_detection_rules_api_list_texts")
@for_roles(*READER_ROLES)
def list_texts(request: ApiRequest) -> list[RuleTextOut]:
    """List the rule texts of the state folder, if the caller's organisation operates its rules."""
    return [RuleTextOut.of(state) for state in list_rule_texts(request.viewer)]


@ROUTER.post("/texts", response=RuleTextOut, operation_id="fanzha_command_detection_rules_api_add_text")
@for_roles(*STEP_ROLES)
def add_rule_text(request: ApiRequest, body: RuleTextIn) -> RuleTextOut:
    """Add a rule text as a draft; what runs is not changed. Only for people, not for keys."""
    return RuleTextOut.of(_find(request, add_text(body.text, body.why, request.viewer).text))


@ROUTER.post("/check", response=RuleCheckOut, operation_id="fanzha_command_detection_rules_api_check_text")
@for_roles(*STEP_ROLES)
def check_rule_text(request: ApiRequest, body: RuleCheckIn) -> RuleCheckOut:
    """Return the mistakes and warnings of a rule text, for the organisation that operates the rules."""
    if not operates_rules(request.viewer):
        raise Http404
    return RuleCheckOut.of(check_text(body.text))


@ROUTER.post("/examples", response=list[ExampleRunOut], operation_id="fanzha_command_detection_rules_api_run_examples")
@for_roles(*STEP_ROLES)
def run_rule_examples(request: ApiRequest, body: RuleCheckIn) -> list[ExampleRunOut]:
    """Run the examples of a rule text without mistakes, for the organisation that operates the rules."""
    if not operates_rules(request.viewer):
        raise Http404
    return [ExampleRunOut.of(run) for run in run_checked_examples(body.text)]


@ROUTER.put("/budgets/{rule}", response={204: None}, operation_id="fanzha_command_detection_rules_api_set_budget")
@for_roles(*STEP_ROLES)
def set_rule_budget(request: ApiRequest, rule: str, body: BudgetIn) -> Status[None]:
    """Set on how many subjects a rule or detector may act in an hour. Only for people, not for keys."""
    if not operates_rules(request.viewer) or not is_rule(rule, request.viewer):
        raise Http404
    set_budget(rule, body.subjects_an_hour, body.why, request.viewer)
    return Status(204, None)


@ROUTER.get(
    "/texts/{text}", response=RuleTextDetailOut, operation_id="fanzha_command_detection_rules_api_read_rule_text"
)
@for_roles(*READER_ROLES)
def read_rule_text(request: ApiRequest, text: str) -> RuleTextDetailOut:
    """Return one text by its digest, with wording and history."""
    state = _find(request, text)
    plain = RuleTextOut.of(state)
    return RuleTextDetailOut(
        **{name: getattr(plain, name) for name in RuleTextOut.model_fields},
        wording=read_text(text),
        history=[RuleStepOut.of(step) for step in state.steps],
        likely_false=MarkedShareOut.of(estimate_false_share([state.item.rule], request.viewer)),
    )


@ROUTER.post("/texts/{text}/steps", response=RuleTextOut, operation_id="fanzha_command_detection_rules_api_move_text")
@for_roles(*STEP_ROLES)
def move_text(request: ApiRequest, text: str, body: RuleStepIn) -> RuleTextOut:
    """Take a step, or ask a second person for it; then `request` is set. Only for people, not for keys."""
    wanted = WantedStep(body.state, body.why, body.share, body.emergency)
    take_step(_find(request, text), wanted, request.viewer)
    return RuleTextOut.of(_find(request, text))


@ROUTER.post(
    "/requests/{ref}/decision",
    response=RuleRequestOut,
    operation_id="fanzha_command_detection_rules_api_decide_request",
)
@for_roles(*STEP_ROLES)
def decide_request(request: ApiRequest, ref: str, body: RuleDecisionIn) -> RuleRequestOut:
    """Approve a request as the second person, refuse it, or withdraw the own one. Only for people, not for keys."""
    row = get_object_or_404(RuleRequest.objects.select_related("made_by", "decided_by"), ref=ref)
    (approve if body.approve else refuse)(row, body.why, request.viewer)
    row.refresh_from_db()
    return RuleRequestOut.of(row)


@ROUTER.get(
    "/texts/{text}/backtests",
    response=list[BacktestRunOut],
    operation_id="fanzha_command_detection_rules_api_list_backtests",
)
@for_roles(*READER_ROLES)
def list_backtests(request: ApiRequest, text: str) -> list[BacktestRunOut]:
    """List the backtests of the rule of a text that ran in the background, the latest first."""
    return [BacktestRunOut.of(run) for run in list_backtest_runs(_find(request, text).item.rule)[:MAX_RUNS]]


@ROUTER.post(
    "/texts/{text}/backtests",
    response=BacktestRunOut,
    operation_id="fanzha_command_detection_rules_api_run_backtest",
)
@for_roles(*STEP_ROLES)
def run_rule_backtest(request: ApiRequest, text: str, body: BacktestRunIn) -> BacktestRunOut:
    """Queue a backtest of a text over a history of the state folder, or a replay of the caller's decided cases in it.

    Only for people, not for keys.
    """
    state = _find(request, text)
    return BacktestRunOut.of(request_backtest(state, body.history, body.beside, request.viewer, body.kind))


@ROUTER.get(
    "/backtests/{ref}", response=BacktestRunOut, operation_id="fanzha_command_detection_rules_api_read_backtest"
)
@for_roles(*READER_ROLES)
def read_backtest(request: ApiRequest, ref: str) -> BacktestRunOut:
    """Return how far a backtest is, and its report."""
    return BacktestRunOut.of(get_object_or_404(BacktestRun.objects.select_related("made_by"), ref=ref))


@ROUTER.post(
    "/backtests/{ref}/cancel",
    response=BacktestRunOut,
    operation_id="fanzha_command_detection_rules_api_cancel_backtest",
)
@for_roles(*STEP_ROLES)
def cancel_rule_backtest(request: ApiRequest, ref: str) -> BacktestRunOut:
    """Cancel a backtest that waits or runs. Only for people, not for keys."""
    run = get_object_or_404(BacktestRun.objects.select_related("made_by"), ref=ref)
    cancel_backtest(run, request.viewer)
    run.refresh_from_db()
    return BacktestRunOut.of(run)


def _find(request: ApiRequest, text: str) -> RuleTextState:
    state = find_rule_text(request.viewer, text)
    if state is None:
        raise Http404
    return state
