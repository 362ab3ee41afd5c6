"""Take files of sources in and read them, only while a confirmed basis allows it. Nothing is kept but what matches.

A file without a valid basis is not read: not one byte of it is stored. The basis is checked when a file is handed in,
before each part is read, and once more with the row locked before anything is kept; a file is kept whole or not at all.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings as site_settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import FanzhaError
from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.exposures import log_files
from fanzha.command.exposures.bases import find_obstacle
from fanzha.command.exposures.decided_names import DecidedName, find_decided_names
from fanzha.command.exposures.models import Exposure, ExposureBasis, ExposureFile, FileState, SourceKind
from fanzha.command.web.job_queue import check_room
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.store.keys import load_key

if TYPE_CHECKING:
    from fanzha.command.exposures.address_holders import AddressHolders
    from fanzha.command.exposures.host_match import HostMatcher
    from fanzha.command.exposures.log_rows import ExposureLogBatch, TimeSpan
    from fanzha.command.organizations.models import Organization, Person

logger = logging.getLogger(__name__)
_UNSCOPED = unscoped("one worker reads the files of all organisations")
_KEY = "exposure-people"

#: How long a reading may be silent before another worker takes it over.
LEASE = timedelta(minutes=2)
#: How long a log of addresses waits for tables that reach to its last visit.
WAIT_FOR_TABLES = timedelta(days=1)
#: How often it looks for them.
TABLES_AGAIN = timedelta(minutes=15)
#: Clocks of resolvers may be ahead by so much.
_AHEAD_MS = 5 * 60_000
_DAY_MS = 86_400_000
_CHUNK = 500
_TOO_MANY = Words(
    "涉及 {count:,} 人，超过依据允许的 {most:,} 人", "{count:,} people were found; the basis allows {most:,}"
)
_INTERNAL_ERROR = Words("本系统出错，已记入日志", "something went wrong on our side; see the log of the site")
_LOST = Words("文件不在本机，请重新提交", "the file is not on this machine; hand it in again")


class StoppedReading(Exception):
    """A file must not be read on, for the reason in `words`."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class SubmittedLog(NamedTuple):
    """A file that was handed in, and whether it is a new one: the same file is read once on a basis."""

    file: ExposureFile
    is_new: bool


def submit_file(
    owner: Organization, basis_ref: str, file_name: str, chunks: Iterable[bytes], person: Person | None
) -> SubmittedLog:
    """Store a file to be read in the background, or record that it was refused because no valid basis allows it.

    Raise UsageError for an empty or too large file, QueueFull if too many wait.
    """
    now = timezone.now()
    basis = _UNSCOPED.rows(ExposureBasis).filter(owner=owner, ref=basis_ref).first()
    if (obstacle := find_obstacle(basis, now)) is not None:
        return SubmittedLog(_refuse(owner, basis, file_name, obstacle, person, now), False)
    check_room(owner.ref)
    ref = sortable_id()
    stored = log_files.store_log(ref, chunks)
    existing = _UNSCOPED.rows(ExposureFile).filter(basis=basis, sha256=stored.sha256)
    existing = existing.filter(state__in=(FileState.WAITING, FileState.RUNNING, FileState.DONE))
    try:
        with recorded() as log, transaction.atomic():
            file = _UNSCOPED.rows(ExposureFile).create(
                ref=ref, owner=owner, basis=basis, file_name=file_name[-200:], sha256=stored.sha256, size=stored.size,
                handed_in_by=person, handed_in_at=now,
            )  # fmt: skip
            log.add(_draft("exposure_file_taken", file, person, now, sha256=stored.sha256, size=stored.size))
    except IntegrityError:
        log_files.delete_log(ref)
        return SubmittedLog(existing.get(), False)
    return SubmittedLog(file, True)


def _refuse(
    owner: Organization, basis: ExposureBasis | None, file_name: str, why: Words, person: Person | None, now: datetime
) -> ExposureFile:
    with recorded() as log:
        file = _UNSCOPED.rows(ExposureFile).create(
            owner=owner, basis=basis, file_name=file_name[-200:], state=FileState.REFUSED, problem_zh=why.zh,
            problem_en=why.en, handed_in_by=person, handed_in_at=now, ended_at=now,
        )  # fmt: skip
        log.add(_draft("exposure_file_refused", file, person, now, reason=why.en))
    return file


