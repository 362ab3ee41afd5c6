"""Issue the documents of a step: number them without gaps, render them, and put their SHA-256 on record."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.documents.content import LANGUAGES, DocumentFacts, build_content, load_facts
from fanzha.command.documents.digest_tables import DOCUMENTS
from fanzha.command.documents.models import DocumentCounter, IssuedDocument
from fanzha.command.documents.rendering import render_pdf
from fanzha.command.processes.services import RetryLater
from fanzha.processes.documents import WITH_NOTICE, DocumentType
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import OutboxItem

#: The kind of the log entry of a document.
ISSUED = "document_issued"


def issue_documents(item: OutboxItem) -> None:
    """Issue the documents that an outbox item names, or those that its step produces at once; each once.

    Raise RetryLater for a proof of service while a document that it serves is not issued yet.
    """
    event = item.instance.version.process.events[item.payload["event"]]
    named = [DocumentType(name) for name in item.payload.get("documents", ())]
    for document_type in named or [each for each in event.documents if each not in WITH_NOTICE]:
        key = f"{item.key}/{document_type}"
        if not IssuedDocument.objects.filter(key=key).exists():
            facts = load_facts(item, event, document_type)
            if document_type is DocumentType.PROOF_OF_SERVICE:
                _check_served(facts)
            _issue(facts, item, key)


def _check_served(facts: DocumentFacts) -> None:
    """Raise RetryLater while a document that a proof of service has to name is not issued."""
    issued = {DocumentType(document.document_type) for document in facts.served}
    missing = sorted(set(facts.event.documents) - issued - {DocumentType.PROOF_OF_SERVICE})
    if missing:
        raise RetryLater(f"not issued yet, but to be served: {', '.join(missing)}")


def _issue(facts: DocumentFacts, item: OutboxItem, key: str) -> None:
    """Number, render and record one document. The number is given back if the transaction fails, so no gap stays."""
    owner, now = item.instance.owner, timezone.now()
    year = now.astimezone(ZoneInfo(owner.zone)).year
    with recorded() as log:
        number = _next_number(owner, facts.document_type, year, simulated=item.instance.simulated)
        pdfs = {
            language: render_pdf(facts.document_type, build_content(facts, year, number, now, language), now)
            for language in LANGUAGES
        }
        document = IssuedDocument.objects.create(
            key=key,
            owner=owner,
            instance=item.instance,
            step=item.step,
            document_type=facts.document_type,
            year=year,
            number=number,
            simulated=item.instance.simulated,
            issued_at=now,
            **{f"pdf_{language}": pdf for language, pdf in pdfs.items()},
            **{f"sha256_{language}": sha256(pdf).hexdigest() for language, pdf in pdfs.items()},
        )
        log.digest(DOCUMENTS.model, [document.pk])
        log.add(
            Draft(
                kind=ISSUED,
                at=to_ms(now),
                actor="",
                organization=owner.ref,
                process=item.instance.ref,
                facts={
                    "document": document.ref,
                    "type": document.document_type,
                    "year": year,
                    "number": number,
                    "step": item.step,
                    "sha256_zh": document.sha256_zh,
                    "sha256_en": document.sha256_en,
                },
            )
        )


def _next_number(owner: Organization, document_type: str, year: int, *, simulated: bool = False) -> int:
    """Return the next number of a series; other transactions wait for the end of this one."""
    counter, _ = DocumentCounter.objects.get_or_create(
        owner=owner, document_type=document_type, year=year, simulated=simulated
    )
    DocumentCounter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
    counter.refresh_from_db()
    return counter.last
