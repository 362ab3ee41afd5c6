"""Present the people of an organisation, in three queries for any number of people."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise

from fanzha.command.organizations.models import Membership, Organization, Person
from fanzha.command.organizations.second_factor import COUNTED
from fanzha.command.web.i18n import localize_text
from fanzha.command.web.roles import ROLE_TITLES, Role


@dataclass(frozen=True)
class PersonRow:
    """One person with current roles (none: suspended), first membership, second factor and last activity."""

    person: Person
    roles: tuple[str, ...]
    unit: str
    since: datetime
    has_second_factor: bool
    seen_at: datetime | None

    @property
    def titles(self) -> "list[str | Promise]":
        """Return the titles of the roles."""
        return [ROLE_TITLES[Role(role)] for role in self.roles]


def list_people_rows(organization: Organization) -> list[PersonRow]:
    """Return the members of an organisation by name, then former members without an organisation."""
    now = timezone.now()
    memberships_by_person: dict[Person, list[Membership]] = {}
    memberships = Membership.objects.filter(
        organization=organization, person__in=Membership.objects.administered_people(organization)
    )
    for membership in memberships.select_related("person"):
        memberships_by_person.setdefault(membership.person, []).append(membership)
    with_factor = set(
        Authenticator.objects.filter(user__in=memberships_by_person, type__in=COUNTED)
        .values_list("user", flat=True)
        .distinct()
    )
    last_seen = dict(
        UserSession.objects.filter(user__in=memberships_by_person).values_list("user").annotate(Max("last_seen_at"))
    )
    order = list(Role)
    rows = [
        PersonRow(
            person,
            tuple(
                sorted(
                    (membership.role for membership in person_memberships if _is_in_force(membership, now)),
                    key=lambda role: order.index(Role(role)),
                )
            ),
            next(
                (
                    localize_text(membership.unit)
                    for membership in sorted(person_memberships, key=lambda membership: membership.pk, reverse=True)
                    if membership.unit
                ),
                "",
            ),
            min(membership.since for membership in person_memberships),
            person.pk in with_factor,
            last_seen.get(person.pk) or person.last_login,
        )
        for person, person_memberships in memberships_by_person.items()
    ]
    return sorted(rows, key=lambda row: (not row.roles, row.person.name, row.person.pk))


def _is_in_force(membership: Membership, now: datetime) -> bool:
    return (
        membership.person.is_active and membership.since <= now and (membership.until is None or membership.until > now)
    )
