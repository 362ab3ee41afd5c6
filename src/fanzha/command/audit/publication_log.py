"""Put each snapshot that is published to the screens on record, with the findings, opinions and decisions behind it.

The entry `snapshot_published` has the sequence number, the digest of the identities of all files (each covers every
byte of its file), and the digest of the ids of the evidence. The ids are kept beside the log. A snapshot that another
program published, such as `fanzha snapshot build`, is put on record as `snapshot_found`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from fanzha.base.clock import to_ms
from fanzha.claims.evidence import DECISION, FINDING, OPINION
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.row_checks import decode_facts
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.store.snapshot_files import CurrentSnapshot
from fanzha.store.snapshot_publisher import SubjectState
from fanzha.store.snapshots import SnapshotStore
from fanzha.store.verdict_settings import load_verdict_settings

PUBLISHED, FOUND = "snapshot_published", "snapshot_found"
ID_BYTES = 16
#: Most pieces of evidence of a verdict that are put on record, the weightiest; a trunk may have thousands.
MAX_PARTS = 50

_SOURCES = (FINDING, OPINION, DECISION)
_UNSCOPED = unscoped("the snapshot is one for the whole site")


class RecordedSnapshot(NamedTuple):
    """The last snapshot on record: its sequence number and the digest of its files."""

    place: int
    sequence: int
    files: str


def record_publication(
    current: CurrentSnapshot,
    states: Iterable[SubjectState],
    at: datetime,
    *,
    changed: int,
    logged_decisions: Collection[str] = (),
) -> None:
    """Put a publication on record. `logged_decisions` are ids of the decision log, which has no rows."""
    ids = {
        part.id
        for state in states
        for verdict in state.verdicts
        for part in verdict.why[:MAX_PARTS]
        if part.weight and part.source in _SOURCES and part.id
    }
    packed = b"".join(map(bytes.fromhex, sorted(ids.difference(logged_decisions))))
    decisions = sorted(ids.intersection(logged_decisions))
    facts = {
        "sequence": current.sequence,
        "files": files_digest(current),
        "changed": changed,
        "evidence": {"rows": len(packed) // ID_BYTES, "digest": sha256(packed).hexdigest()},
        "decisions": {"rows": len(decisions), "digest": sha256("\n".join(decisions).encode()).hexdigest()},
    }
    with recorded() as log:
        log.add_publication(Draft(PUBLISHED, to_ms(at), "", _operator(), facts=facts), packed)


def record_found_snapshot(now: datetime) -> None:
    """Put the current snapshot on record if another program published it. Raise UsageError if it cannot be read."""
    current = SnapshotStore().current()
    if current is None:
        return
    with recorded() as log:
        last = last_recorded()
        if last is None or (current.sequence > last.sequence and files_digest(current) != last.files):
            facts = {"sequence": current.sequence, "files": files_digest(current)}
            log.add(Draft(FOUND, to_ms(now), "", _operator(), facts=facts))


def last_recorded() -> RecordedSnapshot | None:
    """Return the last snapshot on record."""
    entries = _UNSCOPED.rows(LogEntry).filter(kind__in=(PUBLISHED, FOUND)).order_by("-place")
    for place, text in entries.values_list("place", "facts")[:1]:
        facts = decode_facts(text)
        return RecordedSnapshot(place, int(facts.get("sequence", 0)), str(facts.get("files")))
    return None


def files_digest(current: CurrentSnapshot) -> str:
    """Return the SHA-256 over the identities of all files of a snapshot, the base first."""
    return sha256("\n".join(named.identity for named in current.files).encode()).hexdigest()


def _operator() -> str:
    return load_verdict_settings().policy.organization
