"""Urge whoever is late (催办): he is told at once, and the log says who urged whom."""

from datetime import datetime

from fanzha.base.clock import to_ms
from fanzha.command.desks.lateness import late_legs
from fanzha.command.evidence.recording import recorded
from fanzha.command.flows.models import Leg, Notification
from fanzha.command.organizations.models import Organization
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import Actor


def urge(leg: Leg, by: Organization, actor: Actor, now: datetime) -> bool:
    """Tell a leg's receiver that it is waited for; return False when it is not late, or was urged within the hour."""
    if not late_legs(Leg.objects.filter(pk=leg.pk), now).exists():
        return False
    key = f"urged:{leg.pk}:{by.pk}:{now:%Y%m%d%H}"
    sort, about = leg.instance.version.process.title, leg.instance.title
    with recorded() as log:
        _told, is_new = Notification._base_manager.get_or_create(
            key=key,
            defaults={
                "owner": leg.receiver,
                "instance": leg.instance,
                "leg": leg.name,
                "urgent": True,
                "text_zh": f"催办（{by.name_zh}）：{sort.zh}{_of(about)}"[:300],
                "text_en": f"{by.name_en} urges you: {sort.en}{_of(about)}"[:300],
                "at": now,
            },
        )
        if is_new:
            log.add(
                Draft(
                    kind="urged",
                    at=to_ms(now),
                    actor=actor.person,
                    organisation=actor.organization,
                    process=leg.instance.ref,
                    facts={"leg": leg.name, "receiver": leg.receiver.ref},
                )
            )
    return is_new


def _of(title: str) -> str:
    return f" · {title}" if title else ""
