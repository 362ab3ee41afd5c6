"""Compare the served snapshot, and the evidence of each publication, with the log."""

from collections.abc import Iterator
from hashlib import sha256

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.claims.snapshot import check as check_file
from fanzha.command.audit.selectors import (
    FOUND,
    PUBLISHED,
    RowCheck,
    all_entries,
    count_deleted,
    decode_facts,
    files_digest,
    last_recorded,
    published_evidence,
)
from fanzha.command.subjects.digest_tables import FINDINGS, OPINIONS
from fanzha.command.subjects.models import FindingRow, OpinionRow
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import split_sequence_number
from fanzha.store.snapshots import SnapshotStore

_UNSCOPED = unscoped("publications rest on rows of all organisations")
_CHUNK = 20_000  # ids
_ID_BYTES = 16

_PUBLICATIONS = Words("快照发布", "publications of snapshots")
_CHANGED = Words("在用快照的文件被更改：{why}", "the files of the served snapshot were changed: {why}")
_OTHER = Words("在用快照不是日志中的快照", "the served snapshot is not the one on record")
_OLDER = Words("在用快照早于日志中的快照", "the served snapshot is older than the last one on record")
_EVIDENCE_CHANGED = Words(
    "发布快照所依据的清单被更改或缺失", "the list of evidence of a publication was changed or is missing"
)
_NO_ROW = Words(
    "快照曾依据 {count} 条线索、意见或决定，现已缺失且无删除记录",
    "snapshots rest on {count} findings, opinions or decisions that are missing without a recorded deletion",
)
_NO_SNAPSHOT = Words("本机没有快照文件，未核对", "the snapshot files are not on this machine")
_NOT_YET = Words("在用快照由其他程序发布，尚未记入日志", "the served snapshot of another program is not on record yet")
_FOUND = Words(
    "由其他程序发布的快照：日志只记其文件", "snapshots of another program: the log has their files, not their evidence"
)
_DELETED = Words("快照所依据、后依留存期限删除的行", "rows behind snapshots that were deleted on record since")


def check_publications(check: RowCheck) -> None:
    """Compare the served snapshot with the last one on record, and the evidence of all publications with rows."""
    _check_served(check)
    missing, published = set[bytes](), 0
    for batch, digests in _publications():
        published += len(digests)
        packed = {sha256(one).hexdigest(): one for one in published_evidence(batch)}
        if digests - packed.keys():
            check.report(batch << 20, _EVIDENCE_CHANGED)
        for digest in digests & packed.keys():
            missing |= _missing_rows(packed[digest])
    deleted = count_deleted(FINDINGS) + count_deleted(OPINIONS) if missing else 0
    if len(missing) > deleted:
        check.report(None, _NO_ROW.format(count=len(missing) - deleted))
    check.unchecked[_DELETED] += min(len(missing), deleted)
    check.unchecked[_FOUND] += all_entries(_UNSCOPED).filter(kind=FOUND).count()
    check.advance(_PUBLICATIONS, published)


def _check_served(check: RowCheck) -> None:
    store, last = SnapshotStore(), last_recorded()
    try:
        current = store.current()
        if current is not None:
            for file in store.open(current):
                check_file(file)
    except FanzhaError as error:
        check.report(last.place if last else None, _CHANGED.format(why=error.what))
        return
    last = last_recorded()  # a publication meanwhile is on record now
    if current is None:
        check.unchecked[_NO_SNAPSHOT] += 1 if last else 0
    elif last is None or current.sequence > last.sequence:
        check.unchecked[_NOT_YET] += 1
    elif files_digest(current) != last.files:
        newer = store.current()
        if newer is not None and newer.sequence == current.sequence:
            check.report(last.place, _OLDER if current.sequence < last.sequence else _OTHER)


def _publications() -> Iterator[tuple[int, set[str]]]:
    """Yield each batch with publications, and the digests of their evidence."""
    digests_by_batch: dict[int, set[str]] = {}
    for place, text in all_entries(_UNSCOPED).filter(kind=PUBLISHED).order_by("place").values_list("place", "facts"):
        digest = str(decode_facts(text).get("evidence", {}).get("digest"))
        digests_by_batch.setdefault(split_sequence_number(place)[0], set()).add(digest)
    yield from digests_by_batch.items()


def _missing_rows(packed: bytes) -> set[bytes]:
    """Return the ids of evidence that no row has."""
    ids = [packed[start : start + _ID_BYTES].hex() for start in range(0, len(packed), _ID_BYTES)]
    missing = set(ids)
    for start in range(0, len(ids), _CHUNK):
        some = in_list(ids[start : start + _CHUNK], "text")
        missing -= set(_UNSCOPED.rows(FindingRow).filter(finding_id__in=some).values_list("finding_id", flat=True))
        missing -= set(_UNSCOPED.rows(OpinionRow).filter(opinion_id__in=some).values_list("opinion_id", flat=True))
    return set(map(bytes.fromhex, missing))
