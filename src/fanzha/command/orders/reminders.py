"""Send reminders (催办) to receivers: at most once an hour, written to the evidence log."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import find_duty
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import create_notification
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg

REMINDER_ROLES = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
#: Minimum time between reminders.
COOLDOWN = timedelta(hours=1)


def may_remind(leg: Leg, viewer: Viewer) -> bool:
    """Return whether a viewer may send reminders: people of the owner, and supervisors of owner or receiver."""
    watched = {leg.instance.owner_id, leg.receiver_id} & viewer.supervised
    return (leg.instance.owner_id == viewer.organization or bool(watched)) and viewer.has(*REMINDER_ROLES)


def send_reminder(leg: Leg, viewer: Viewer) -> bool:
    """Send a reminder of an open leg to the receiver; return False if one was sent within the hour."""
    now = timezone.now()
    key = f"urge:{leg.pk}:{viewer.organization}:{int(now.timestamp() // COOLDOWN.total_seconds())}"
    duty = find_duty(leg.receiver_id, now)
    words = _words(leg)
    with recorded() as log:
        is_new = create_notification(
            leg.receiver_id,
            words,
            key=key,
            at=now,
            person=duty.officer if duty else None,
            instance=leg.instance,
            leg=leg.name,
            urgent=True,
        )
        if is_new:
            actor = to_actor(viewer)
            facts = {"leg": leg.name, "receiver": leg.receiver.ref}
            log.add(Draft("urged", to_ms(now), actor.person, actor.organization, leg.instance.ref, facts=facts))
    return is_new


def _words(leg: Leg) -> Words:
    process = leg.instance.version.process
    state = process.legs.states[leg.state].title if process.legs else Words("", "")
    about = f" · {leg.instance.title}" if leg.instance.title else ""
    return Words(f"催办：{process.title.zh}{about}，{state.zh}", f"Urged: {process.title.en}{about}, {state.en}")
