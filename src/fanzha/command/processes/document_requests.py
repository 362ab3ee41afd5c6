"""Ask for the documents that belong to a notice: itself when it is written, the proof of service when it is delivered.

Documents that a step produces at once are requested by the engine.
"""

from collections.abc import Mapping
from datetime import datetime

from fanzha.command.processes.models import OutboxItem, ProcessInstance, SubjectNotice
from fanzha.processes.documents import DocumentType
from fanzha.processes.effects import Effect


def request_documents(item: OutboxItem, notice: SubjectNotice, document_type: DocumentType, at: datetime) -> None:
    """Ask for a document if the step of an outbox item, which wrote the notice, declares it; once a notice."""
    event = item.instance.version.process.events.get(item.payload.get("event", ""))
    if event is None or document_type not in event.documents:
        return
    OutboxItem.objects.get_or_create(
        key=f"{notice.key}/{document_type}",
        defaults={
            "instance": item.instance,
            "step": item.step,
            "effect": Effect.ISSUE_DOCUMENTS.value,
            "payload": {"event": item.payload["event"], "documents": [document_type.value], "notice": notice.pk},
            "next_at": at,
        },
    )


def request_proof_of_service(notice: SubjectNotice, at: datetime) -> None:
    """Ask for the proof of service of a delivered notice if the step that wrote it declares one."""
    item = OutboxItem.objects.select_related("instance__version").filter(key=notice.key).first()
    if item is not None:
        request_documents(item, notice, DocumentType.PROOF_OF_SERVICE, at)


def queue_effects(
    instance: ProcessInstance, step: int, effect: Effect, payloads: Mapping[str, Mapping[str, object]]
) -> None:
    """Queue an effect that another app asks for beside those of the step, once for each key of `payloads`."""
    items = [
        OutboxItem(key=key, instance=instance, step=step, effect=effect.value, payload=payload)
        for key, payload in payloads.items()
    ]
    OutboxItem.objects.bulk_create(items, batch_size=500, ignore_conflicts=True)
