"""API routes of number signals: documents of basis, feedback on indicators, and the precision of grades."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from fanzha.command.number_signals.models import SignalBasis
from fanzha.command.number_signals.risk_indicator import precision_table
from fanzha.command.number_signals.schemas import GradePrecisionOut, IndicatorFeedbackIn, SignalBasisIn, SignalBasisOut
from fanzha.command.number_signals.services import BasisTerms, approve_basis, end_basis, record_basis, record_feedback
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_responsible_person, organizations_by_ref
from fanzha.command.web.api import Page, Paging, Problem, for_roles, paginate
from fanzha.command.web.roles import Kind, Role

ROUTER = Router(tags=["number_signals"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/bases", response=Page[SignalBasisOut], operation_id="fanzha_command_number_signals_api_list_bases")
@for_roles(Role.PRIVACY_OFFICER, Role.LIAISON)
def list_bases(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the documents of basis that the organisation gave or got, the latest first."""
    page = paginate(SignalBasis.objects.select_related("owner", "client"), paging)
    return page | {"items": [SignalBasisOut.of(row) for row in page["items"]]}


@ROUTER.post("/bases", response={201: SignalBasisOut}, operation_id="fanzha_command_number_signals_api_record_basis")
@for_roles(Role.PRIVACY_OFFICER, Role.LIAISON)
def record_new_basis(request: ApiRequest, body: SignalBasisIn) -> Status[SignalBasisOut]:
    """Record a document of basis; nothing is answered until another person approves it."""
    client = organizations_by_ref([body.client]).get(body.client)
    if client is None:
        raise Problem("invalid", _("There is no such organisation."))
    terms = BasisTerms(**body.model_dump(exclude={"client"}), client=client)
    return Status(
        201, SignalBasisOut.of(record_basis(request.organization, terms, get_responsible_person(request.viewer)))
    )


@ROUTER.post(
    "/bases/{ref}/approve", response={204: None}, operation_id="fanzha_command_number_signals_api_approve_basis"
)
@for_roles(Role.PRIVACY_OFFICER, Role.LIAISON)
def approve_recorded_basis(request: ApiRequest, ref: str) -> Status[None]:
    """Approve a basis of the own organisation as the second person."""
    approve_basis(_get_own_basis(request, ref), get_responsible_person(request.viewer))
    return Status(204, None)


@ROUTER.delete("/bases/{ref}", response={204: None}, operation_id="fanzha_command_number_signals_api_end_basis")
@for_roles(Role.PRIVACY_OFFICER, Role.LIAISON)
def end_own_basis(request: ApiRequest, ref: str) -> Status[None]:
    """End a basis of the own organisation."""
    end_basis(_get_own_basis(request, ref), get_responsible_person(request.viewer))
    return Status(204, None)


@ROUTER.post("/feedback", response={204: None}, operation_id="fanzha_command_number_signals_api_send_feedback")
@for_roles(Role.ANALYST, Role.LIAISON, Role.REVIEWER, kinds=(Kind.BANK,))
def send_feedback(request: ApiRequest, body: IndicatorFeedbackIn) -> Status[None]:
    """Report the outcome of an indicator: fraud confirmed or not, and the amount stopped."""
    record_feedback(request.organization, request.viewer, body.indicator, body.outcome, body.stopped_cny)
    return Status(204, None)


@ROUTER.get(
    "/precision", response=list[GradePrecisionOut], operation_id="fanzha_command_number_signals_api_read_precision"
)
@for_roles(Role.PRIVACY_OFFICER, Role.LIAISON, Role.ANALYST, Role.REVIEWER)
def read_precision(request: ApiRequest) -> list[dict[str, object]]:
    """Return how often banks confirmed the indicators of the caller's organisation, by grade."""
    return [row._asdict() for row in precision_table(request.viewer.organization)]


def _get_own_basis(request: ApiRequest, ref: str) -> SignalBasis:
    return get_object_or_404(SignalBasis.objects.select_related("owner"), ref=ref, owner=request.viewer.organization)
