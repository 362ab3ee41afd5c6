"""Ingest one batch of a findings file in a single transaction: findings, presence, verdicts, campaigns, cursor, log.

A process that is killed leaves either the whole batch or nothing. `finding_id` is unique, so a batch can be read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.finding import Mode
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import organizations_by_ref
from fanzha.command.subjects.digest_tables import FINDINGS
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.subjects.ingest.parser import ParsedFinding, RejectedFinding, StoredFinding
from fanzha.command.subjects.ingest.quarantine import isolate_failures, quarantine_findings
from fanzha.command.subjects.ingest.sources import FindingBatch
from fanzha.command.subjects.models import Delivery, FindingRow, Presence, RejectedRow, SeenVersion
from fanzha.command.subjects.registry import get_or_create_finding_subjects, lock_subjects
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.database import bulk
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("findings of all owners are ingested by one worker")

LOG_KIND = "import"
_FINDING_COLUMNS = (
    "finding_id",
    "subject_id",
    "owner_id",
    "marking",
    "detector",
    "version",
    "mode",
    "simulated",
    "fraud_type",
    "score",
    "found_at",
    "valid_until",
    "direction",
    "service",
    "ingress",
    "trigger",
    "came_in_at",
    "withdrawn_why",
    "superseded_by",
    "role",
    "maturity",
    "packed",
)
_NO_OWNER = Words(
    "所属机构未写明或无此编号",
    "owner_organisation names no organisation by its ref, and the file has no owner",
)


class BatchResult(NamedTuple):
    """How many rows of a batch were inserted, already stored, or rejected."""

    used: int
    known: int
    rejected: int


class ConcurrentImport(Exception):
    """Raised when another worker advanced the cursor of this delivery: one of the two must stop."""


def load_batch(delivery: Delivery, batch: FindingBatch, at: datetime, *, only_owner: bool = False) -> BatchResult:
    """Load a batch of a delivery once. Raise ConcurrentImport, and write nothing, if another worker loaded it.

    With `only_owner`, findings that name another organisation than the delivery's are rejected.
    """
    with recorded() as log:
        findings, rejected = _assign_owners(batch, delivery, only_owner=only_owner)
        new_findings = _select_new(findings)
        inserted, failures = isolate_failures(new_findings, lambda some: _insert_findings(some, at))
        rejected += quarantine_findings(failures, f"{delivery.begins}-{batch.row}")
        result = BatchResult(inserted, len(findings) - len(failures) - inserted, len(rejected))
        _advance_cursor(delivery, batch, result, at)
        _insert_rejected_rows(delivery, rejected)
        failed_ids = {finding.finding_id for (_, finding), _ in failures}
        log.add(
            _log_entry(
                delivery,
                batch,
                result,
                [finding.finding_id for _, finding in new_findings if finding.finding_id not in failed_ids],
                at,
            )
        )
    delivery.position, delivery.row = batch.position, batch.row
    delivery.used, delivery.known = delivery.used + result.used, delivery.known + result.known
    delivery.rejected += result.rejected
    return result


def _assign_owners(
    batch: FindingBatch, delivery: Delivery, *, only_owner: bool
) -> tuple[list[tuple[Organization, ParsedFinding]], list[RejectedFinding]]:
    """Return the findings with their owners, and a rejection for each finding without an owner."""
    refs = {parsed.finding.owner_organisation for parsed in batch.usable} - {""}
    organizations: Mapping[str, Organization] = organizations_by_ref(refs)
    default_owner = delivery.owner
    findings, rejected = [], list(batch.rejected)
    for parsed in batch.usable:
        owner_ref = parsed.finding.owner_organisation
        owner = organizations.get(owner_ref) if owner_ref else default_owner
        if owner is None or (only_owner and owner != default_owner):
            rejected.append(RejectedFinding(parsed.row, _NO_OWNER))
        else:
            findings.append((owner, parsed))
    return findings, rejected


def _select_new(findings: Iterable[tuple[Organization, ParsedFinding]]) -> list[tuple[Organization, ParsedFinding]]:
    """Leave out findings that are stored already, and repeats within the batch."""
    by_id: dict[str, tuple[Organization, ParsedFinding]] = {}
    for owner, parsed in findings:
        by_id.setdefault(parsed.finding_id, (owner, parsed))
    rows = _UNSCOPED.rows(FindingRow).filter(bulk.column_in("finding_id", by_id, "text")).order_by()
    stored_ids = {finding_id for (finding_id,) in bulk.fetch_rows(rows.values_list("finding_id"))}
    return [pair for finding_id, pair in by_id.items() if finding_id not in stored_ids]


def _insert_findings(findings: Sequence[tuple[Organization, ParsedFinding]], at: datetime) -> int:
    subjects = get_or_create_finding_subjects([parsed for _, parsed in findings], at)
    lock_subjects(subjects)
    rows = [
        _finding_row(owner, parsed, subject, at) for (owner, parsed), subject in zip(findings, subjects, strict=True)
    ]
    key_by_id = dict(
        bulk.insert(
            FindingRow, _FINDING_COLUMNS, rows, conflict="(finding_id) DO NOTHING", returning=("finding_id", "id")
        )
    )
    stored = [
        StoredFinding(owner.pk, subject, parsed, row[10])
        for (owner, parsed), subject, row in zip(findings, subjects, rows, strict=True)
        if parsed.finding_id in key_by_id
    ]
    _digest_findings(key_by_id.values())
    _upsert_presence(stored)
    replaced = mark_superseded(stored)
    live = [finding for finding in stored if finding.parsed.finding.mode is Mode.LIVE]
    refresh_verdicts({SubjectOwner(finding.subject_pk, finding.owner_pk) for finding in live}, at)
    superseded: dict[int, set[int]] = {}
    for pair in replaced:
        superseded.setdefault(pair.owner_pk, set()).add(pair.subject_pk)
    for hooks in app_modules("ingest_hooks"):
        hooks.after_batch(stored, superseded, at)
    return len(stored)


def _digest_findings(keys: Iterable[int]) -> None:
    """Put findings (primary keys) on record in the state that they have at the end of the transaction."""
    with recorded() as log:
        log.digest(FINDINGS.model, keys)


def _finding_row(owner: Organization, parsed: ParsedFinding, subject_pk: int, at: datetime) -> tuple[Any, ...]:
    finding = parsed.finding
    texts = FindingTexts(
        finding.reasons_zh,
        finding.reasons_en,
        finding.public_zh,
        finding.public_en,
        finding.basis,
        finding.event_ids,
        finding.evidence,
        finding.role.value,
        finding.maturity.value,
        finding.sentence_zh,
        finding.sentence_en,
    )
    return (
        parsed.finding_id,
        subject_pk,
        owner.pk,
        finding.marking.value,
        finding.detector,
        finding.version,
        finding.mode.value,
        finding.simulated,
        finding.fraud_type,
        finding.score,
        from_ms(finding.found_at),
        from_ms(finding.valid_until),
        finding.direction,
        finding.service,
        finding.ingress,
        finding.event_ids[-1] if finding.event_ids else "",
        at,
        "",
        "",
        finding.role.value,
        finding.maturity.value,
        pack(texts),
    )


def _upsert_presence(findings: list[StoredFinding]) -> None:
    """Upsert each owner's presence row: finding count, top score, first and last time."""
    rows: dict[tuple[int, int, str], list[Any]] = {}
    for stored in findings:
        finding, found_at = stored.parsed.finding, stored.found_at
        row = rows.setdefault((stored.subject_pk, stored.owner_pk, finding.marking.value), [0, 0.0, found_at, found_at])
        row[:] = row[0] + 1, max(row[1], finding.score), min(row[2], found_at), max(row[3], found_at)
    table = Presence._meta.db_table
    extremes = ", ".join(
        f"{name} = CASE WHEN excluded.{name} {sign} {table}.{name} THEN excluded.{name} ELSE {table}.{name} END"
        for name, sign in (("top_score", ">"), ("first_at", "<"), ("last_at", ">"))
    )
    count = f"findings = {table}.findings + excluded.findings"
    bulk.insert(
        Presence,
        ("subject_id", "owner_id", "marking", "findings", "top_score", "first_at", "last_at"),
        [(*key, *row) for key, row in sorted(rows.items())],
        conflict=f"(subject_id, owner_id, marking) DO UPDATE SET {count}, {extremes}",
    )


