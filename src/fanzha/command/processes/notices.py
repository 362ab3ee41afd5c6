"""A notice was delivered: the periods of the law run from then, so who said so and how is on record."""

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.recording import recorded
from fanzha.command.processes.models import SubjectNotice
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import Actor


def say_delivered(notice: SubjectNotice, how: str, actor: Actor) -> bool:
    """Record how a notice was delivered; return False when somebody said so before."""
    now = timezone.now()
    with recorded() as log:
        waiting = SubjectNotice.objects.filter(pk=notice.pk, delivered_at=None)
        if not waiting.update(delivered_at=now, delivered_by=how[:200]):
            return False
        log.add(
            Draft(
                kind="notice_delivered",
                at=to_ms(now),
                actor=actor.person,
                organisation=actor.organization,
                process=notice.instance.ref,
                facts={"notice": notice.pk, "how": how[:200]},
            )
        )
    return True
