"""API routes of research: published columns, agreements, partners' models and their runs, and tables."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import File, Form, Query, Router, Status, UploadedFile

from fanzha.base.words import Words
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.research.feature_columns import all_columns
from fanzha.command.research.models import ModelState, PartnerModel, ResearchAgreement, ResearchTable
from fanzha.command.research.presenters import table_notes
from fanzha.command.research.schemas import (
    AgreementIn,
    AgreementOut,
    ColumnOut,
    ModelDecisionIn,
    PartnerModelIn,
    PartnerModelOut,
    ReleasedTableOut,
    ResearchTableIn,
    ResearchTableOut,
    ShadowRunOut,
    TableDecisionIn,
)
from fanzha.command.research.selectors import list_agreements, list_models, list_runs, list_tables
from fanzha.command.research.services import (
    APPROVERS,
    OWNERS,
    READERS,
    RECORDERS,
    SUBMITTERS,
    approve_agreement,
    decide_model,
    end_agreement,
    end_model,
    read_model_file,
    record_agreement,
    submit_model,
)
from fanzha.command.research.table_services import ask_table, decide_table, take_table
from fanzha.command.research.tasks import compute_research_table, queue_once, run_partner_model, try_partner_model
from fanzha.command.web.api import Page, Paging, for_roles, paginate
from fanzha.processes.refusal import Reason, Refusal

ROUTER = Router(tags=["research"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/columns", response=list[ColumnOut], operation_id="fanzha_command_research_api_list_columns")
@for_roles(*READERS)
def list_published_columns(request: ApiRequest) -> list[ColumnOut]:
    """List the columns that a model may take, in order."""
    return [ColumnOut(name=row.name, title_zh=row.title.zh, title_en=row.title.en) for row in all_columns()]


@ROUTER.get("/agreements", response=list[AgreementOut], operation_id="fanzha_command_research_api_list_agreements")
@for_roles(*READERS)
def list_all_agreements(request: ApiRequest) -> list[AgreementOut]:
    """List the agreements of the organisation, the newest first."""
    return [AgreementOut.of(row) for row in list_agreements()]


@ROUTER.post("/agreements", response={201: AgreementOut}, operation_id="fanzha_command_research_api_record_agreement")
@for_roles(*RECORDERS, kinds=OWNERS)
def record_new_agreement(request: ApiRequest, body: AgreementIn) -> Status[AgreementOut]:
    """Record an agreement with a partner; a second person approves it."""
    partner = active_organizations().filter(ref=body.partner).first()
    if partner is None:
        words = Words("没有此单位", "there is no such organisation")
        raise Refusal(Reason.EVIDENCE, words, fields={"partner": words})
    return Status(201, AgreementOut.of(record_agreement(partner, body.to_draft(), request.viewer)))


@ROUTER.post(
    "/agreements/{ref}/approve", response={204: None}, operation_id="fanzha_command_research_api_approve_agreement"
)
@for_roles(*APPROVERS, kinds=OWNERS)
def approve_recorded_agreement(request: ApiRequest, ref: str) -> Status[None]:
    """Approve an agreement as the second person; keys cannot."""
    approve_agreement(_agreement(ref), request.viewer)
    return Status(204, None)


@ROUTER.delete("/agreements/{ref}", response={204: None}, operation_id="fanzha_command_research_api_end_agreement")
@for_roles(*RECORDERS, kinds=OWNERS)
def end_own_agreement(request: ApiRequest, ref: str) -> Status[None]:
    """End an agreement: its models run no more."""
    end_agreement(_agreement(ref), request.viewer)
    return Status(204, None)


@ROUTER.get("/models", response=list[PartnerModelOut], operation_id="fanzha_command_research_api_list_models")
@for_roles(*READERS)
def list_all_models(request: ApiRequest) -> list[PartnerModelOut]:
    """List the partners' models, the newest first."""
    return [PartnerModelOut.of(row) for row in list_models()]


@ROUTER.post("/models", response={201: PartnerModelOut}, operation_id="fanzha_command_research_api_submit_model")
@for_roles(*SUBMITTERS)
def submit_new_model(
    request: ApiRequest, body: Form[PartnerModelIn], file: File[UploadedFile | None] = None
) -> Status[PartnerModelOut]:
    """Submit a model with its ONNX file or endpoint; it is tried in the background before people decide."""
    data = read_model_file(file)
    row = submit_model(_agreement(body.agreement), body.to_draft(data), request.viewer)
    queue_once(try_partner_model, row.owner_id, row.ref)
    return Status(201, PartnerModelOut.of(row))


