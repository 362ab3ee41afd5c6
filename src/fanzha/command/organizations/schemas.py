"""API schemas of organisations, people, watches and keys, and the types of authenticated requests."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from fanzha.command.organizations.models import ApiKey, Duty, Invitation, Organization
from fanzha.command.organizations.presenters import PersonRow
from fanzha.command.organizations.requests import ApiRequest as ApiRequest
from fanzha.command.organizations.requests import SignedInRequest as SignedInRequest
from fanzha.command.web.api.moments import Moment
from fanzha.command.web.roles import Kind, Role


class PersonOut(Schema):
    """One person of the caller's organisation."""

    ref: str
    email: str
    name: str
    roles: list[Role]
    unit: str
    is_suspended: bool
    has_second_factor: bool
    since: datetime
    seen_at: datetime | None

    @classmethod
    def of(cls, row: PersonRow) -> "PersonOut":
        """Build the schema from a person row."""
        return cls(
            ref=row.person.ref,
            email=row.person.email,
            name=row.person.name,
            roles=[Role(role) for role in row.roles],
            unit=row.unit,
            is_suspended=not row.roles,
            has_second_factor=row.has_second_factor,
            since=row.since,
            seen_at=row.seen_at,
        )


class RolesIn(Schema):
    """The new roles of a person."""

    roles: list[Role] = Field(min_length=1)
    unit: str | None = Field(None, max_length=60, description="department; left out, it stays as it is")


class AdministratorIn(Schema):
    """Invitation of an administrator."""

    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    name: str = Field(min_length=1, max_length=80)


class InviteIn(RolesIn):
    """Invitation of a person."""

    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    name: str = Field(min_length=1, max_length=80)


class InvitationOut(Schema):
    """An open invitation."""

    number: int
    email: str
    name: str
    roles: list[Role]
    expires_at: datetime

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationOut":
        """Build the schema from an invitation."""
        roles = [Role(role) for role in invitation.roles]
        return cls(
            number=invitation.pk,
            email=invitation.email,
            name=invitation.name,
            roles=roles,
            expires_at=invitation.expires_at,
        )


class InvitedOut(InvitationOut):
    """A new invitation. `url` is returned once, and only if the link was not mailed."""

    url: str | None
    mailed: bool


class OrganizationIn(Schema):
    """Properties of an organisation; `host` is the reference of an MVNO's carrier."""

    name_zh: str = Field(min_length=1, max_length=120)
    name_en: str = Field(min_length=1, max_length=120)
    kind: Kind
    province: str = Field("", pattern=r"^(\d\d)?$")
    host: str | None = None
    uscc: str = Field("", max_length=18)
    country: str = Field("", pattern=r"^([A-Z]{2})?$", description="of an organisation abroad, by ISO 3166; it stays")
    second_factor: bool = True
    is_active: bool = True


class NewOrganizationIn(OrganizationIn):
    """A new organisation and its first administrator."""

    administrator_email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    administrator_name: str = Field(min_length=1, max_length=80)


class OrganizationOut(OrganizationIn):
    """An organisation."""

    ref: str
    simulated: bool

    @classmethod
    def of(cls, organization: Organization) -> "OrganizationOut":
        """Build the schema from an organisation."""
        return cls(
            ref=organization.ref,
            name_zh=organization.name_zh,
            name_en=organization.name_en,
            kind=Kind(organization.kind),
            province=organization.province,
            host=organization.host.ref if organization.host else None,
            uscc=organization.uscc,
            country=organization.country,
            second_factor=organization.second_factor,
            is_active=organization.is_active,
            simulated=organization.simulated,
        )


class DutyIn(Schema):
    """One watch, with references of people; times have an offset."""

    officer: str
    deputy: str
    since: Moment
    until: Moment


class DutyOut(DutyIn):
    """One watch on the roster."""

    number: int

    @classmethod
    def of(cls, duty: Duty) -> "DutyOut":
        """Build the schema from a watch."""
        return cls(number=duty.pk, officer=duty.officer.ref, deputy=duty.deputy.ref, since=duty.since, until=duty.until)


class KeyIn(Schema):
    """Purpose, scopes and roles of a key."""

    name: str = Field(min_length=1, max_length=80)
    scopes: list[str] = Field(min_length=1)
    roles: list[Role] = []
    days: int = Field(90, ge=1, le=366)
    per_minute: int = Field(600, ge=1, le=6_000)


class KeyOut(Schema):
    """A key without its secret."""

    number: int
    name: str
    begins_with: str
    scopes: list[str]
    roles: list[str]
    per_minute: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyOut":
        """Build the schema from a key."""
        names = ("name", "scopes", "roles", "per_minute", "created_at", "expires_at", "revoked_at", "last_used_at")
        return cls(number=key.pk, begins_with=key.shown, **{name: getattr(key, name) for name in names})


class NewKeyOut(Schema):
    """A new key with its secret, which is returned only once."""

    key: KeyOut
    secret: str


class MeOut(Schema):
    """The caller."""

    organization: OrganizationOut
    person: str | None
    roles: list[str]
    scopes: list[str] | None
