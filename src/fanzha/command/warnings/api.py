"""API routes of warnings: versions of wordings, trials of them, and choices about calls from abroad."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from fanzha.base.words import Words
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import (
    get_actor,
    get_deciding_person,
    get_responsible_person,
    responsible_person,
)
from fanzha.command.warnings.models import TrialMeasure, Wording, WordingTrial
from fanzha.command.warnings.overseas_choices import (
    ChoiceOutcome,
    ChoiceRequest,
    answer_text,
    choose,
    end_choice,
    find_choice,
)
from fanzha.command.warnings.schemas import (
    OverseasChoiceIn,
    OverseasChoiceOut,
    OverseasEndIn,
    OverseasNumberIn,
    OverseasTextIn,
    TrialActIn,
    WordingDecisionIn,
    WordingIn,
    WordingOut,
    WordingTrialIn,
    WordingTrialOut,
)
from fanzha.command.warnings.services import (
    DECIDERS,
    OWNERS,
    READERS,
    WRITERS,
    approve_wording,
    reject_wording,
    use_shipped_wording,
    use_wording,
    write_wording,
)
from fanzha.command.warnings.trials import (
    begin_trial,
    end_trial,
    measure_trial,
    propose_trial,
    reject_trial,
    stop_trial,
)
from fanzha.command.web.api import Page, Paging, Problem, for_roles, paginate
from fanzha.command.web.roles import Kind, Role

ROUTER = Router(tags=["warnings"])
PagingQuery = Annotated[Paging, Query()]
OVERSEAS_KINDS = (Kind.CARRIER, Kind.MVNO)
OVERSEAS_ROLES = (Role.CLERK, Role.EXECUTOR, Role.DUTY_OFFICER)


@ROUTER.get("/wordings", response=Page[WordingOut], operation_id="fanzha_command_warnings_api_list_wordings")
@for_roles(*READERS, kinds=OWNERS)
def list_wordings(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the versions of the organisation's wordings, the latest first."""
    page = paginate(Wording.objects.all(), paging)
    return page | {"items": [WordingOut.of(row) for row in page["items"]]}


@ROUTER.post("/wordings", response={201: WordingOut}, operation_id="fanzha_command_warnings_api_write_wording")
@for_roles(*WRITERS, kinds=OWNERS)
def write_new_wording(request: ApiRequest, body: WordingIn) -> Status[WordingOut]:
    """Save a new version; it is used once another person has approved it."""
    texts, person = Words(body.zh, body.en), get_responsible_person(request.viewer)
    row = write_wording(request.organization, body.fraud_type, body.channel, texts, person, why=body.why)
    return Status(201, WordingOut.of(row))


@ROUTER.post(
    "/wordings/{ref}/decision", response={204: None}, operation_id="fanzha_command_warnings_api_decide_wording"
)
@for_roles(*DECIDERS, kinds=OWNERS)
def decide_wording(request: ApiRequest, ref: str, body: WordingDecisionIn) -> Status[None]:
    """Decide about a version, or change which one is in use."""
    row, person = (
        get_object_or_404(Wording.objects.select_related("owner"), ref=ref),
        get_deciding_person(request.viewer),
    )
    match body.do:
        case "reject":
            reject_wording(row, person)
        case "use":
            use_wording(row, person)
        case "drop":
            use_shipped_wording(row, person)
        case _:
            approve_wording(row, person, is_used=body.do == "approve_and_use")
    return Status(204, None)


