"""The table of documents, whose rows are on record by digests; the digest covers the SHA-256 of each PDF."""

from fanzha.base.words import Words
from fanzha.command.audit.selectors import DigestTable

DOCUMENTS = DigestTable(
    "documents.IssuedDocument",
    (
        "ref", "key", "owner_id", "instance_id", "step", "document_type", "year", "number", "sha256_zh", "sha256_en",
        "issued_at",
    ),
    Words("编号文书", "numbered documents"),
)  # fmt: skip

TABLES = (DOCUMENTS,)
