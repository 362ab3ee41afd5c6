"""Compare opinions with the log. The id of an opinion, which the log records, is the hash of all its fields."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.claims.verdict import FOREVER, Level
from fanzha.command.audit.selectors import RowCheck, all_entries, decode_facts, deletions, entries_of
from fanzha.command.subjects.canonical import CanonicalValue
from fanzha.command.subjects.models import OpinionRow, Subject
from fanzha.command.subjects.opinions import GIVEN, WITHDRAWN
from fanzha.command.subjects.publication_checks import check_publications
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("rows of all organisations are compared with the log")

_CHUNK = 5_000  # rows
_MAX_REASON = 500  # characters of a stored reason

_OPINIONS = Words("意见", "opinions")
_CHANGED = Words("意见 {ref} 被更改", "opinion {ref} was changed")
_NOT_WITHDRAWN = Words("意见 {ref} 的撤回被更改", "the withdrawal of opinion {ref} was changed")
_MISSING = Words("意见 {ref} 缺失", "opinion {ref} is missing")
_ADDED = Words("意见 {ref} 不在日志中", "opinion {ref} is not on record")
_DELETED = Words("已依留存期限或请求删除的意见", "opinions that were deleted after their period or on request")
_SUBJECTS = Words("对象", "subjects")
_VALUE = Words("对象第 {key} 行的值与其标识不符", "the value of subject row {key} does not match its identity")
_LONG_REASON = Words("理由过长而被截断的意见", "opinions whose reason was shortened when it was stored")

_COLUMNS = (
    "opinion_id", "subject__ref", "owner__ref", "subject__kind", "subject__value", "level", "given_at", "until",
    "score", "fraud_type", "subject__holder_from", "direction", "service", "ingress", "reason_zh", "reason_en",
    "simulated", "withdrawn_at",
)  # fmt: skip


class _Row(NamedTuple):
    """An opinion with its subject and owner."""

    opinion_id: str
    subject_ref: str
    owner: str
    kind: str
    value: str
    level: str
    given_at: Any
    until: Any
    score: float | None
    fraud_type: str
    holder_from: Any
    direction: str
    service: str
    ingress: str
    reason_zh: str
    reason_en: str
    simulated: bool
    withdrawn_at: Any


def check_rows(check: RowCheck) -> None:
    """Compare all opinions with the log, in chunks; then look for opinions on record whose row is missing."""
    rows, after = _UNSCOPED.rows(OpinionRow).filter(decision=False).order_by("pk"), 0
    while chunk := list(rows.filter(pk__gt=after).values_list("pk", *_COLUMNS)[:_CHUNK]):
        read_after, after = after, chunk[-1][0]
        faults, long_reasons = _compare(chunk)
        if faults:  # an opinion withdrawn while the rows were read looks like a fault: read them again
            faults, long_reasons = _compare(rows.filter(pk__gt=read_after, pk__lte=after).values_list("pk", *_COLUMNS))
        for place, message in faults:
            check.report(place, message)
        check.unchecked[_LONG_REASON] += long_reasons
        check.advance(_OPINIONS, len(chunk))
        if check.is_full:
            return
    for place, message in _missing_rows(check):
        check.report(place, message)
    _check_identities(check)
    check_publications(check)


def _check_identities(check: RowCheck) -> None:
    """Compare the identity of each subject, which is part of the digests of its rows, with its value and holder."""
    rows, after = _UNSCOPED.rows(Subject).order_by("pk"), 0
    columns = ("pk", "kind", "value", "holder_from", "identity")
    while chunk := list(rows.filter(pk__gt=after).values_list(*columns)[:_CHUNK]):
        after = chunk[-1][0]
        for pk, kind, value, holder_from, identity in chunk:
            if CanonicalValue(kind, value).identity(holder_from) != identity:
                check.report(None, _VALUE.format(key=pk))
        check.advance(_SUBJECTS, len(chunk))


def _compare(rows: Iterable[tuple[Any, ...]]) -> tuple[list[tuple[int | None, Words]], int]:
    """Return the faults of rows, and how many could not be compared because their reason was shortened."""
    opinions = [_Row._make(row[1:]) for row in rows]
    entries: defaultdict[str, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    for entry in entries_of("about", {opinion.subject_ref for opinion in opinions}, (GIVEN, WITHDRAWN)):
        entries[str(decode_facts(entry[7]).get("opinion"))][entry[1]] = entry
    faults, long_reasons = list[tuple[int | None, Words]](), 0
    for opinion in opinions:
        if _MAX_REASON in {len(opinion.reason_zh), len(opinion.reason_en)} and not _matches_id(opinion):
            long_reasons += 1
            continue
        faults += _opinion_faults(opinion, entries[opinion.opinion_id])
    return faults, long_reasons


def _missing_rows(check: RowCheck) -> Iterator[tuple[int, Words]]:
    """Yield a fault for each opinion on record whose row is missing. Count those whose deletion is on record."""
    entries, after = all_entries(_UNSCOPED).filter(kind=GIVEN).order_by("place"), -1
    while chunk := list(entries.filter(place__gt=after).values_list("place", "about", "facts")[:_CHUNK]):
        after = chunk[-1][0]
        places = {str(decode_facts(facts).get("opinion")): (place, about) for place, about, facts in chunk}
        rows = _UNSCOPED.rows(OpinionRow).filter(opinion_id__in=in_list(list(places), "text"))
        missing = places.keys() - set(rows.values_list("opinion_id", flat=True))
        deleted = {str(facts.get("opinion")) for _ref, facts in deletions({places[row][1] for row in missing})}
        check.unchecked[_DELETED] += len(missing & deleted)
        for opinion_id in sorted(missing - deleted):
            yield places[opinion_id][0], _MISSING.format(ref=opinion_id)


def _opinion_faults(opinion: _Row, entries: Mapping[str, tuple[Any, ...]]) -> Iterator[tuple[int | None, Words]]:
    if GIVEN not in entries:
        yield None, _ADDED.format(ref=opinion.opinion_id)
        return
    place, _kind, at, _actor, organization, _process, about, *_ = entries[GIVEN]
    recorded = (to_ms(opinion.given_at), opinion.owner, opinion.subject_ref)
    if (at, organization, about) != recorded or not _matches_id(opinion):
        yield place, _CHANGED.format(ref=opinion.opinion_id)
    withdrawn_at = entries[WITHDRAWN][2] if WITHDRAWN in entries else None
    if withdrawn_at != (to_ms(opinion.withdrawn_at) if opinion.withdrawn_at else None):
        yield place, _NOT_WITHDRAWN.format(ref=opinion.opinion_id)


def _matches_id(opinion: _Row) -> bool:
    """Return whether the id is the hash of the fields."""
    try:
        return opinion.opinion_id in _possible_ids(opinion)
    except ValueError:
        return False


def _possible_ids(opinion: _Row) -> Iterator[str]:
    """Yield the ids of the fields. A score of 0 or 1 may have been given as an integer. Raise ValueError."""
    computed = Opinion(
        organization=opinion.owner,
        subject_kind=opinion.kind,
        subject=opinion.value,
        level=Level(opinion.level),
        given_at=to_ms(opinion.given_at),
        until=FOREVER if opinion.until is None else to_ms(opinion.until),
        score=opinion.score,
        fraud_type=opinion.fraud_type,
        holder_from=to_ms(opinion.holder_from) if opinion.holder_from else None,
        direction=opinion.direction,
        service=opinion.service,
        ingress=opinion.ingress,
        reason_zh=opinion.reason_zh,
        reason_en=opinion.reason_en,
        simulated=opinion.simulated,
    )
    yield computed.opinion_id
    if computed.score in (0.0, 1.0):
        yield msgspec.structs.replace(computed, score=int(computed.score)).opinion_id
