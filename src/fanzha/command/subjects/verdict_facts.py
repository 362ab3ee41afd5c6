"""The verdicts of one organisation with what supports them, for apps that pass them on."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db.models import F, Max, Min, Sum, TextField
from django.db.models.functions import Cast

from fanzha.base.words import Words
from fanzha.claims.evidence import DECISION, FINDING
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import LEVELS, Level, VerdictScope
from fanzha.command.subjects.models import OpinionRow, Presence, VerdictRow
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("verdicts, opinions and presence of one organisation, which passes its own on")


class VerdictFacts(NamedTuple):
    """A current verdict with its subject. `has_decision`: an opinion or decision of the organisation supports it.

    `level` and `score` are then at least those of this opinion, which its trust alone may keep below in the verdict.
    `has_finding`: a finding supports it. `reason` is that of the opinion. `findings`, `first_at` and `last_at` are of
    all findings of the organisation on the subject.
    """

    subject_pk: int
    subject_kind: str
    subject: str
    thing: str
    identity: str
    scope: VerdictScope
    level: str
    score: float
    fraud_type: str
    treatment: str
    marking: str
    simulated: bool
    since: datetime
    until: datetime | None
    has_decision: bool
    has_finding: bool
    reason: Words
    findings: int
    first_at: datetime | None
    last_at: datetime | None


def select_verdict_facts(owner: int, subject_pks: Collection[int]) -> list[VerdictFacts]:
    """Return the current verdicts of an organisation (primary key) on subjects, by three statements."""
    rows = _UNSCOPED.rows(VerdictRow).filter(
        bulk.column_in("subject_id", list(subject_pks)), owner=owner, superseded_at=None
    )
    found = list(rows.select_related("subject").order_by("subject_id", "pk"))
    opinions, presence = _opinions(owner, subject_pks), _presence(owner, subject_pks)
    facts = []
    for row in found:
        opinion = opinions.get(row.subject_id)
        if row.level == Level.CLEAR or (opinion is not None and opinion.level == Level.CLEAR):
            opinion = None
        level = row.level if opinion is None else max(row.level, opinion.level, key=LEVELS.index)
        count, first_at, last_at = presence.get(row.subject_id, (0, None, None))
        facts.append(
            VerdictFacts(
                row.subject_id,
                row.subject.kind,
                row.subject.value,
                row.subject.thing,
                row.subject.identity,
                VerdictScope(row.direction, row.service, row.ingress),
                level,
                row.score if opinion is None else max(row.score, opinion.sure),
                row.fraud_type,
                row.treatment,
                row.marking,
                row.simulated,
                row.since,
                row.until,
                opinion is not None,
                any(part["source"] == FINDING and part["weight"] > 0 for part in row.why),
                Words("", "") if opinion is None else Words(opinion.reason_zh, opinion.reason_en),
                count,
                first_at,
                last_at,
            )
        )
    return facts


def _opinions(owner: int, subject_pks: Collection[int]) -> dict[int, OpinionRow]:
    """Return the organisation's latest standing opinion or decision, by subject."""
    rows = _UNSCOPED.rows(OpinionRow).filter(
        OpinionRow.standing(), bulk.column_in("subject_id", list(subject_pks)), owner=owner
    )
    return {row.subject_id: row for row in rows.order_by("given_at", "pk")}


def _presence(owner: int, subject_pks: Collection[int]) -> dict[int, tuple[int, datetime, datetime]]:
    rows = _UNSCOPED.rows(Presence).filter(bulk.column_in("subject_id", list(subject_pks)), owner=owner)
    totals = (
        rows.order_by()
        .values(key=F("subject_id"))
        .annotate(count=Sum("findings"), first=Min("first_at"), last=Max("last_at"))
    )
    return {row["key"]: (row["count"], row["first"], row["last"]) for row in totals}


class TreatedSubject(NamedTuple):
    """The current verdict of an organisation on a subject in one scope.

    `has_decision`: somebody decided it. `until` is None for a verdict without an end.
    """

    subject: str
    scope: VerdictScope
    level: str
    treatment: str
    fraud_type: str
    marking: str
    simulated: bool
    until: datetime | None
    has_decision: bool


def select_treated_subjects(
    owner: int, kind: str, subject_pks: Collection[int] | None = None
) -> Iterator[TreatedSubject]:
    """Yield the current verdicts of an organisation (primary key) on subjects of a kind, by one statement.

    Without primary keys, those on all subjects of the kind.
    """
    rows = _UNSCOPED.rows(VerdictRow).filter(owner=owner, superseded_at=None, subject__kind=kind).order_by()
    if subject_pks is not None:
        rows = rows.filter(bulk.column_in("subject_id", list(subject_pks)))
    columns = (
        "subject__value", "direction", "service", "ingress", "level", "treatment", "fraud_type", "marking", "simulated",
        "until", "decided_by", Cast("why", TextField()),
    )  # fmt: skip
    for row in rows.values_list(*columns).iterator(chunk_size=20_000):
        value, direction, service, ingress, level, treatment, kind_of_fraud, marking, simulated, until, by, why = row
        # to refuse takes a decision; the parts of other verdicts say whether there was one
        is_decided = treatment == Treatment.REFUSE or bool(by) or _names_decision(why)
        scope = VerdictScope(direction, service, ingress)
        yield TreatedSubject(value, scope, level, treatment, kind_of_fraud, marking, simulated, until, is_decided)


def _names_decision(why: str) -> bool:
    parts = msgspec.json.decode(why) if f'"{DECISION}"' in why else ()
    return any(part["source"] == DECISION and part["weight"] > 0 for part in parts)
