"""API routes of sources and screens; an installation of another organisation reports its own here."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone
from ninja import Router, Status

from fanzha.command.health.schemas import ComponentListIn, ComponentOut
from fanzha.command.health.selectors import list_components
from fanzha.command.health.services import READER_ROLES, RETRY_ROLES, find_failed_job, report, retry_job
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.web.api import for_roles
from fanzha.command.web.roles import Role

ROUTER = Router(tags=["health"])


@ROUTER.get("/components", response=list[ComponentOut], operation_id="fanzha_command_health_api_list_components")
@for_roles(*READER_ROLES)
def list_states(request: ApiRequest) -> list[ComponentOut]:
    """List the sources and screens of the caller's organisation and of those that it supervises, worst first."""
    return [ComponentOut.of(state) for state in list_components(request.viewer, timezone.now())]


@ROUTER.put("/components", response={204: None}, operation_id="fanzha_command_health_api_report_components")
@for_roles(Role.ADMINISTRATOR)
def report_states(request: ApiRequest, body: ComponentListIn) -> Status[None]:
    """Report all sources and screens of the caller's organisation; report them at least every five minutes."""
    rows = {(one.kind, one.name): one.to_row() for one in body.components}
    report(request.viewer.organization, list(rows.values()), timezone.now())
    return Status(204, None)


@ROUTER.post("/jobs/{ident}/retry", response={204: None}, operation_id="fanzha_command_health_api_retry_failed_job")
@for_roles(*RETRY_ROLES)
def retry_failed_job(request: ApiRequest, ident: UUID) -> Status[None]:
    """Run a failed job of the caller's organisation again. Only for people, not for keys."""
    job = find_failed_job(ident, request.viewer)
    if job is None:
        raise Http404
    retry_job(job, request.viewer)
    return Status(204, None)
