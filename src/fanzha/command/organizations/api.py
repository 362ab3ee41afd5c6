"""API routes of organisations and people. They cover all administration pages."""

from typing import Annotated, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.command.organizations import administration
from fanzha.command.organizations.actor import AuditActor
from fanzha.command.organizations.api_keys import make_key, revoke_key
from fanzha.command.organizations.invitations import invite, withdraw
from fanzha.command.organizations.links import deliver_or_return_url
from fanzha.command.organizations.models import ApiKey, Duty, Invitation, Organization, Person
from fanzha.command.organizations.presenters import list_people_rows
from fanzha.command.organizations.requests import ApiRequest
from fanzha.command.organizations.schemas import (
    AdministratorIn,
    DutyIn,
    DutyOut,
    InvitationOut,
    InvitedOut,
    InviteIn,
    KeyIn,
    KeyOut,
    MeOut,
    NewKeyOut,
    NewOrganizationIn,
    OrganizationIn,
    OrganizationOut,
    PersonOut,
    RolesIn,
)
from fanzha.command.organizations.selectors import find_person
from fanzha.command.organizations.services import change_organization, register_organization
from fanzha.command.organizations.watches import clear_duty, set_duty
from fanzha.command.web.api import Page, Paging, for_roles, not_repeatable, paginate
from fanzha.command.web.reauthentication import require_confirmed
from fanzha.command.web.roles import SUPERVISORS, Role

ROUTER = Router(tags=["organizations"])

PagingQuery = Annotated[Paging, Query()]
_ROSTER_ROLES = (Role.ADMINISTRATOR, Role.DUTY_OFFICER)


@ROUTER.get("/me", response=MeOut, operation_id="fanzha_command_organizations_api_who_am_i")
def who_am_i(request: ApiRequest) -> MeOut:
    """Return the caller with organisation, roles and scopes."""
    viewer = request.viewer
    person = Person.objects.get(pk=viewer.person).ref if viewer.person else None
    scopes = None if viewer.scopes is None else sorted(viewer.scopes)
    organization = OrganizationOut.of(request.organization)
    return MeOut(organization=organization, person=person, roles=sorted(viewer.roles), scopes=scopes)


@ROUTER.get("/people", response=list[PersonOut], operation_id="fanzha_command_organizations_api_list_people")
@for_roles(Role.ADMINISTRATOR)
def list_people(request: ApiRequest) -> list[PersonOut]:
    """List the people of the caller's organisation."""
    return [PersonOut.of(row) for row in list_people_rows(request.organization)]


@ROUTER.put("/people/{ref}/roles", response=PersonOut, operation_id="fanzha_command_organizations_api_change_roles")
@for_roles(Role.ADMINISTRATOR)
def change_roles(request: ApiRequest, ref: str, body: RolesIn) -> PersonOut:
    """Replace the roles of a person, and reactivate a suspended one."""
    require_confirmed(request)
    person = _person(request, ref)
    roles = [role.value for role in body.roles]
    administration.change_roles(AuditActor.of(request), request.organization, person, roles, body.unit)
    return _row(request, person)


@ROUTER.post(
    "/people/{ref}/suspend", response=PersonOut, operation_id="fanzha_command_organizations_api_suspend_person"
)
@for_roles(Role.ADMINISTRATOR)
def suspend_person(request: ApiRequest, ref: str) -> PersonOut:
    """End all roles and sessions of a person."""
    require_confirmed(request)
    person = _person(request, ref)
    administration.suspend(AuditActor.of(request), request.organization, person)
    return _row(request, person)


@ROUTER.delete(
    "/people/{ref}/second-factor",
    response={204: None},
    operation_id="fanzha_command_organizations_api_reset_second_factor",
)
@for_roles(Role.ADMINISTRATOR)
def reset_second_factor(request: ApiRequest, ref: str) -> Status[None]:
    """Remove a lost second factor."""
    require_confirmed(request)
    administration.reset_second_factor(AuditActor.of(request), request.organization, _person(request, ref))
    return Status(204, None)


