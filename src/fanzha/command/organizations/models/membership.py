"""The roles of people in organisations, with their period."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from fanzha.command.organizations.models.organization import Organization
from fanzha.command.organizations.models.person import Person
from fanzha.command.web.roles import ROLE_TITLES, Role


class Memberships(models.Manager["Membership"]):
    """Manager of memberships."""

    def in_force(self, at: datetime | None = None) -> "models.QuerySet[Membership]":
        """Return the memberships in force at a moment (default: now)."""
        at = at or timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=at), since__lte=at, person__is_active=True)

    def of_others(self, organization: Organization) -> "models.QuerySet[Membership]":
        """Return the memberships in force in other organisations."""
        return self.in_force().exclude(organization=organization)

    def may_see(self, organization: Organization) -> "models.QuerySet[Person]":
        """Return the people that an organisation administers: its members, and former members without an organisation.

        A former member who joined another organisation is administered there.
        """
        members = self.in_force().filter(organization=organization).values("person")
        members_elsewhere = self.of_others(organization).values("person")
        former_members = self.filter(organization=organization).exclude(person__in=members_elsewhere).values("person")
        return Person.objects.filter(Q(pk__in=members) | Q(pk__in=former_members))


class Membership(models.Model):
    """One role of one person in one organisation. It is ended, never deleted.

    `unit` is the department. Another department than the one that decided hears an appeal.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, ROLE_TITLES[role]) for role in Role])
    unit = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = Memberships()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization", "role"], condition=Q(until=None), name="one_membership_a_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}, {self.organization}"
