"""Effects that set and clear the duty officer of an organisation; escalations go to the officer on duty."""

from datetime import datetime

from django.utils import timezone

from fanzha.base.clock import from_ms
from fanzha.command.organizations.models import Duty, Person
from fanzha.command.processes.models import OutboxItem
from fanzha.command.processes.services import current_situation


def set_duty(item: OutboxItem) -> None:
    """Put the officer on duty, with the deputy as substitute."""
    _write(item, "officer", "deputy")


def set_deputy(item: OutboxItem) -> None:
    """Put the deputy on duty, with the officer as substitute."""
    _write(item, "deputy", "officer")


def clear_duty(item: OutboxItem) -> None:
    """End the duty now; delete it if it has not begun."""
    begins_at, _ends_at, people = _read_duty(item)
    watch = Duty.objects.filter(
        organization=item.instance.owner, since=begins_at, officer__in=people.values(), deputy__in=people.values()
    )
    now = timezone.now()
    if begins_at >= now:
        watch.delete()
    watch.filter(until__gt=now).update(until=now)


def _write(item: OutboxItem, first: str, second: str) -> None:
    begins_at, ends_at, people = _read_duty(item)
    officer, deputy = people[first], people[second]
    existing = Duty.objects.filter(
        organization=item.instance.owner, since=begins_at, officer__in=people.values(), deputy__in=people.values()
    )
    values = {"officer": officer, "deputy": deputy, "until": ends_at}
    if not existing.update(**values):
        Duty.objects.create(organization=item.instance.owner, since=begins_at, **values)


def _read_duty(item: OutboxItem) -> tuple[datetime, datetime, dict[str, Person]]:
    """Return start, end and the people by role (officer, deputy); all of them are members of the owner."""
    facts = current_situation(item.instance).facts
    members = Person.objects.filter(memberships__organization=item.instance.owner, memberships__until=None).distinct()
    people = {part: members.get(ref=str(facts[part])) for part in ("officer", "deputy")}
    return from_ms(_to_ms(facts["begins_at"])), from_ms(_to_ms(facts["ends_at"])), people


def _to_ms(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"no moment: {value!r}")
    return value
