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


def people_of(organization: Organization) -> list[PersonRow]:
    """Return the members of an organisation by name, then former members without an organisation."""
    now = timezone.now()
    held: dict[Person, list[Membership]] = {}
    of_them = Membership.objects.filter(organization=organization, person__in=Membership.objects.may_see(organization))
    for one in of_them.select_related("person"):
        held.setdefault(one.person, []).append(one)
    with_factor = set(
        Authenticator.objects.filter(user__in=held, type__in=COUNTED).values_list("user", flat=True).distinct()
    )
    seen = dict(UserSession.objects.filter(user__in=held).values_list("user").annotate(Max("last_seen_at")))
    order = list(Role)
    rows = [
        PersonRow(
            person,
            tuple(sorted((one.role for one in all_of if _holds(one, now)), key=lambda role: order.index(Role(role)))),
            next((one.unit for one in sorted(all_of, key=lambda one: one.pk, reverse=True) if one.unit), ""),
            min(one.since for one in all_of),
            person.pk in with_factor,
            seen.get(person.pk) or person.last_login,
        )
        for person, all_of in held.items()
    ]
    return sorted(rows, key=lambda row: (not row.roles, row.person.name, row.person.pk))


def _holds(one: Membership, now: datetime) -> bool:
    return one.person.is_active and one.since <= now and (one.until is None or one.until > now)
