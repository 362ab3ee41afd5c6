"""Read the audit log: entries, anchors, personal fields, proofs, and the state of the log."""

from datetime import datetime

from django.db.models import Max, Q, QuerySet

from fanzha.base.clock import to_ms
from fanzha.command.audit.log_state import LogState, log_state
from fanzha.command.audit.long_tables import as_bytes
from fanzha.command.audit.models import LogAnchor, LogBatch, LogEntry, PersonalField, PublishedEvidence, RowDigests
from fanzha.command.audit.proofs import decrypt_values, group_by_batch, prove_batches, to_sealed_entry
from fanzha.command.audit.publication_log import FOUND, PUBLISHED, files_digest, last_recorded
from fanzha.command.audit.row_checks import (
    RowCheck,
    decode_commitment_names,
    decode_facts,
    deletions,
    entries_of,
    erasures,
)
from fanzha.command.audit.row_digests import PACKED_BYTES, DigestTable, unpack_digests
from fanzha.command.audit.signing import public_key
from fanzha.command.web.scoping import Unscoped, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import sequence_number

__all__ = [
    "FOUND",
    "PUBLISHED",
    "files_digest",
    "last_recorded",
    "DigestTable",
    "LogState",
    "RowCheck",
    "all_entries",
    "count_deleted",
    "decode_commitment_names",
    "decode_facts",
    "deletions",
    "decrypt_values",
    "entries_of",
    "entries_readable_by",
    "erasures",
    "find_anchor",
    "first_place",
    "group_by_batch",
    "last_place",
    "log_anchors",
    "log_entries",
    "log_state",
    "personal_fields",
    "prove_batches",
    "public_key",
    "published_evidence",
    "to_sealed_entry",
]

_UNSCOPED = unscoped("the end of the log is the end for all")


def log_entries() -> QuerySet[LogEntry]:
    """Return the entries that the current viewer may read."""
    return LogEntry.objects.all()


def all_entries(access: Unscoped) -> QuerySet[LogEntry]:
    """Return the entries of all organisations. `access` names the reason."""
    return access.rows(LogEntry)


def entries_readable_by(viewer: Viewer) -> Q:
    """Return the condition of the entries that a viewer may read."""
    return LogEntry.readable(viewer)


def log_anchors() -> QuerySet[LogAnchor]:
    """Return the anchors of the log."""
    return LogAnchor.objects.all()


def find_anchor(batch: int) -> LogAnchor | None:
    """Return the anchor that covers a batch, None if the batch is not anchored yet."""
    return LogAnchor.objects.filter(number__gte=batch).order_by("number").first()


def personal_fields(place: int) -> QuerySet[PersonalField]:
    """Return the encrypted personal values of an entry with their keys, by name."""
    return PersonalField.objects.filter(entry=place).select_related("key").order_by("name")


def first_place(moment: datetime) -> int:
    """Return the place of the first entry recorded at or after a moment."""
    batches = LogBatch.objects.filter(at__gte=to_ms(moment)).order_by("at", "number")
    number = batches.values_list("number", flat=True).first()
    last = LogBatch.objects.order_by("-number").values_list("number", flat=True).first() or 0
    return sequence_number(last + 1 if number is None else number, 0)


def published_evidence(batch: int) -> list[bytes]:
    """Return the packed ids of the evidence of the publications in a batch."""
    return [
        as_bytes(packed) for packed in PublishedEvidence.objects.filter(batch=batch).values_list("packed", flat=True)
    ]


def count_deleted(table: DigestTable) -> int:
    """Return how many rows of a table were deleted on record."""
    rows = RowDigests.objects.filter(table=table.name).values_list("packed", flat=True)
    packed = (as_bytes(one) for one in rows.iterator())
    intact = (one for one in packed if len(one) % PACKED_BYTES == 0)
    return sum(int((~unpack_digests(one).digests.any(axis=1)).sum()) for one in intact)


def last_place() -> int:
    """Return the place of the newest entry of the log, 0 if there is none."""
    return int(_UNSCOPED.rows(LogEntry).aggregate(last=Max("place"))["last"] or 0)
