"""Read organisations, people, memberships, API keys and the duty roster. Other apps query these models here only."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.organizations.models import (
    ApiKey,
    Duty,
    Invitation,
    Membership,
    Organization,
    Person,
    RefusedDisclosure,
    key_ref,
)
from fanzha.command.organizations.number_owners import SOURCE_WORDS as SOURCE_WORDS
from fanzha.command.organizations.number_owners import explain_foreign_numbers as explain_foreign_numbers
from fanzha.command.organizations.number_owners import find_number_owners as find_number_owners
from fanzha.command.organizations.number_owners import find_operator_organization as find_operator_organization
from fanzha.command.organizations.number_owners import numbering_tables as numbering_tables
from fanzha.command.organizations.number_owners import runs_number as runs_number
from fanzha.command.web.roles import SUPERVISORS
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason, Refusal

#: What a key of an organisation of another country may be used for.
FOREIGN_SCOPES = frozenset({"exchange:read", "exchange:write"})

# Organisations


def all_organizations() -> QuerySet[Organization]:
    """Return all organisations, also suspended ones. All participants may read them."""
    return Organization.objects.all()


def active_organizations() -> QuerySet[Organization]:
    """Return the organisations at home that are not suspended. Those abroad receive what the foreign gate lets out."""
    return partner_organizations().filter(country="")


def partner_organizations() -> QuerySet[Organization]:
    """Return the organisations that are not suspended, those of other countries, too."""
    return Organization.objects.filter(is_active=True)


def organizations_without_people() -> QuerySet[Organization]:
    """Return the active organisations without people on this site."""
    return partner_organizations().exclude(pk__in=current_memberships().values("organization"))


def find_named_organization(name: str) -> Organization | None:
    """Return the active organisation with a ref, credit code or name; None if there is none or more than one."""
    for field in ("ref", "uscc", "name_zh", "name_en"):
        matches = list(active_organizations().filter(**{field: name.strip()})[:2])
        if len(matches) == 1:
            return matches[0]
    return None


def get_organization(pk: int) -> Organization:
    """Return the organisation with a primary key. Raise ObjectDoesNotExist."""
    return Organization.objects.get(pk=pk)


def get_organization_ref(pk: int) -> str:
    """Return the reference of the organisation with a primary key. Raise ObjectDoesNotExist."""
    return Organization.objects.values_list("ref", flat=True).get(pk=pk)


def find_organization(name: str) -> Organization | None:
    """Return the active organisation with a ref or name, as given in settings and commands, or None."""
    named = Q(ref=name) | Q(name_zh=name) | Q(name_en=name)
    return active_organizations().filter(named).order_by("pk").first() if name else None


def organizations_by_ref(refs: Iterable[str]) -> dict[str, Organization]:
    """Return the organisations with these references, by reference."""
    return {organization.ref: organization for organization in Organization.objects.filter(ref__in=refs)}


# People


def all_people() -> QuerySet[Person]:
    """Return all people, also suspended ones."""
    return Person.objects.all()


def administered_people(organization: Organization) -> QuerySet[Person]:
    """Return the people that an organisation administers: without former members who joined another one."""
    return Membership.objects.administered_people(organization)


def get_person(viewer: Viewer) -> Person:
    """Return the person of a viewer. Raise ObjectDoesNotExist for an API key."""
    return Person.objects.get(pk=viewer.person or 0)


def find_person(ref: str, organization: Organization) -> Person | None:
    """Return a person administered by the organisation, or None."""
    return Membership.objects.administered_people(organization).filter(ref=ref).first()


def people_by_ref(refs: Iterable[str]) -> dict[str, Person]:
    """Return the people with these references, by reference."""
    return {person.ref: person for person in Person.objects.filter(ref__in=refs)}


def search_people(text: str) -> QuerySet[Person]:
    """Return the people with a mail address or reference, or with a name that contains the text."""
    return Person.objects.filter(Q(email__iexact=text) | Q(name__icontains=text) | Q(ref=text))


def current_memberships(at: datetime | None = None) -> QuerySet[Membership]:
    """Return the memberships of active people at home in force at a moment (default: now)."""
    return Membership.objects.in_force(at).filter(organization__country="")


def current_members(organization: int, *roles: str) -> QuerySet[Person]:
    """Return the people who have one of these roles in an organisation (primary key) now."""
    memberships = current_memberships().filter(organization=organization, role__in=roles)
    return Person.objects.filter(pk__in=memberships.values("person"))


def permanent_members(organization: int) -> QuerySet[Person]:
    """Return the people with a membership without an end in an organisation (primary key)."""
    return Person.objects.filter(memberships__organization=organization, memberships__until=None).distinct()


# Invitations, API keys and the duty roster


def open_invitations() -> QuerySet[Invitation]:
    """Return the open invitations of active organisations."""
    return Invitation.select_open()


def valid_api_keys(at: datetime | None = None) -> QuerySet[ApiKey]:
    """Return the keys that are neither revoked nor expired at a moment (default: now)."""
    return ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at or timezone.now()), revoked_at=None)


def find_duty(organization: int, at: datetime) -> Duty | None:
    """Return the watch of an organisation (primary key) at a moment, or None."""
    return Duty.at(organization, at)


def ended_watches(organization: int, person: int, since: datetime, until: datetime) -> list[int]:
    """Return the watches (primary keys) of a person of an organisation that ended after `since`, until `until`."""
    watches = Duty.objects.filter(organization=organization, until__gt=since, until__lte=until)
    return list(watches.filter(Q(officer=person) | Q(deputy=person)).values_list("pk", flat=True))


def refused_disclosures(since: datetime) -> QuerySet[RefusedDisclosure]:
    """Return the refused requests for values since a moment that the current viewer may read."""
    return RefusedDisclosure.objects.filter(last_at__gte=since)


# Viewers and actors


def build_viewer(
    organization: Organization, roles: set[str] | frozenset[str], person: int | None, scopes: list[str] | None = None
) -> Viewer:
    """Return the viewer of a person or a key in an organisation."""
    supervised = organization.supervises.values_list("pk", flat=True) if organization.kind in SUPERVISORS else ()
    return Viewer(
        organization=organization.pk,
        kind=organization.kind,
        province=organization.province,
        roles=frozenset(roles),
        supervised=frozenset(supervised),
        person=person,
        scopes=None if scopes is None else frozenset(scopes),
    )


def build_key_viewer(key: ApiKey) -> Viewer:
    """Return the viewer of an API key. One of another country has no role, and no scope but those of the exchange."""
    is_foreign = bool(key.organization.country)
    scopes = sorted({*key.scopes} & FOREIGN_SCOPES) if is_foreign else key.scopes
    roles = frozenset() if is_foreign else frozenset(key.roles)
    return build_viewer(key.organization, roles, None, scopes)._replace(key=key.pk, shared_by=key.shared_by_id)


def count_partner_keys(basis: str) -> int:
    """Return how many keys for partners abroad work on an approval (its reference)."""
    return ApiKey.valid_at(timezone.now()).filter(basis=basis).count()


def find_valid_key(secret: str) -> ApiKey | None:
    """Return the key of a secret with its organisation; None if it is unknown, expired or revoked."""
    return ApiKey.find_valid(secret)


def find_key(pk: int) -> ApiKey | None:
    """Return a key with its organisation by primary key; None if it is unknown, expired or revoked."""
    return ApiKey.valid_at(timezone.now()).filter(pk=pk).first()


def get_actor(viewer: Viewer) -> Person | ApiKey:
    """Return the person of a viewer, or its key with organisation and creator."""
    if viewer.key:
        return ApiKey.objects.select_related("organization", "made_by").get(pk=viewer.key)
    return get_person(viewer)


def get_actor_ref(viewer: Viewer, organization: str) -> str:
    """Return the reference of a viewer as an actor: of its person or its key. `organization` is its reference."""
    return Person.objects.get(pk=viewer.person).ref if viewer.person else key_ref(organization, viewer.key)


def created_key_refs(viewer: Viewer) -> frozenset[str]:
    """Return the references of the keys that the person of a viewer created; none for a key."""
    if not viewer.person:
        return frozenset()
    keys = ApiKey.objects.filter(made_by=viewer.person).select_related("organization")
    return frozenset(key.ref for key in keys)


def as_person(actor: Person | ApiKey | None) -> Person | None:
    """Return an actor if it is a person, else None."""
    return actor if isinstance(actor, Person) else None


def responsible_person(actor: Person | ApiKey | None) -> Person | None:
    """Return the person responsible for an action: the actor, or the person who created the key."""
    return actor.made_by if isinstance(actor, ApiKey) else actor


def get_responsible_person(viewer: Viewer) -> Person:
    """Return the person who asks, or who made the key. Raise Refusal if nobody is responsible for the key."""
    person = responsible_person(get_actor(viewer))
    if person is None:
        raise Refusal(Reason.ROLE, Words("该密钥没有责任人", "nobody is responsible for this key"))
    return person


def get_deciding_person(viewer: Viewer) -> Person:
    """Return the person who asks. Raise Refusal for a key: who holds it may be the one who proposed."""
    person = as_person(get_actor(viewer))
    if person is None:
        raise Refusal(Reason.ROLE, Words("由人员决定，密钥不能决定", "a person decides, not a key"))
    return person
