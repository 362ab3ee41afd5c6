"""Notify organisations and people of events and missed deadlines; each notification once, by its key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.organizations.selectors import active_organizations, all_organizations, current_members, find_duty
from fanzha.command.processes.models import Leg, Notification, OutboxItem, ProcessInstance, Timer
from fanzha.command.processes.parties import select_named_organizations
from fanzha.command.processes.persistence import add_participants
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.effects import EFFECT_WORDS, Effect, Escalation
from fanzha.processes.process import Process

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person

_UNSCOPED = unscoped("a notification is written for another organisation")


def notify(
    item: OutboxItem | Timer,
    organizations: Iterable[Organization],
    words: Words,
    *,
    person: Person | None = None,
    urgent: bool = False,
    key: str = "",
    instance: ProcessInstance | None = None,
) -> None:
    """Write one notification to each organisation, or to one person of it, once per key (by default that of the item).

    It links to the item's process, or to `instance`.
    """
    Notification.objects.bulk_create(
        [
            Notification(
                key=f"{key or getattr(item, 'key', '')}:{organization.ref}",
                owner=organization,
                person=person,
                instance=instance or item.instance,
                leg=item.leg,
                urgent=urgent,
                text_zh=words.zh[:300],
                text_en=words.en[:300],
                at=timezone.now(),
            )
            for organization in organizations
        ],
        ignore_conflicts=True,
    )


def create_notification(
    owner_id: int,
    words: Words,
    *,
    key: str,
    at: datetime,
    person: Person | None = None,
    instance: ProcessInstance | None = None,
    leg: str = "",
    path: str = "",
    urgent: bool = False,
) -> bool:
    """Write one notification, once per key, to an organisation or one of its people; return whether it is new.

    It links to the page `path`, or to the process.
    """
    _, is_new = _UNSCOPED.rows(Notification).get_or_create(
        key=key,
        defaults={
            "owner_id": owner_id,
            "person": person,
            "instance": instance,
            "leg": leg,
            "path": path,
            "urgent": urgent,
            "text_zh": words.zh[:300],
            "text_en": words.en[:300],
            "at": at,
        },
    )
    return is_new


def settle_notifications(key_prefix: str, at: datetime) -> None:
    """Mark the notifications whose keys begin so as read: what they asked for is done."""
    _UNSCOPED.rows(Notification).filter(key__startswith=key_prefix, read_at=None).update(read_at=at)


def describe_event(item: OutboxItem) -> Words:
    """Describe an event: the process, its title, and the event."""
    process = item.instance.version.process
    name = str(item.payload.get("event", ""))
    machine = process.machine_for(name)
    event = machine.events[name].title if machine else Words("", "")
    about = item.instance.title
    return Words(
        f"{process.title.zh}{_title_suffix(about)}：{event.zh}", f"{process.title.en}{_title_suffix(about)}: {event.en}"
    )


def receiving_organizations(item: OutboxItem) -> list[Organization]:
    """Return the receivers of all legs, or of the item's leg; the named organisations if the process has no legs."""
    if item.instance.version.process.legs is None:
        return select_named_organizations(item.instance)
    legs = Leg.objects.filter(instance=item.instance).select_related("receiver")
    return [leg.receiver for leg in (legs.filter(name=item.leg) if item.leg else legs)]


def supervisors(organization: Organization) -> list[Organization]:
    """Return the supervisors of an organisation: the regulator of its province, else the national one."""
    local = active_organizations().filter(kind=Kind.REGULATOR, province=organization.province)
    regulators = list(local.exclude(pk=organization.pk)) if organization.province else []
    return regulators or list(
        active_organizations().filter(kind=Kind.REGULATOR, province="").exclude(pk=organization.pk)
    )


def national_centre() -> list[Organization]:
    """Return the national centre, or the national regulator if there is none."""
    centres = active_organizations().filter(kind=Kind.CENTRE, province="")
    return list(centres) or list(active_organizations().filter(kind=Kind.REGULATOR, province=""))


