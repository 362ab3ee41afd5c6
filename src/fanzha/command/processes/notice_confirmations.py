"""Record that a notice to a person was delivered: legal periods start at the delivery."""

from __future__ import annotations

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.processes.digest_tables import NOTICES
from fanzha.command.processes.document_requests import request_proof_of_service
from fanzha.command.processes.hooks import needs_proof
from fanzha.command.processes.models import SubjectNotice
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import Actor
from fanzha.processes.refusal import Reason, Refusal

_PROOF_WORDS = Words(
    "限制告知须凭回执、当面或本人查阅证明送达，请在“待送达告知”中登记",
    "The notice of a limit is delivered by proof alone: by a receipt, at a desk or by the person. Record it there",
)


def confirm_delivery(notice: SubjectNotice, channel: str, actor: Actor) -> bool:
    """Record how a notice was delivered, on the word of who did it; return False if that was recorded before.

    Raise Refusal for the notice of a limit: its delivery is proven by a receipt, at a desk or by the person.
    """
    if needs_proof(notice):
        raise Refusal(Reason.EVIDENCE, _PROOF_WORDS)
    return record_delivery(notice, channel, actor)


def record_delivery(notice: SubjectNotice, channel: str, actor: Actor) -> bool:
    """Record how a notice was delivered; return False if that was recorded before."""
    now = timezone.now()
    with recorded() as log:
        waiting = SubjectNotice.objects.filter(pk=notice.pk, delivered_at=None)
        if not waiting.update(delivered_at=now, delivered_by=channel[:200]):
            return False
        log.digest(NOTICES.model, [notice.pk])
        log.add(
            Draft(
                kind="notice_delivered",
                at=to_ms(now),
                actor=actor.person,
                organization=actor.organization,
                process=notice.instance.ref,
                facts={"notice": notice.pk, "how": channel[:200]},
            )
        )
        request_proof_of_service(notice, now)
    return True
