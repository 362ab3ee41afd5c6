"""Validate the documents that steps produce: their fields exist and hold nothing that others may not read."""

from collections.abc import Iterator

from fanzha.processes._yaml.faults import KeyPath, ProcessFault
from fanzha.processes.documents import WITH_NOTICE, DocumentType
from fanzha.processes.effects import Effect
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.process import Event, Process
from fanzha.processes.validation.traversal import machines


def document_faults(process: Process) -> Iterator[ProcessFault]:
    """Check `documents` of every event."""
    fields: dict[str, list[EvidenceField]] = {}
    for event in process.events.values():
        for name, field in event.evidence.items():
            fields.setdefault(name, []).append(field)
    for key_path, machine in machines(process):
        for name, event in machine.events.items():
            event_path = (*key_path, "events", name)
            if Effect.ISSUE_DOCUMENTS in event.effects:
                yield ProcessFault(
                    (*event_path, "effects"), "documents are issued without it", "leave issue_documents out"
                )
            if machine is process:
                yield from _check_documents(process, event, fields, (*event_path, "documents"))
            elif event.documents:
                yield ProcessFault((*event_path, "documents"), "a leg produces no documents", "name them at a step")


def _check_documents(
    process: Process, event: Event, fields: dict[str, list[EvidenceField]], key_path: KeyPath
) -> Iterator[ProcessFault]:
    gives_notice = Effect.NOTIFY_SUBJECT in event.effects or bool(event.to and process.notice_for(event.to))
    for document_type, names in event.documents.items():
        if document_type in WITH_NOTICE and not gives_notice:
            yield ProcessFault(
                (*key_path, document_type), "this step gives nobody notice", "add notify_subject, and `told`"
            )
        if document_type is DocumentType.PROOF_OF_SERVICE and len(event.documents) == 1:
            yield ProcessFault(
                (*key_path, document_type), "nothing is served", "produce a notice or a rectification_order too"
            )
        for name in names:
            if name not in fields:
                yield ProcessFault((*key_path, document_type), f"no event of the process has a field {name!r}")
            elif any(field.personal or field.internal or field.hidden_until for field in fields[name]):
                yield ProcessFault(
                    (*key_path, document_type),
                    f"{name!r} is personal, internal or hidden, and a document is read by all who take part",
                    "leave it out",
                )