@ROUTER.delete(
    "/people/{ref}/sessions", response={204: None}, operation_id="fanzha_command_organizations_api_end_sessions"
)
@for_roles(Role.ADMINISTRATOR)
def end_sessions(request: ApiRequest, ref: str) -> Status[None]:
    """End all sessions of a person."""
    require_confirmed(request)
    administration.end_sessions(AuditActor.of(request), request.organization, _person(request, ref))
    return Status(204, None)


@ROUTER.get(
    "/invitations", response=list[InvitationOut], operation_id="fanzha_command_organizations_api_list_invitations"
)
@for_roles(Role.ADMINISTRATOR)
def list_invitations(request: ApiRequest) -> list[InvitationOut]:
    """List the open invitations."""
    invitations = Invitation.select_open().filter(organization=request.organization)
    return [InvitationOut.of(invitation) for invitation in invitations]


@ROUTER.post("/invitations", response={201: InvitedOut}, operation_id="fanzha_command_organizations_api_invite_person")
@for_roles(Role.ADMINISTRATOR)
@not_repeatable
def invite_person(request: ApiRequest, body: InviteIn) -> Status[InvitedOut]:
    """Invite a person. The link is mailed, or returned once if mail is not configured."""
    require_confirmed(request)
    roles = [role.value for role in body.roles]
    invited = invite(AuditActor.of(request), request.organization, body.email, body.name, roles, body.unit or "")
    return _invited(request, *invited)


@ROUTER.delete(
    "/invitations/{number}", response={204: None}, operation_id="fanzha_command_organizations_api_withdraw_invitation"
)
@for_roles(Role.ADMINISTRATOR)
def withdraw_invitation(request: ApiRequest, number: int) -> Status[None]:
    """Withdraw an invitation."""
    own = Invitation.select_open().filter(organization=request.organization)
    withdraw(AuditActor.of(request), get_object_or_404(own, pk=number))
    return Status(204, None)


