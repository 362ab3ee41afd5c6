"""Recompute verdicts when evidence changes or expires: each organisation's own, by `fanzha.claims.fusion`."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.db.models import TextField
from django.db.models.functions import Cast

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.marking import STRICTNESS, Marking
from fanzha.claims.fusion import fuse
from fanzha.claims.verdict import FOREVER, Verdict, VerdictPart, VerdictScope
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import all_organizations, build_viewer
from fanzha.command.subjects.digest_tables import VERDICTS
from fanzha.command.subjects.fusion_evidence import select_evidence
from fanzha.command.subjects.models import OpinionRow, VerdictRow
from fanzha.command.subjects.registry import lock_subjects
from fanzha.command.subjects.subject_publication import queue_publication, screen_operator
from fanzha.command.web.database import bulk
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.store.allowlist import load_allowlist_by_number
from fanzha.store.verdict_settings import load_verdict_settings

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("verdicts are refreshed for every organisation")

_COLUMNS = (
    "subject_id",
    "owner_id",
    "marking",
    "direction",
    "service",
    "ingress",
    "level",
    "score",
    "fraud_type",
    "treatment",
    "decided_by",
    "simulated",
    "since",
    "until",
    "why",
)
_UPDATED_COLUMNS = ("marking", "score", "until", "why")
#: Most parts of a verdict that are stored; a trunk may have thousands of findings.
_MAX_PARTS = 50
#: Expired verdicts that one transaction recomputes.
EXPIRY_BATCH_SIZE = 500


class SubjectOwner(NamedTuple):
    """A subject and the owner of a verdict on it (primary keys)."""

    subject_pk: int
    owner_pk: int


class _CurrentVerdict(NamedTuple):
    """Columns of a current verdict; model instances would add a tenth to the import time."""

    pk: int
    marking: str
    level: str
    score: float
    fraud_type: str
    treatment: str
    decided_by: str
    simulated: bool
    until: datetime | None
    why: str


def refresh_verdicts(pairs: Iterable[SubjectOwner], at: datetime, *, and_others: bool = True) -> int:
    """Recompute verdicts of the pairs, and of other owners with one on these subjects; return how many began or ended.

    Call it in the transaction that changed the evidence.
    """
    targets = set(pairs)
    subject_pks = {pair.subject_pk for pair in targets}
    lock_subjects(subject_pks)
    if and_others and targets:
        targets |= _other_owners(subject_pks)
    by_owner: dict[int, set[int]] = {}
    for pair in targets:
        by_owner.setdefault(pair.owner_pk, set()).add(pair.subject_pk)
    owners = all_organizations().in_bulk(by_owner)
    return sum(_refresh_owner(owners[owner], subject_pks, at) for owner, subject_pks in sorted(by_owner.items()))


def refresh_expired_verdicts(at: datetime) -> int:
    """Recompute some expired verdicts; return how many there were."""
    rows = _UNSCOPED.rows(VerdictRow).filter(superseded_at=None, until__lte=at).order_by("until")[:EXPIRY_BATCH_SIZE]
    pairs = {SubjectOwner(*row) for row in rows.values_list("subject_id", "owner_id")}
    refresh_verdicts(pairs, at, and_others=False)
    return len(pairs)


def _other_owners(subject_pks: set[int]) -> set[SubjectOwner]:
    condition = bulk.column_in("subject_id", subject_pks)
    columns = ("subject_id", "owner_id")
    of_verdicts = _UNSCOPED.rows(VerdictRow).filter(condition, superseded_at=None).order_by().values_list(*columns)
    of_opinions = _UNSCOPED.rows(OpinionRow).filter(condition, OpinionRow.standing()).order_by().values_list(*columns)
    return {SubjectOwner(*row) for row in (*bulk.fetch_rows(of_verdicts), *bulk.fetch_rows(of_opinions))}


def _refresh_owner(owner: "Organization", subject_pks: set[int], at: datetime) -> int:
    evidence = select_evidence(subject_pks, build_viewer(owner, frozenset(), None), at)
    policy = msgspec.structs.replace(load_verdict_settings().policy, organization=owner.ref)
    current = _current_verdicts(owner, subject_pks)
    changes, allowlist, moment = _VerdictChanges(owner, at), load_allowlist_by_number(), to_ms(at)
    for subject_pk in subject_pks:
        pieces, current_by_scope = evidence.get(subject_pk, []), current.get(subject_pk, {})
        for verdict in fuse((piece for piece, _ in pieces), moment, policy, allowlist):
            changes.add(subject_pk, verdict, strictest_marking(pieces), current_by_scope.pop(verdict.scope, None))
        changes.end(subject_pk, current_by_scope.values())
    if changes.subject_pks and screen_operator() == owner:
        queue_publication(changes.subject_pks)
    count = changes.write()
    if changes.subject_pks:
        for hooks in _verdict_hooks():
            hooks.after_refresh(owner.pk, changes.subject_pks, at)
    return count


@cache
def _verdict_hooks() -> tuple[ModuleType, ...]:
    """Return the modules `verdict_hooks` of higher apps: they queue what depends on verdicts, in this transaction."""
    return tuple(app_modules("verdict_hooks"))


def _current_verdicts(owner: "Organization", subject_pks: set[int]) -> dict[int, dict[VerdictScope, _CurrentVerdict]]:
    """Return the current verdicts by subject and scope."""
    rows = _UNSCOPED.rows(VerdictRow).filter(bulk.column_in("subject_id", subject_pks), owner=owner, superseded_at=None)
    columns = ("subject_id", "direction", "service", "ingress", *_CurrentVerdict._fields[:-1], Cast("why", TextField()))
    verdicts: dict[int, dict[VerdictScope, _CurrentVerdict]] = {}
    for subject_pk, direction, service, ingress, *row in bulk.fetch_rows(rows.order_by().values_list(*columns)):
        verdicts.setdefault(subject_pk, {})[VerdictScope(direction, service, ingress)] = _CurrentVerdict(*row)
    return verdicts


def strictest_marking(pieces: list[tuple[Any, str]]) -> str:
    """Return the strictest marking of the evidence, which the verdict gets."""
    return min((marking for _, marking in pieces), key=STRICTNESS.__getitem__, default=Marking.AMBER.value)


class _VerdictChanges:
    """Collects changes to one organisation's verdicts and writes them in bulk."""

    def __init__(self, owner: "Organization", at: datetime) -> None:
        self._owner, self._at = owner, at
        self.subject_pks: set[int] = set()
        self._ended: list[int] = []
        self._new: list[tuple[Any, ...]] = []
        self._same: list[tuple[Any, ...]] = []

    def add(self, subject_pk: int, verdict: Verdict, marking: str, current: _CurrentVerdict | None) -> None:
        """Replace the current verdict, or update it in place if level, treatment, type and decider are unchanged."""
        decided_by = "" if verdict.organization == self._owner.ref else verdict.organization
        until = None if verdict.until == FOREVER else from_ms(verdict.until)
        why = [_part_to_json(part) for part in verdict.why if part.source != "finding" or part.weight][:_MAX_PARTS]
        judgement = (verdict.level.value, verdict.treatment.value, verdict.fraud_type, decided_by, verdict.simulated)
        if current and judgement == (
            current.level,
            current.treatment,
            current.fraud_type,
            current.decided_by,
            current.simulated,
        ):
            current_values = (current.marking, current.score, current.until)
            if (marking, verdict.score, until) != current_values or why != msgspec.json.decode(current.why):
                self.subject_pks.add(subject_pk)
                self._same.append((current.pk, marking, verdict.score, until, _json(why)))
            return
        self.subject_pks.add(subject_pk)
        if current:
            self._ended.append(current.pk)
        level, treatment, fraud_type, _, simulated = judgement
        values = (verdict.score, fraud_type, treatment, decided_by, simulated, self._at, until, _json(why))
        self._new.append((subject_pk, self._owner.pk, marking, *verdict.scope, level, *values))

    def end(self, subject_pk: int, rows: Iterable[_CurrentVerdict]) -> None:
        """End verdicts that no evidence supports any more."""
        for row in rows:
            self.subject_pks.add(subject_pk)
            self._ended.append(row.pk)

    def write(self) -> int:
        """Write all with their digests; return how many verdicts began or ended."""
        with recorded() as log:
            if self._ended:
                _UNSCOPED.rows(VerdictRow).filter(bulk.column_in("id", self._ended)).update(superseded_at=self._at)
            inserted = bulk.insert(VerdictRow, _COLUMNS, self._new, returning=("id",))
            bulk.update(VerdictRow, "id", _UPDATED_COLUMNS, self._same)
            log.digest(VERDICTS.model, {*self._ended, *(row[0] for row in (*inserted, *self._same))})
        return len(self._new) + len(self._ended)


def _part_to_json(part: VerdictPart) -> dict[str, Any]:
    """Return a part as JSON fields; texts of findings and opinions are stored with those, not here."""
    fields = {"source": part.source, "id": part.id, "by": part.by, "weight": part.weight, "until": part.until}
    return fields | ({"zh": part.zh, "en": part.en} if part.source == "spared" else {})


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