def pending_files() -> list[tuple[int, str]]:
    """Return the files that no worker holds, oldest first: primary key, and the ref of the owner."""
    free = Q(state=FileState.WAITING) | Q(state=FileState.RUNNING, held_until__lt=timezone.now())
    return list(_UNSCOPED.rows(ExposureFile).filter(free).order_by("pk").values_list("pk", "owner__ref"))


def read_file(pk: int) -> bool:
    """Read one file unless another worker holds it; return whether it was read. Its bytes are deleted afterwards."""
    now = timezone.now()
    free = Q(state=FileState.WAITING) | Q(state=FileState.RUNNING, held_until__lt=now)
    if not _UNSCOPED.rows(ExposureFile).filter(free, pk=pk).update(state=FileState.RUNNING, held_until=now + LEASE):
        return False
    file = _UNSCOPED.rows(ExposureFile).select_related("owner", "basis").get(pk=pk)
    from fanzha.command.exposures.address_holders import MissingTable
    from fanzha.read import UnreadableSource  # the readers load all of Arrow, which pages do not need

    try:
        _read(file)
    except MissingTable as missing:
        _wait(file, missing.words)
        return False
    except OperationalError:
        raise  # the database is away: another takes it over
    except StoppedReading as stop:
        _end(file, FileState.STOPPED, stop.words)
    except UnreadableSource as error:
        _end(file, FileState.FAILED, error.words)
    except FanzhaError as error:
        _end(file, FileState.FAILED, Words(str(error), str(error)))
    except Exception:
        logger.exception("the exposure file %s broke off", file.ref)
        _end(file, FileState.FAILED, _INTERNAL_ERROR)
    log_files.delete_log(file.ref)
    return True


class _RowCounts(NamedTuple):
    """How many rows were read and how many rejected by reason."""

    read: int
    rejects: Counter[str]


def _read(file: ExposureFile) -> None:
    from fanzha.command.exposures.address_holders import AddressHolders
    from fanzha.command.exposures.host_match import HostMatcher
    from fanzha.command.exposures.log_rows import TimeSpan

    basis, now = _current_basis(file), timezone.now()
    if not log_files.log_path(file.ref).is_file():
        raise StoppedReading(_LOST)
    last = min(to_ms(now) + _AHEAD_MS, to_ms(basis.valid_until))
    span = TimeSpan(to_ms(now) - basis.look_back_days * _DAY_MS, last)
    decided = find_decided_names(file.owner)
    matcher = HostMatcher(entry.name for entry in decided)
    is_old = now - file.handed_in_at > WAIT_FOR_TABLES
    holders = AddressHolders(basis.ref, site_settings.TIME_ZONE, to_ms(now), may_be_behind=is_old)
    hits, counts = list[Any](), _RowCounts(0, Counter())
    for batch in _read_rows(file, basis, span):
        counts = _RowCounts(counts.read + batch.read, counts.rejects + batch.rejects)
        hits.append(_match(batch, matcher, holders, counts.rejects))
        if len(hits) > 64:
            hits = [_merge(hits)]
        _check_and_report(file, counts)
    _keep(file, list(_to_exposures(file, basis, hits, matcher, decided, counts)), counts, decided)


def _read_rows(file: ExposureFile, basis: ExposureBasis, span: TimeSpan) -> Iterator[ExposureLogBatch]:
    """Yield the rows of a file as what its basis is for."""
    from fanzha.command.exposures.log_rows import read_log

    are_texts = basis.source_kind == SourceKind.TEXTS
    return read_log(log_files.log_path(file.ref), span, site_settings.TIME_ZONE, are_texts=are_texts)