@ROUTER.get("/trials", response=Page[WordingTrialOut], operation_id="fanzha_command_warnings_api_list_trials")
@for_roles(*READERS, kinds=OWNERS)
def list_trials(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the trials of the organisation, the latest first."""
    page = paginate(WordingTrial.objects.all(), paging)
    return page | {"items": [WordingTrialOut.of(row) for row in page["items"]]}


@ROUTER.post("/trials", response={201: WordingTrialOut}, operation_id="fanzha_command_warnings_api_declare_trial")
@for_roles(*WRITERS, kinds=OWNERS)
def declare_trial(request: ApiRequest, body: WordingTrialIn) -> Status[WordingTrialOut]:
    """Declare a trial of approved versions; another person begins it."""
    rows = {row.ref: row for row in Wording.objects.filter(ref__in=body.wordings)}
    if missing := [ref for ref in body.wordings if ref not in rows]:
        raise Problem("invalid", _("There is no version %(ref)s.") % {"ref": missing[0][:26]})
    trial = propose_trial(
        request.organization,
        [rows[ref] for ref in body.wordings],
        TrialMeasure(body.measure),
        body.plan,
        body.until,
        get_responsible_person(request.viewer),
    )
    return Status(201, WordingTrialOut.of(trial))


@ROUTER.get("/trials/{ref}", response=WordingTrialOut, operation_id="fanzha_command_warnings_api_read_trial")
@for_roles(*READERS, kinds=OWNERS)
def read_trial(request: ApiRequest, ref: str) -> WordingTrialOut:
    """Return a trial with the results of each version until now."""
    trial = get_object_or_404(WordingTrial.objects.select_related("owner"), ref=ref)
    return WordingTrialOut.of(trial, measure_trial(trial, timezone.now()))


@ROUTER.post("/trials/{ref}/act", response={204: None}, operation_id="fanzha_command_warnings_api_act_on_trial")
@for_roles(*DECIDERS, kinds=OWNERS)
def act_on_trial(request: ApiRequest, ref: str, body: TrialActIn) -> Status[None]:
    """Begin, reject, stop or end a trial. A trial is begun and ended by two people."""
    trial = get_object_or_404(WordingTrial.objects.select_related("owner"), ref=ref)
    if body.do == "stop":
        stop_trial(trial, body.reason, get_responsible_person(request.viewer))
    else:
        {"begin": begin_trial, "reject": reject_trial, "end": end_trial}[body.do](
            trial, get_deciding_person(request.viewer)
        )
    return Status(204, None)


@ROUTER.post(
    "/overseas-choices", response=OverseasChoiceOut, operation_id="fanzha_command_warnings_api_choose_overseas"
)
@for_roles(*OVERSEAS_ROLES, kinds=OVERSEAS_KINDS)
def choose_overseas(request: ApiRequest, body: OverseasChoiceIn) -> OverseasChoiceOut:
    """Record what a subscriber chose for calls from abroad; it is in force within seconds."""
    wanted = ChoiceRequest(body.number, body.kind, body.channel, body.exceptions, body.requested_at)
    return OverseasChoiceOut.of(choose(request.organization, wanted, responsible_person(get_actor(request.viewer))))


@ROUTER.post(
    "/overseas-choices/state", response=OverseasChoiceOut, operation_id="fanzha_command_warnings_api_read_overseas"
)
@for_roles(*OVERSEAS_ROLES, kinds=OVERSEAS_KINDS)
def read_overseas(request: ApiRequest, body: OverseasNumberIn) -> OverseasChoiceOut:
    """Return the choice in force for a number of the operator."""
    return OverseasChoiceOut.of(ChoiceOutcome(find_choice(request.organization, body.number), Words("", "")))


@ROUTER.post(
    "/overseas-choices/end", response=OverseasChoiceOut, operation_id="fanzha_command_warnings_api_end_overseas"
)
@for_roles(*OVERSEAS_ROLES, kinds=OVERSEAS_KINDS)
def end_overseas(request: ApiRequest, body: OverseasEndIn) -> OverseasChoiceOut:
    """End the choice of a number by its holder's word."""
    person = responsible_person(get_actor(request.viewer))
    return OverseasChoiceOut.of(end_choice(request.organization, body.number, body.channel, person))


@ROUTER.post(
    "/overseas-choices/texts", response=OverseasChoiceOut, operation_id="fanzha_command_warnings_api_answer_overseas"
)
@for_roles(*OVERSEAS_ROLES, kinds=OVERSEAS_KINDS)
def answer_overseas(request: ApiRequest, body: OverseasTextIn) -> OverseasChoiceOut:
    """Do what a subscriber asks for by a keyword; the confirmation is what the gateway replies."""
    return OverseasChoiceOut.of(answer_text(request.organization, body.number, body.text))