@ROUTER.get("/models/{ref}", response=PartnerModelOut, operation_id="fanzha_command_research_api_read_model")
@for_roles(*READERS)
def read_model(request: ApiRequest, ref: str) -> PartnerModelOut:
    """Return a model with its state."""
    return PartnerModelOut.of(_model(ref))


@ROUTER.get("/models/{ref}/runs", response=list[ShadowRunOut], operation_id="fanzha_command_research_api_list_runs")
@for_roles(*READERS)
def list_model_runs(request: ApiRequest, ref: str) -> list[ShadowRunOut]:
    """List the latest runs with their comparisons; only the owner of the data gets any."""
    return [ShadowRunOut.of(run) for run in list_runs(_model(ref))]


@ROUTER.post("/models/{ref}/decision", response={204: None}, operation_id="fanzha_command_research_api_decide_model")
@for_roles(*APPROVERS, kinds=OWNERS)
def decide_submitted_model(request: ApiRequest, ref: str, body: ModelDecisionIn) -> Status[None]:
    """Approve or reject a model as the second person; keys cannot."""
    row = _model(ref)
    decide_model(row, request.viewer, approve=body.approve, note=body.note)
    if body.approve:
        queue_once(run_partner_model, row.owner_id, row.ref)
    return Status(204, None)


@ROUTER.post("/models/{ref}/run", response={202: None}, operation_id="fanzha_command_research_api_run_model")
@for_roles(*SUBMITTERS, kinds=OWNERS)
def run_approved_model(request: ApiRequest, ref: str) -> Status[None]:
    """Run an approved model now, in the background."""
    rows = list_models().filter(owner=request.viewer.organization)
    row = get_object_or_404(rows, ref=ref)
    if row.state != ModelState.APPROVED:
        raise Refusal(Reason.STATE, Words("模型未获批准", "the model is not approved"))
    queue_once(run_partner_model, row.owner_id, row.ref)
    return Status(202, None)


@ROUTER.delete("/models/{ref}", response={204: None}, operation_id="fanzha_command_research_api_end_model")
@for_roles(*APPROVERS, kinds=OWNERS)
def end_own_model(request: ApiRequest, ref: str) -> Status[None]:
    """End a model: its file and its scores are deleted."""
    end_model(_model(ref), request.viewer)
    return Status(204, None)


@ROUTER.get("/tables", response=Page[ResearchTableOut], operation_id="fanzha_command_research_api_list_tables")
@for_roles(*READERS)
def list_all_tables(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the tables that were asked for, the newest first."""
    page = paginate(list_tables(), paging)
    return page | {"items": [ResearchTableOut.of(row) for row in page["items"]]}


@ROUTER.post("/tables", response={201: ResearchTableOut}, operation_id="fanzha_command_research_api_ask_table")
@for_roles(*SUBMITTERS)
def ask_new_table(request: ApiRequest, body: ResearchTableIn) -> Status[ResearchTableOut]:
    """Ask for a table of counts; it is computed in the background, and a second person releases it."""
    row = ask_table(_agreement(body.agreement), body.to_draft(), request.viewer)
    queue_once(compute_research_table, row.owner_id, row.ref)
    return Status(201, ResearchTableOut.of(row))


@ROUTER.get("/tables/{ref}", response=ResearchTableOut, operation_id="fanzha_command_research_api_read_table")
@for_roles(*READERS)
def read_table(request: ApiRequest, ref: str) -> ResearchTableOut:
    """Return how far a table is; its lines are taken by another route."""
    return ResearchTableOut.of(_table(ref))


@ROUTER.post("/tables/{ref}/decision", response={204: None}, operation_id="fanzha_command_research_api_decide_table")
@for_roles(*APPROVERS, kinds=OWNERS)
def decide_computed_table(request: ApiRequest, ref: str, body: TableDecisionIn) -> Status[None]:
    """Release a table or refuse it as the second person; keys cannot."""
    row = _table(ref)
    if decide_table(row, request.viewer, release=body.release):
        queue_once(compute_research_table, row.owner_id, row.ref)
    return Status(204, None)


@ROUTER.post("/tables/{ref}/file", response=ReleasedTableOut, operation_id="fanzha_command_research_api_take_table")
@for_roles(*SUBMITTERS)
def take_released_table(request: ApiRequest, ref: str) -> ReleasedTableOut:
    """Return the lines of a released table; it is on record who took them."""
    row = _table(ref)
    return ReleasedTableOut(**take_table(row, request.viewer), notes=table_notes(row))


def _agreement(ref: str) -> ResearchAgreement:
    return get_object_or_404(list_agreements(), ref=ref)


def _model(ref: str) -> PartnerModel:
    return get_object_or_404(list_models(), ref=ref)


def _table(ref: str) -> ResearchTable:
    return get_object_or_404(list_tables(), ref=ref)