@ROUTER.get(
    "/organizations", response=Page[OrganizationOut], operation_id="fanzha_command_organizations_api_list_organizations"
)
@for_roles(Role.ADMINISTRATOR, kinds=SUPERVISORS)
def list_organizations(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the organisations that the caller's organisation supervises."""
    page: dict[str, Any] = paginate(request.organization.supervises.select_related("host"), paging)
    return page | {"items": [OrganizationOut.of(one) for one in page["items"]]}


@ROUTER.post(
    "/organizations", response={201: InvitedOut}, operation_id="fanzha_command_organizations_api_take_organization_in"
)
@for_roles(Role.ADMINISTRATOR, kinds=SUPERVISORS)
@not_repeatable
def take_organization_in(request: ApiRequest, body: NewOrganizationIn) -> Status[InvitedOut]:
    """Register an organisation and invite its administrator."""
    require_confirmed(request)
    fields = _organization_fields(body)
    email, name = fields.pop("administrator_email"), fields.pop("administrator_name")
    return _invited(request, *register_organization(AuditActor.of(request), email, name, **fields))


@ROUTER.put(
    "/organizations/{ref}",
    response=OrganizationOut,
    operation_id="fanzha_command_organizations_api_describe_organization",
)
@for_roles(Role.ADMINISTRATOR, kinds=SUPERVISORS)
def describe_organization(request: ApiRequest, ref: str, body: OrganizationIn) -> OrganizationOut:
    """Change an organisation; `is_active: false` suspends it."""
    organization = get_object_or_404(request.organization.supervises, ref=ref)
    require_confirmed(request)
    return OrganizationOut.of(change_organization(AuditActor.of(request), organization, **_organization_fields(body)))


@ROUTER.post(
    "/organizations/{ref}/administrator",
    response={201: InvitedOut},
    operation_id="fanzha_command_organizations_api_invite_administrator",
)
@for_roles(Role.ADMINISTRATOR, kinds=SUPERVISORS)
@not_repeatable
def invite_administrator(request: ApiRequest, ref: str, body: AdministratorIn) -> Status[InvitedOut]:
    """Invite an administrator for an organisation that the caller's organisation supervises."""
    organization = get_object_or_404(request.organization.supervises, ref=ref)
    require_confirmed(request)
    return _invited(request, *invite(AuditActor.of(request), organization, body.email, body.name, [Role.ADMINISTRATOR]))


@ROUTER.get("/duties", response=list[DutyOut], operation_id="fanzha_command_organizations_api_list_duties")
@for_roles(*_ROSTER_ROLES)
def list_duties(request: ApiRequest) -> list[DutyOut]:
    """List the current and future watches."""
    rows = Duty.objects.filter(organization=request.organization, until__gt=timezone.now())
    return [DutyOut.of(duty) for duty in rows.select_related("officer", "deputy")]


@ROUTER.post("/duties", response={201: DutyOut}, operation_id="fanzha_command_organizations_api_put_duty")
@for_roles(*_ROSTER_ROLES)
def add_duty(request: ApiRequest, body: DutyIn) -> Status[DutyOut]:
    """Add a watch to the roster."""
    officer, deputy = _person(request, body.officer), _person(request, body.deputy)
    duty = set_duty(AuditActor.of(request), request.organization, officer, deputy, body.since, body.until)
    return Status(201, DutyOut.of(duty))


@ROUTER.delete("/duties/{number}", response={204: None}, operation_id="fanzha_command_organizations_api_end_duty")
@for_roles(*_ROSTER_ROLES)
def end_duty(request: ApiRequest, number: int) -> Status[None]:
    """End a current watch, or remove a future one from the roster."""
    own = Duty.objects.filter(organization=request.organization).select_related("organization", "officer")
    clear_duty(AuditActor.of(request), get_object_or_404(own, pk=number))
    return Status(204, None)


@ROUTER.get("/keys", response=list[KeyOut], operation_id="fanzha_command_organizations_api_list_keys")
@for_roles(Role.ADMINISTRATOR)
def list_keys(request: ApiRequest) -> list[KeyOut]:
    """List the keys, including expired and revoked ones."""
    return [KeyOut.of(key) for key in ApiKey.objects.filter(organization=request.organization)]


@ROUTER.post("/keys", response={201: NewKeyOut}, operation_id="fanzha_command_organizations_api_new_key")
@for_roles(Role.ADMINISTRATOR)
@not_repeatable
def new_key(request: ApiRequest, body: KeyIn) -> Status[NewKeyOut]:
    """Create a key. Its secret is returned only once."""
    require_confirmed(request)
    key, secret = make_key(AuditActor.of(request), request.organization, **body.dict())
    return Status(201, NewKeyOut(key=KeyOut.of(key), secret=secret))


@ROUTER.delete("/keys/{number}", response={204: None}, operation_id="fanzha_command_organizations_api_end_key")
@for_roles(Role.ADMINISTRATOR)
def end_key(request: ApiRequest, number: int) -> Status[None]:
    """Revoke a key."""
    require_confirmed(request)
    own = ApiKey.objects.filter(organization=request.organization).select_related("organization")
    revoke_key(AuditActor.of(request), get_object_or_404(own, pk=number))
    return Status(204, None)


def _person(request: ApiRequest, ref: str) -> Person:
    person = find_person(ref, request.organization)
    if person is None:
        raise Http404
    return person


def _row(request: ApiRequest, person: Person) -> PersonOut:
    return PersonOut.of(next(row for row in list_people_rows(request.organization) if row.person == person))


def _invited(request: ApiRequest, invitation: Invitation, token: str) -> Status[InvitedOut]:
    fields, url = InvitationOut.of(invitation).dict(), deliver_or_return_url(invitation, token, request)
    return Status(201, InvitedOut(**fields, url=url, mailed=not url))


def _organization_fields(body: OrganizationIn) -> dict[str, Any]:
    fields = body.dict() | {"kind": body.kind.value}
    host = Organization.objects.filter(ref=body.host).first() if body.host else None
    return fields | {"host": host}
