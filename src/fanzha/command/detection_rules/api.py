"""API routes of detection rules; they use the same services as the pages."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Router

from fanzha.command.detection_rules.models import RuleRequest
from fanzha.command.detection_rules.schemas import (
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
    refuse,
    take_step,
)
from fanzha.command.detection_rules.text_check import check_text
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.reviews.schemas import MarkedShareOut
from fanzha.command.reviews.selectors import estimate_false_share
from fanzha.command.web.api import for_roles

ROUTER = Router(tags=["detection_rules"])


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


def _find(request: ApiRequest, text: str) -> RuleTextState:
    state = find_rule_text(request.viewer, text)
    if state is None:
        raise Http404
    return state