def _advance_cursor(delivery: Delivery, batch: FindingBatch, result: BatchResult, at: datetime) -> None:
    updated = (
        _UNSCOPED.rows(Delivery)
        .filter(pk=delivery.pk, position=delivery.position, row=delivery.row)
        .update(
            position=batch.position,
            row=batch.row,
            used=F("used") + result.used,
            known=F("known") + result.known,
            rejected=F("rejected") + result.rejected,
            changed_at=at,
        )
    )
    if not updated:
        raise ConcurrentImport


def _insert_rejected_rows(delivery: Delivery, rejected: list[RejectedFinding]) -> None:
    RejectedRow.objects.bulk_create(
        RejectedRow(
            delivery=delivery,
            row=row.row,
            reason_zh=row.reason.zh,
            reason_en=row.reason.en,
            stood_there=row.stood_there,
        )
        for row in rejected
    )


def _log_entry(
    delivery: Delivery, batch: FindingBatch, result: BatchResult, finding_ids: list[str], at: datetime
) -> Draft:
    """Return the log entry of the batch; it holds the digest of the finding ids in order."""
    return Draft(
        kind=LOG_KIND,
        at=to_ms(at),
        actor="",
        organization=delivery.owner.ref if delivery.owner else "",
        facts={
            "delivery": delivery.begins,
            "row": batch.row,
            "used": result.used,
            "known": result.known,
            "rejected": result.rejected,
            "findings": digest(*finding_ids),
        },
    )


