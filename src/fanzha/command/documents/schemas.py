"""API schemas of numbered documents."""

from datetime import datetime

from ninja import Schema

from fanzha.command.documents.models import IssuedDocument


class IssuedDocumentOut(Schema):
    """A numbered document. `sha256_zh` and `sha256_en` are the SHA-256 of its PDF in Chinese and in English."""

    ref: str
    type: str
    number_zh: str
    number_en: str
    owner: str
    process: str
    process_title: str
    step: int
    sha256_zh: str
    sha256_en: str
    issued_at: datetime

    @classmethod
    def of(cls, document: IssuedDocument) -> "IssuedDocumentOut":
        """Return the schema of a document."""
        return cls(
            ref=document.ref,
            type=document.document_type,
            number_zh=document.citation.zh,
            number_en=document.citation.en,
            owner=document.owner.ref,
            process=document.instance.ref,
            process_title=document.instance.title,
            step=document.step,
            sha256_zh=document.sha256_zh,
            sha256_en=document.sha256_en,
            issued_at=document.issued_at,
        )
