"""API routes of hosted sites: the list with its results, and the coverage. Sites are added by imports."""

from typing import Annotated

from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.command.hosting.models import HostedSite
from fanzha.command.hosting.schemas import CoverageOut, HolderOut, HostedSiteLookIn, HostedSiteLookOut, HostedSiteOut
from fanzha.command.hosting.selectors import find_holders, measure_coverage
from fanzha.command.hosting.services import hasten_look
from fanzha.command.hosting.views import KINDS, PROVIDERS, READERS
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_organization_ref
from fanzha.command.web.api import Page, Paging, for_roles, paginate
from fanzha.command.web.roles import Role
from fanzha.kinds.website import is_address

ROUTER = Router(tags=["hosting"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/sites", response=Page[HostedSiteOut], operation_id="fanzha_command_hosting_api_list_sites")
@for_roles(*READERS, kinds=KINDS)
def list_sites(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the active sites with their filings and results."""
    page = paginate(HostedSite.objects.filter(is_active=True).select_related("owner").order_by("-pk"), paging)
    return page | {"items": [HostedSiteOut.of(row) for row in page["items"]]}


@ROUTER.get("/coverage", response=CoverageOut, operation_id="fanzha_command_hosting_api_read_coverage")
@for_roles(*READERS, kinds=KINDS)
def read_coverage(request: ApiRequest) -> CoverageOut:
    """Return how many sites were looked at in time."""
    return CoverageOut.of(measure_coverage(timezone.now()))


@ROUTER.post("/looks", response={202: HostedSiteLookOut}, operation_id="fanzha_command_hosting_api_ask_for_look")
@for_roles(Role.ANALYST, Role.EXECUTOR, kinds=PROVIDERS)
def ask_for_look(request: ApiRequest, body: HostedSiteLookIn) -> Status[HostedSiteLookOut]:
    """Let the prober look at own sites at once."""
    sites = HostedSite.objects.filter(owner=request.organization, host__in=body.hosts, is_active=True)
    return Status(202, HostedSiteLookOut(sites=hasten_look(sites, request.viewer, timezone.now())))


@ROUTER.get("/holder", response=HolderOut, operation_id="fanzha_command_hosting_api_find_holder")
@for_roles(*READERS, kinds=KINDS)
def find_holder(request: ApiRequest, host: str = "") -> HolderOut:
    """Return the provider that holds a site or an address, so that an order on it gets the right receiver."""
    value = host.strip().lower()[:253]
    kind = "host" if is_address(value) else "website"
    holders = find_holders([(kind, value)], timezone.now()) if value else {}
    pk = holders.get((kind, value))
    return HolderOut(host=value, provider=get_organization_ref(pk) if pk else "")