def _current_basis(file: ExposureFile) -> ExposureBasis:
    """Return the basis of a file as it stands now. Raise StoppedReading if it allows no reading."""
    basis = _UNSCOPED.rows(ExposureBasis).filter(files=file).first()
    obstacle = find_obstacle(basis, timezone.now())
    if basis is None or obstacle is not None:
        raise StoppedReading(obstacle or _LOST)
    return basis


def _check_and_report(file: ExposureFile, counts: _RowCounts) -> None:
    """Record how far a file was read. Raise StoppedReading if its basis has ended meanwhile."""
    _current_basis(file)
    rejected = sum(counts.rejects.values())
    running = _UNSCOPED.rows(ExposureFile).filter(pk=file.pk, state=FileState.RUNNING)
    running.update(read=counts.read, rejected=rejected, held_until=timezone.now() + LEASE)


def _match(batch: ExposureLogBatch, matcher: HostMatcher, holders: AddressHolders, rejects: Counter[str]) -> Any:
    """Return the rows of a batch that name a decided site, one for each number, host and site.

    Of addresses only those with a hit are looked up; those of nobody or of several people are added to `rejects`.
    """
    import pyarrow as pa

    names, hosts = matcher.match(batch.hosts)
    is_hit = pa.array(names >= 0)
    times, numbers = pa.array(batch.times).filter(is_hit), batch.numbers.filter(is_hit)
    if batch.has_addresses:
        holders.check()
        numbers, unknown = holders.find(numbers, times)
        rejects.update(unknown)
    table = pa.table(
        {
            "number": numbers,
            "host": hosts.filter(is_hit),
            "name": pa.array(names).filter(is_hit),
            "first": times,
            "last": times,
            "visits": pa.array([1] * len(times), pa.int64()),
        }
    )
    if batch.has_addresses:
        import pyarrow.compute

        compute: Any = pyarrow.compute
        table = table.filter(compute.not_equal(table["number"], ""))
    return _merge([table])


def _merge(tables: list[Any]) -> Any:
    import pyarrow as pa

    grouped = pa.concat_tables(tables).group_by(["number", "host", "name"])
    merged = grouped.aggregate([("first", "min"), ("last", "max"), ("visits", "sum")])
    return merged.rename_columns({"first_min": "first", "last_max": "last", "visits_sum": "visits"})


def _to_exposures(
    file: ExposureFile, basis: ExposureBasis, hits: list[Any], matcher: HostMatcher, decided: list[DecidedName],
    counts: _RowCounts,
) -> Iterator[Exposure]:  # fmt: skip
    """Yield the exposures of a file; what is no subscriber's number is rejected."""
    if not hits:
        return
    import pyarrow.compute

    from fanzha.kinds.phone_number import normalise_many

    compute: Any = pyarrow.compute
    table = _merge(hits)
    numbers = compute.fill_null(normalise_many(table["number"]), "")
    is_number = compute.starts_with(numbers, "+")
    strange = table.filter(compute.invert(is_number))
    if strange.num_rows:
        counts.rejects["number"] += compute.sum(strange["visits"]).as_py()
    table = table.set_column(0, "number", numbers).filter(is_number)
    by_name: dict[str, list[DecidedName]] = {}
    for entry in decided:
        by_name.setdefault(entry.name, []).append(entry)
    keep_until = timezone.now() + timedelta(days=basis.keep_days)
    for row in _merge([table]).to_pylist():
        for entry in by_name[matcher.names[row["name"]]]:
            yield Exposure(
                owner=file.owner, basis=basis, file=file, case=entry.case, order=entry.order, number=row["number"],
                person=hash_person(file.owner.ref, row["number"]), host=row["host"], name=entry.name,
                first_at=from_ms(row["first"]), last_at=from_ms(row["last"]), visits=row["visits"],
                keep_until=keep_until,
            )  # fmt: skip


def hash_person(owner: str, number: str) -> str:
    """Return the keyed hash of a number for an organisation (a ref)."""
    return blake2b(f"{owner}\0{number}".encode(), key=load_key(_KEY), digest_size=16).hexdigest()