def is_newer_version(version: str, earlier: str) -> bool:
    """Return whether a version is newer than another: 10 is newer than 9, and `2b` than `2a`."""
    return (len(version), version) > (len(earlier), earlier)


def mark_superseded(findings: Sequence[StoredFinding]) -> set[SubjectOwner]:
    """Mark older findings that new ones supersede, or new ones that are older; return the owners and subjects affected.

    The result does not depend on the order of arrival.
    """
    detector_versions = {
        (finding.owner_pk, finding.parsed.finding.detector, finding.parsed.finding.version) for finding in findings
    }
    columns = ("owner_id", "detector", "version")
    bulk.insert(SeenVersion, columns, sorted(detector_versions), conflict="(owner_id, detector, version) DO NOTHING")
    detectors = {detector for _, detector, _ in detector_versions}
    versions: dict[tuple[int, str], int] = {}
    rows = SeenVersion.objects.filter(detector__in=detectors).values_list("owner_id", "detector")
    for owner, detector in rows:
        versions[owner, detector] = versions.get((owner, detector), 0) + 1
    candidates = [finding for finding in findings if versions[finding.owner_pk, finding.parsed.finding.detector] > 1]
    return _mark_superseded(candidates) if candidates else set()


def _mark_superseded(findings: Sequence[StoredFinding]) -> set[SubjectOwner]:
    values, bound = bulk.values_table(
        ("subject", "bigint", [finding.subject_pk for finding in findings]),
        ("moment", "timestamptz", [finding.found_at for finding in findings]),
    )
    rows = bulk.select(
        f"SELECT DISTINCT f.id, f.finding_id, f.owner_id, f.subject_id, f.detector, f.trigger, f.version"
        f" FROM {FindingRow._meta.db_table} f JOIN {values}"
        " ON f.subject_id = given.subject AND f.found_at = given.moment WHERE f.trigger <> ''",
        *bound,
    )
    by_event: dict[tuple[Any, ...], list[tuple[str, str, int]]] = {}
    for key, finding_id, *event, version in rows:
        by_event.setdefault(tuple(event), []).append((version, finding_id, key))
    updates, pairs = [], set()
    for (owner, subject, *_), versions in by_event.items():
        latest, finding_id, _ = max(versions, key=lambda finding: (len(finding[0]), finding[0], finding[1]))
        older = [(key, finding_id) for version, _, key in versions if is_newer_version(latest, version)]
        updates += older
        pairs |= {SubjectOwner(subject, owner)} if older else set()
    bulk.update(FindingRow, "id", ("superseded_by",), updates)
    _digest_findings(key for key, _ in updates)
    return pairs
