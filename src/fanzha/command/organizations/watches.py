"""Set and clear watches on the duty roster. Escalations go to the officer and the deputy."""

from datetime import datetime

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
        raise AdministrationRefused(_("A watch ends after it begins, and not in the past."))
    if officer == deputy:
        raise AdministrationRefused(_("The deputy is another person."))
    people = Membership.objects.in_force().filter(organization=organization, person__in=(officer, deputy))
    if people.values("person").distinct().count() < 2:
        raise AdministrationRefused(_("Both belong to the organisation."))
    with recorded() as log:
        duty = Duty.objects.create(organization=organization, officer=officer, deputy=deputy, since=since, until=until)
        actor.put_on_record(
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
        actor.put_on_record(
            log, "duty_cleared", duty.organization.ref, officer=duty.officer.ref, since=to_ms(duty.since)
        )


def _check(actor: AuditActor, organization: Organization) -> None:
    viewer = actor.viewer
    if viewer is not None and not (viewer.organization == organization.pk and viewer.has(*_WHO)):
        raise AdministrationRefused(_("Administrators and duty officers keep the roster of their own organisation."))