def _keep(file: ExposureFile, found: list[Exposure], counts: _RowCounts, decided: list[DecidedName]) -> None:
    """Store what was found, if the basis still allows it and so many people. Raise StoppedReading otherwise."""
    now = timezone.now()
    with recorded() as log:
        basis = _UNSCOPED.rows(ExposureBasis).select_for_update().get(pk=file.basis_id or 0)
        if (obstacle := find_obstacle(basis, now)) is not None:
            raise StoppedReading(obstacle)
        earlier = set(_UNSCOPED.rows(Exposure).filter(basis=basis).values_list("number", flat=True))
        numbers = {row.number for row in found}
        if len(earlier | numbers) > basis.most_people:
            count = len(earlier | numbers)
            words = Words(*(text.format(count=count, most=basis.most_people) for text in _TOO_MANY))
            raise StoppedReading(words)
        rejected = sum(counts.rejects.values())
        ended = _UNSCOPED.rows(ExposureFile).filter(pk=file.pk, state=FileState.RUNNING)
        is_ended = ended.update(
            state=FileState.DONE, ended_at=now, read=counts.read, rejected=rejected, rejects=dict(counts.rejects),
            matched=sum(row.visits for row in found), people=len(numbers), problem_zh="", problem_en="",
        )  # fmt: skip
        if not is_ended:
            return  # another worker took it over
        _upsert(basis, found)
        facts = {"read": counts.read, "rejected": rejected, "people": len(numbers), "sites": len(decided)}
        log.add(_draft("exposure_file_read", file, None, now, **facts))


def _upsert(basis: ExposureBasis, found: list[Exposure]) -> None:
    for start in range(0, len(found), _CHUNK):
        chunk = found[start : start + _CHUNK]
        rows = _UNSCOPED.rows(Exposure).filter(basis=basis, number__in={row.number for row in chunk})
        known = {(row.number, row.host, row.order): row for row in rows}
        for row in chunk:
            if (earlier := known.get((row.number, row.host, row.order))) is not None:
                row.first_at = min(row.first_at, earlier.first_at)
                row.last_at = max(row.last_at, earlier.last_at)
                row.visits += earlier.visits
        _UNSCOPED.rows(Exposure).bulk_create(
            chunk,
            update_conflicts=True,
            unique_fields=["basis", "number", "host", "order"],
            update_fields=["first_at", "last_at", "visits", "keep_until", "file"],
        )


def _wait(file: ExposureFile, why: Words) -> None:
    """Let a file wait, with the reason; it is read again after `TABLES_AGAIN`."""
    running = _UNSCOPED.rows(ExposureFile).filter(pk=file.pk, state=FileState.RUNNING)
    again = timezone.now() + TABLES_AGAIN
    running.update(read=0, rejected=0, held_until=again, problem_zh=why.zh[:400], problem_en=why.en[:400])


def _end(file: ExposureFile, state: FileState, why: Words) -> None:
    """End a reading of which nothing is kept."""
    now = timezone.now()
    with recorded() as log:
        running = _UNSCOPED.rows(ExposureFile).filter(pk=file.pk, state=FileState.RUNNING)
        if running.update(state=state, ended_at=now, problem_zh=why.zh[:400], problem_en=why.en[:400]):
            log.add(_draft("exposure_file_stopped", file, None, now, reason=why.en[:300]))


def delete_expired(now: datetime) -> None:
    """Delete what was found once its time is over, and files that a killed process left."""
    waiting = _UNSCOPED.rows(ExposureFile).filter(state__in=(FileState.WAITING, FileState.RUNNING))
    log_files.delete_orphans(set(waiting.values_list("ref", flat=True)), now.timestamp())
    expired = _UNSCOPED.rows(Exposure).filter(keep_until__lte=now)
    counts = Counter(expired.values_list("owner__ref", flat=True))
    if not counts:
        return
    with recorded() as log:
        expired.delete()
        for owner, count in counts.items():
            log.add(Draft("exposures_deleted", to_ms(now), "", owner, facts={"exposures": count}))


def _draft(kind: str, file: ExposureFile, person: Person | None, at: datetime, **facts: object) -> Draft:
    return Draft(kind, to_ms(at), person.ref if person else "", file.owner.ref, about=file.ref, facts=facts)