def notify_police(item: OutboxItem) -> None:
    """Notify the police and add them as participants, unless the owner is the police."""
    owner = item.instance.owner
    police = [] if owner.kind == Kind.POLICE else provincial_police(owner)
    add_participants(item.instance, police)
    notify(item, police, describe_event(item))


def notify_named(item: OutboxItem) -> None:
    """Notify organisations that a step has named."""
    words = describe_event(item)
    organizations = all_organizations().filter(ref__in=item.payload["parties"])
    notify(item, organizations, Words(f"贵单位被列入：{words.zh}", f"You were named: {words.en}"), urgent=True)


def provincial_police(organization: Organization) -> list[Organization]:
    """Return the police of an organisation's province and the national police."""
    return list(active_organizations().filter(Q(province=organization.province) | Q(province=""), kind=Kind.POLICE))


def escalate(item: OutboxItem) -> None:
    """Escalate a missed deadline to the duty officer, the deputy, the regulator or the national centre."""
    waited_for = receiving_organizations(item)[0] if item.leg else item.instance.owner
    words = _late_words(item, waited_for)
    match Escalation(item.payload["to"]):
        case Escalation.REGULATOR:
            notify(item, supervisors(waited_for), words, urgent=True)
        case Escalation.NATIONAL_CENTRE:
            notify(item, national_centre(), words, urgent=True)
        case to:
            notify(item, [waited_for], words, person=_duty_person(waited_for, to, timezone.now()), urgent=True)


def notify_failed_effect(item: OutboxItem) -> None:
    """Notify the owner and each of its administrators that an effect was given up."""
    owner, effect = item.instance.owner, item.effect
    effect_words = EFFECT_WORDS[Effect(effect)] if effect in set(Effect) else Words(effect, effect)
    title, about = item.instance.version.process.title, _title_suffix(item.instance.title)
    words = Words(
        f"多次重试未果，未能执行：{title.zh}{about}，{effect_words.zh}；原因见工作进程日志",
        f"Tried in vain and not done: {title.en}{about}, {effect_words.en}; the worker's log says why",
    )
    notify(item, [owner], words, urgent=True, key=f"{item.key}:given-up")
    for administrator in current_members(owner.pk, Role.ADMINISTRATOR):
        notify(item, [owner], words, person=administrator, urgent=True, key=f"{item.key}:given-up:{administrator.ref}")


def notify_failed_timer(timer: Timer) -> None:
    """Notify the owner that the handling of a passed deadline failed."""
    instance = timer.instance
    process, about = instance.version.process, _title_suffix(instance.title)
    deadline = _deadline_title(process, timer.leg, timer.deadline)
    words = Words(
        f"期限已到，但系统出错，未能处理：{process.title.zh}{about}，{deadline.zh}；原因见工作进程日志",
        f"Over, but the system failed on it: {process.title.en}{about}, {deadline.en}; the worker's log says why",
    )
    notify(timer, [instance.owner], words, urgent=True, key=f"{timer.pk}:not-passed")


def _duty_person(organization: Organization, to: Escalation, at: datetime) -> Person | None:
    """Return the person on duty; None notifies the whole organisation."""
    duty = find_duty(organization.pk, at)
    if duty is None:
        return None
    return duty.deputy if to is Escalation.DEPUTY else duty.officer


def _late_words(item: OutboxItem, waited_for: Organization) -> Words:
    process = item.instance.version.process
    deadline = _deadline_title(process, item.leg, str(item.payload.get("deadline", "")))
    about = _title_suffix(item.instance.title)
    return Words(
        f"超时：{process.title.zh}{about}，{deadline.zh}，等待{waited_for.name_zh}",
        f"Late: {process.title.en}{about}, {deadline.en}, waiting for {waited_for.name_en}",
    )


def _deadline_title(process: Process, leg: str, name: str) -> Words:
    machine = process.legs if leg and process.legs and name in process.legs.deadlines else process
    return machine.deadlines[name].title if name in machine.deadlines else Words(name, name)


def _title_suffix(title: str) -> str:
    return f" · {title}" if title else ""
