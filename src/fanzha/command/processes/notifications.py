"""Tell organisations and their people that something happened or is late; each message once, by its key."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.organizations.models import Duty, Membership, Organization, Person
from fanzha.command.processes.models import Leg, Notification, OutboxItem, ProcessInstance, Timer
from fanzha.command.processes.persistence import take_part
from fanzha.command.processes.selectors import organizations_named
from fanzha.command.web.roles import Kind, Role
from fanzha.processes.effects import EFFECT_WORDS, Effect, Escalation
from fanzha.processes.process import Process


def tell(
    item: OutboxItem | Timer,
    organizations: Iterable[Organization],
    words: Words,
    *,
    person: Person | None = None,
    urgent: bool = False,
    key: str = "",
    instance: ProcessInstance | None = None,
) -> None:
    """Write one message to each organisation, or to one person of it, once for a key (that of the item).

    It leads to the item's process, or to another one of theirs.
    """
    Notification.objects.bulk_create(
        [
            Notification(
                key=f"{key or getattr(item, 'key', '')}:{one.ref}",
                owner=one,
                person=person,
                instance=instance or item.instance,
                leg=item.leg,
                urgent=urgent,
                text_zh=words.zh[:300],
                text_en=words.en[:300],
                at=timezone.now(),
            )
            for one in organizations
        ],
        ignore_conflicts=True,
    )


def happened(item: OutboxItem) -> Words:
    """Return what happened in words: the process, what it is about, and the event."""
    process = item.instance.version.process
    name = str(item.payload.get("event", ""))
    machine = process.machine_of(name)
    event = machine.events[name].title if machine else Words("", "")
    about = item.instance.title
    return Words(f"{process.title.zh}{_of(about)}：{event.zh}", f"{process.title.en}{_of(about)}: {event.en}")


def receivers(item: OutboxItem) -> list[Organization]:
    """Return the organisations of the legs, of one leg where the item is about one; without legs, those named."""
    if item.instance.version.process.legs is None:
        return organizations_named(item.instance)
    legs = Leg.objects.filter(instance=item.instance).select_related("receiver")
    return [leg.receiver for leg in (legs.filter(name=item.leg) if item.leg else legs)]


def above(organization: Organization) -> list[Organization]:
    """Return who supervises an organisation: the regulator of its province, else the national one."""
    local = Organization.objects.filter(kind=Kind.REGULATOR, province=organization.province, is_active=True)
    found = list(local.exclude(pk=organization.pk)) if organization.province else []
    return found or list(
        Organization.objects.filter(kind=Kind.REGULATOR, province="", is_active=True).exclude(pk=organization.pk)
    )


def national_centre() -> list[Organization]:
    """Return the national centre, or the national regulator where there is none."""
    centres = Organization.objects.filter(kind=Kind.CENTRE, province="", is_active=True)
    return list(centres) or list(Organization.objects.filter(kind=Kind.REGULATOR, province="", is_active=True))


def tell_police(item: OutboxItem) -> None:
    """Tell the police, who take part from now on; nobody where the police have it already."""
    owner = item.instance.owner
    police = [] if owner.kind == Kind.POLICE else police_of(owner)
    take_part(item.instance, police)
    tell(item, police, happened(item))


def tell_named(item: OutboxItem) -> None:
    """Tell organisations that a step has named them: they take part and may have something to do."""
    words = happened(item)
    named = Organization.objects.filter(ref__in=item.payload["parties"])
    tell(item, named, Words(f"贵单位被列入：{words.zh}", f"You were named: {words.en}"), urgent=True)


def police_of(organization: Organization) -> list[Organization]:
    """Return the police of an organisation's province, and those of the whole country."""
    return list(
        Organization.objects.filter(
            Q(province=organization.province) | Q(province=""), kind=Kind.POLICE, is_active=True
        )
    )


def escalate(item: OutboxItem) -> None:
    """Take a passed deadline to whom the process names: a duty officer and deputy, the regulator, the centre."""
    waited_for = receivers(item)[0] if item.leg else item.instance.owner
    words = _late(item, waited_for)
    match Escalation(item.payload["to"]):
        case Escalation.REGULATOR:
            tell(item, above(waited_for), words, urgent=True)
        case Escalation.NATIONAL_CENTRE:
            tell(item, national_centre(), words, urgent=True)
        case to:
            tell(item, [waited_for], words, person=_on_duty(waited_for, to, timezone.now()), urgent=True)


def given_up(item: OutboxItem) -> None:
    """Tell the owner's desk, and its administrators by name, that something was tried in vain and is not done."""
    owner, effect = item.instance.owner, item.effect
    done = EFFECT_WORDS[Effect(effect)] if effect in set(Effect) else Words(effect, effect)
    title, about = item.instance.version.process.title, _of(item.instance.title)
    words = Words(
        f"多次重试未果，未能执行：{title.zh}{about}，{done.zh}；原因见工作进程日志",
        f"Tried in vain and not done: {title.en}{about}, {done.en}; the worker's log says why",
    )
    tell(item, [owner], words, urgent=True, key=f"{item.key}:given-up")
    administrators = Membership.objects.in_force().filter(organization=owner, role=Role.ADMINISTRATOR)
    for one in Person.objects.filter(pk__in=administrators.values("person")):
        tell(item, [owner], words, person=one, urgent=True, key=f"{item.key}:given-up:{one.ref}")


def not_passed(timer: Timer) -> None:
    """Tell the owner's desk that a deadline is over and what it leads to could not be done."""
    instance = timer.instance
    process, about = instance.version.process, _of(instance.title)
    deadline = _deadline(process, timer.leg, timer.deadline)
    words = Words(
        f"期限已到，但系统出错，未能处理：{process.title.zh}{about}，{deadline.zh}；原因见工作进程日志",
        f"Over, but the system failed on it: {process.title.en}{about}, {deadline.en}; the worker's log says why",
    )
    tell(timer, [instance.owner], words, urgent=True, key=f"{timer.pk}:not-passed")


def _on_duty(organization: Organization, to: Escalation, at: datetime) -> Person | None:
    """Return who is on duty; None tells the whole desk."""
    duty = Duty.at(organization.pk, at)
    if duty is None:
        return None
    return duty.deputy if to is Escalation.DEPUTY else duty.officer


def _late(item: OutboxItem, waited_for: Organization) -> Words:
    process = item.instance.version.process
    deadline = _deadline(process, item.leg, str(item.payload.get("deadline", "")))
    about = _of(item.instance.title)
    return Words(
        f"超时：{process.title.zh}{about}，{deadline.zh}，等待{waited_for.name_zh}",
        f"Late: {process.title.en}{about}, {deadline.en}, waiting for {waited_for.name_en}",
    )


def _deadline(process: Process, leg: str, name: str) -> Words:
    machine = process.legs if leg and process.legs and name in process.legs.deadlines else process
    return machine.deadlines[name].title if name in machine.deadlines else Words(name, name)


def _of(title: str) -> str:
    return f" · {title}" if title else ""
