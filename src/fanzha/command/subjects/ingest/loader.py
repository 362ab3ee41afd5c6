"""A piece of a file is taken in by one transaction: findings, presence, verdicts, campaigns, how far one came, log.

What is killed at any moment leaves all of it or nothing; what is read again is known by its finding_id (UNIQUE).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.finding import Mode
from fanzha.command.audit.recording import recorded
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.subjects.ingest.parser import ParsedFinding, RejectedFinding, StoredFinding
from fanzha.command.subjects.ingest.quarantine import isolate_failures, quarantine_findings
from fanzha.command.subjects.ingest.sources import FindingBatch
from fanzha.command.subjects.models import Delivery, FindingRow, Presence, RejectedRow, SeenVersion
from fanzha.command.subjects.registry import get_or_create_finding_subjects, lock_subjects
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.database import bulk
from fanzha.command.web.discovery import app_modules
from fanzha.processes.log.entry import Draft

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
    "packed",
)
_NO_OWNER = Words(
    "所属机构未写明或无此编号",
    "owner_organisation names no organisation by its ref, and the file has no owner",
)


class BatchResult(NamedTuple):
    """What became of the rows of a piece: each is one of these."""

    used: int
    known: int
    rejected: int


class ConcurrentImport(Exception):
    """Another importer took this piece in: one of the two must stop."""


def load_batch(delivery: Delivery, piece: FindingBatch, at: datetime, *, only_owner: bool = False) -> BatchResult:
    """Take a piece of a delivery in, once. Raises Overtaken, and then nothing is written.

    With `only_owner`, findings that name another organisation than the delivery's are rejected.
    """
    with recorded() as log:
        owned, rejected = _assign_owners(piece, delivery, only_owner=only_owner)
        new = _select_new(owned)
        used, wrong = isolate_failures(new, lambda some: _insert_findings(some, at))
        rejected += quarantine_findings(wrong, f"{delivery.begins}-{piece.row}")
        taken = BatchResult(used, len(owned) - len(wrong) - used, len(rejected))
        _advance_cursor(delivery, piece, taken, at)
        _insert_rejected_rows(delivery, rejected)
        failed = {one.finding_id for (_, one), _ in wrong}
        log.add(
            _log_entry(delivery, piece, taken, [one.finding_id for _, one in new if one.finding_id not in failed], at)
        )
    delivery.position, delivery.row = piece.position, piece.row
    delivery.used, delivery.known = delivery.used + taken.used, delivery.known + taken.known
    delivery.rejected += taken.rejected
    return taken


def _assign_owners(
    piece: FindingBatch, delivery: Delivery, *, only_owner: bool
) -> tuple[list[tuple[Organization, ParsedFinding]], list[RejectedFinding]]:
    """Return findings with their owners; of those without one the reason."""
    refs = {one.finding.owner_organisation for one in piece.usable} - {""}
    known: Mapping[str, Organization] = {one.ref: one for one in Organization.objects.filter(ref__in=refs)}
    own = delivery.owner
    owned, rejected = [], list(piece.rejected)
    for one in piece.usable:
        named = one.finding.owner_organisation
        owner = known.get(named) if named else own
        if owner is None or (only_owner and owner != own):
            rejected.append(RejectedFinding(one.row, _NO_OWNER))
        else:
            owned.append((owner, one))
    return owned, rejected


def _select_new(owned: Iterable[tuple[Organization, ParsedFinding]]) -> list[tuple[Organization, ParsedFinding]]:
    """Leave out what is there already, and repeats within the piece."""
    by_id: dict[str, tuple[Organization, ParsedFinding]] = {}
    for owner, one in owned:
        by_id.setdefault(one.finding_id, (owner, one))
    rows = FindingRow._base_manager.filter(bulk.column_in("finding_id", by_id, "text")).order_by()
    held = {finding_id for (finding_id,) in bulk.fetch_rows(rows.values_list("finding_id"))}
    return [pair for finding_id, pair in by_id.items() if finding_id not in held]


def _insert_findings(new: Sequence[tuple[Organization, ParsedFinding]], at: datetime) -> int:
    subjects = get_or_create_finding_subjects([one for _, one in new], at)
    lock_subjects(subjects)
    rows = [_finding_row(owner, one, subject, at) for (owner, one), subject in zip(new, subjects, strict=True)]
    made = {
        row[0]
        for row in bulk.insert(
            FindingRow, _FINDING_COLUMNS, rows, conflict="(finding_id) DO NOTHING", returning=("finding_id",)
        )
    }
    found = [
        StoredFinding(owner.pk, subject, one, row[10])
        for (owner, one), subject, row in zip(new, subjects, rows, strict=True)
        if one.finding_id in made
    ]
    _upsert_presence(found)
    replaced = mark_superseded(found)
    refresh_verdicts(
        {SubjectOwner(one.subject, one.owner) for one in found if one.parsed.finding.mode is Mode.LIVE}, at
    )
    superseded: dict[int, set[int]] = {}
    for pair in replaced:
        superseded.setdefault(pair.owner, set()).add(pair.subject)
    for hooks in app_modules("ingest_hooks"):
        hooks.after_batch(found, superseded, at)
    return len(found)


def _finding_row(owner: Organization, one: ParsedFinding, subject: int, at: datetime) -> tuple[Any, ...]:
    said = one.finding
    detail = FindingTexts(
        said.reasons_zh,
        said.reasons_en,
        said.public_zh,
        said.public_en,
        said.basis,
        said.event_ids,
        said.evidence,
    )
    return (
        one.finding_id,
        subject,
        owner.pk,
        said.marking.value,
        said.detector,
        said.version,
        said.mode.value,
        said.simulated,
        said.fraud_type,
        said.score,
        from_ms(said.found_at),
        from_ms(said.valid_until),
        said.direction,
        said.service,
        said.ingress,
        said.event_ids[-1] if said.event_ids else "",
        at,
        "",
        "",
        pack(detail),
    )


def _upsert_presence(found: list[StoredFinding]) -> None:
    """Let the owners be known to know of the subjects, and how much."""
    rows: dict[tuple[int, int, str], list[Any]] = {}
    for one in found:
        said, moment = one.parsed.finding, one.found_at
        row = rows.setdefault((one.subject, one.owner, said.marking.value), [0, 0.0, moment, moment])
        row[:] = row[0] + 1, max(row[1], said.score), min(row[2], moment), max(row[3], moment)
    table = Presence._meta.db_table
    grown = ", ".join(
        f"{name} = CASE WHEN excluded.{name} {sign} {table}.{name} THEN excluded.{name} ELSE {table}.{name} END"
        for name, sign in (("top_score", ">"), ("first_at", "<"), ("last_at", ">"))
    )
    more = f"findings = {table}.findings + excluded.findings"
    bulk.insert(
        Presence,
        ("subject_id", "owner_id", "marking", "findings", "top_score", "first_at", "last_at"),
        [(*key, *row) for key, row in sorted(rows.items())],
        conflict=f"(subject_id, owner_id, marking) DO UPDATE SET {more}, {grown}",
    )


def _advance_cursor(delivery: Delivery, piece: FindingBatch, taken: BatchResult, at: datetime) -> None:
    moved = Delivery._base_manager.filter(pk=delivery.pk, position=delivery.position, row=delivery.row).update(
        position=piece.position,
        row=piece.row,
        used=F("used") + taken.used,
        known=F("known") + taken.known,
        rejected=F("rejected") + taken.rejected,
        changed_at=at,
    )
    if not moved:
        raise ConcurrentImport


def _insert_rejected_rows(delivery: Delivery, rejected: list[RejectedFinding]) -> None:
    RejectedRow.objects.bulk_create(
        RejectedRow(
            delivery=delivery,
            row=one.row,
            reason_zh=one.reason.zh,
            reason_en=one.reason.en,
            stood_there=one.stood_there,
        )
        for one in rejected
    )


def _log_entry(delivery: Delivery, piece: FindingBatch, taken: BatchResult, ids: list[str], at: datetime) -> Draft:
    """Return what goes on record: that these findings came in, by the digest of their ids in order."""
    return Draft(
        kind=LOG_KIND,
        at=to_ms(at),
        actor="",
        organisation=delivery.owner.ref if delivery.owner else "",
        facts={
            "delivery": delivery.begins,
            "row": piece.row,
            "used": taken.used,
            "known": taken.known,
            "rejected": taken.rejected,
            "findings": digest(*ids),
        },
    )


def is_newer_version(one: str, other: str) -> bool:
    """Say whether one version is newer than another: 10 is newer than 9, and `2b` than `2a`."""
    return (len(one), one) > (len(other), other)


def mark_superseded(found: Sequence[StoredFinding]) -> set[SubjectOwner]:
    """Mark what new findings replace, or that they were replaced before they came in; return whose on what.

    The order in which they come does not matter.
    """
    seen = {(one.owner, one.parsed.finding.detector, one.parsed.finding.version) for one in found}
    columns = ("owner_id", "detector", "version")
    bulk.insert(SeenVersion, columns, sorted(seen), conflict="(owner_id, detector, version) DO NOTHING")
    detectors = {detector for _, detector, _ in seen}
    versions: dict[tuple[int, str], int] = {}
    held = SeenVersion.objects.filter(detector__in=detectors).values_list("owner_id", "detector")
    for owner, detector in held:
        versions[owner, detector] = versions.get((owner, detector), 0) + 1
    several = [one for one in found if versions[one.owner, one.parsed.finding.detector] > 1]
    return _mark_superseded(several) if several else set()


def _mark_superseded(found: Sequence[StoredFinding]) -> set[SubjectOwner]:
    given, bound = bulk.values_table(
        ("subject", "bigint", [one.subject for one in found]),
        ("moment", "timestamptz", [one.found_at for one in found]),
    )
    rows = bulk.select(
        f"SELECT DISTINCT f.id, f.finding_id, f.owner_id, f.subject_id, f.detector, f.trigger, f.version"
        f" FROM {FindingRow._meta.db_table} f JOIN {given}"
        " ON f.subject_id = given.subject AND f.found_at = given.moment WHERE f.trigger <> ''",
        *bound,
    )
    of_event: dict[tuple[Any, ...], list[tuple[str, str, int]]] = {}
    for key, finding_id, *same, version in rows:
        of_event.setdefault(tuple(same), []).append((version, finding_id, key))
    replaced, pairs = [], set()
    for (owner, subject, *_), versions in of_event.items():
        latest, finding_id, _ = max(versions, key=lambda one: (len(one[0]), one[0], one[1]))
        older = [(key, finding_id) for version, _, key in versions if is_newer_version(latest, version)]
        replaced += older
        pairs |= {SubjectOwner(subject, owner)} if older else set()
    bulk.update(FindingRow, "id", ("superseded_by",), replaced)
    return pairs
