"""Set and clear watches on the duty roster. Escalations go to the officer and the deputy."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.models import Duty, Membership, Organization, Person
from fanzha.command.web.roles import Role

_WHO = (Role.ADMINISTRATOR, Role.DUTY_OFFICER)


def set_duty(
    actor: AuditActor, organization: Organization, officer: Person, deputy: Person, since: datetime, until: datetime
) -> Duty:
    """Add a watch to the roster. Raise AdministrationRefused."""
    _check(actor, organization)
    if until <= since or until <= timezone.now():
        raise AdministrationRefused(_("The shift must end after it starts and cannot be in the past."))
    if officer == deputy:
        raise AdministrationRefused(_("The deputy must be a different person."))
    people = Membership.objects.in_force().filter(organization=organization, person__in=(officer, deputy))
    if people.values("person").distinct().count() < 2:
        raise AdministrationRefused(_("Both people must belong to the organisation."))
    with recorded() as log:
        duty = Duty.objects.create(organization=organization, officer=officer, deputy=deputy, since=since, until=until)
        actor.record(
            log,
            "duty_set",
            organization.ref,
            officer=officer.ref,
            deputy=deputy.ref,
            since=to_ms(since),
            until=to_ms(until),
        )
    return duty


def clear_duty(actor: AuditActor, duty: Duty) -> None:
    """End a current watch, or delete a future one. Raise AdministrationRefused."""
    _check(actor, duty.organization)
    now = timezone.now()
    with recorded() as log:
        if duty.since >= now:
            duty.delete()
        else:
            Duty.objects.filter(pk=duty.pk, until__gt=now).update(until=now)
        actor.record(log, "duty_cleared", duty.organization.ref, officer=duty.officer.ref, since=to_ms(duty.since))


def save_watch(organization: Organization, officer: Person, deputy: Person, since: datetime, until: datetime) -> None:
    """Put an officer and a deputy on duty; change the watch of the two that begins at the same moment, if any.

    Nothing is checked or logged: the process that sets the watch does both.
    """
    values = {"officer": officer, "deputy": deputy, "until": until}
    if not _watches(organization, (officer, deputy), since).update(**values):
        Duty.objects.create(organization=organization, since=since, **values)


def end_watch(organization: Organization, people: Collection[Person], since: datetime) -> None:
    """End now the watch of two people that begins at a moment; delete it if it has not begun.

    Nothing is checked or logged: the process that ends the watch does both.
    """
    now, watch = timezone.now(), _watches(organization, people, since)
    if since >= now:
        watch.delete()
    watch.filter(until__gt=now).update(until=now)


def _watches(organization: Organization, people: Collection[Person], since: datetime) -> QuerySet[Duty]:
    return Duty.objects.filter(organization=organization, since=since, officer__in=people, deputy__in=people)


def _check(actor: AuditActor, organization: Organization) -> None:
    viewer = actor.viewer
    if viewer is not None and not (viewer.organization == organization.pk and viewer.has(*_WHO)):
        raise AdministrationRefused(
            _("Only administrators and duty officers of your organisation can change the roster.")
        )
