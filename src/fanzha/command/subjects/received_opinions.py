"""Opinions that come from another system: the organisation that states them owns them, and shares them with a receiver.

They are weighed as all opinions are, by the trust in their organisation; one organisation alone reaches no suspicion by
default (`fanzha.claims.policy`), and none of them is a decision.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import QuerySet

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import Recorder, recorded
from fanzha.command.subjects.digest_tables import OPINIONS, SHARES
from fanzha.command.subjects.models import OpinionRow, Presence, Share, Subject
from fanzha.command.subjects.opinions import GIVEN, WITHDRAWN, OpinionDraft, build_opinion_row
from fanzha.command.subjects.registry import lock_subjects
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("opinions of another system, written for the organisation that receives them")


class ReceivedOpinion(NamedTuple):
    """An opinion on one subject (primary key)."""

    subject_pk: int
    draft: OpinionDraft


class OpinionReceipt(NamedTuple):
    """The source, receiver and purpose of opinions, and the ref of the feed or collection that delivered them."""

    owner: Organization
    receiver: Organization
    purpose: str
    ref: str


def receive_opinions(opinions: Sequence[ReceivedOpinion], receipt: OpinionReceipt, at: datetime) -> list[str]:
    """Store opinions; they replace those of the same way and scope. Return their ids, in order."""
    if not opinions:
        return []
    owner, pks = receipt.owner, [opinion.subject_pk for opinion in opinions]
    with recorded() as log:
        lock_subjects(pks)
        subjects = _UNSCOPED.rows(Subject).in_bulk(pks)
        rows = [
            build_opinion_row(subjects[opinion.subject_pk], opinion.draft, owner, at, way=receipt.ref)
            for opinion in opinions
        ]
        _supersede(rows, receipt, at, log)
        log.digest(OPINIONS.model, [row.pk for row in _UNSCOPED.rows(OpinionRow).bulk_create(rows)])
        _share(rows, receipt, at, log)
        receivers = {owner.pk, receipt.receiver.pk}
        refresh_verdicts({SubjectOwner(pk, receiver) for pk in pks for receiver in receivers}, at)
        _log(log, GIVEN, rows, owner, at)
    return [row.opinion_id for row in rows]


def find_received_opinions(subject_pks: Collection[int], owner: Organization, way: str) -> list[str]:
    """Return the ids of the standing opinions of an organisation on some subjects, delivered by one `way` (a ref)."""
    rows = _UNSCOPED.rows(OpinionRow).filter(
        OpinionRow.standing(), bulk.column_in("subject_id", list(subject_pks)), owner=owner, process=way, decision=False
    )
    return list(rows.values_list("opinion_id", flat=True))


def withdraw_received(opinion_ids: Collection[str], why: str, owner: Organization, at: datetime) -> int:
    """Withdraw opinions of another system; return how many were standing."""
    rows = _UNSCOPED.rows(OpinionRow).filter(
        OpinionRow.standing(), bulk.column_in("opinion_id", list(opinion_ids), "text"), owner=owner, decision=False
    )
    with recorded() as log:
        found = list(rows.select_related("subject"))
        lock_subjects(row.subject_id for row in found)
        _UNSCOPED.rows(OpinionRow).filter(pk__in=[row.pk for row in found]).update(
            withdrawn_at=at, withdrawn_why=why[:300]
        )
        log.digest(OPINIONS.model, [row.pk for row in found])
        refresh_verdicts({SubjectOwner(row.subject_id, owner.pk) for row in found}, at)
        _log(log, WITHDRAWN, found, owner, at)
    return len(found)


def _supersede(rows: Sequence[OpinionRow], receipt: OpinionReceipt, at: datetime, log: Recorder) -> None:
    scopes = {(row.subject_id, row.direction, row.service, row.ingress) for row in rows}
    previous = _UNSCOPED.rows(OpinionRow).filter(
        OpinionRow.standing(),
        bulk.column_in("subject_id", {row.subject_id for row in rows}),
        owner=receipt.owner,
        process=receipt.ref,
        decision=False,
    )
    columns = ("pk", "subject_id", "direction", "service", "ingress")
    pks = [pk for pk, *scope in previous.order_by().values_list(*columns) if tuple(scope) in scopes]
    log.digest(OPINIONS.model, pks)
    _by_pks(pks).update(superseded_at=at)


def _by_pks(pks: list[int]) -> QuerySet[OpinionRow]:
    return _UNSCOPED.rows(OpinionRow).filter(bulk.column_in("id", pks))


def _share(rows: Sequence[OpinionRow], receipt: OpinionReceipt, at: datetime, log: Recorder) -> None:
    """Let the receiver read what the owner states, under any marking, and let both find the subjects."""
    _UNSCOPED.rows(Presence).bulk_create(
        [
            Presence(subject_id=row.subject_id, owner=receipt.owner, marking=row.marking, first_at=at, last_at=at)
            for row in rows
        ],
        ignore_conflicts=True,
    )
    shares = {
        row.subject_id: Share(
            subject_id=row.subject_id,
            owner=receipt.owner,
            receiver=receipt.receiver,
            purpose=receipt.purpose[:200],
            process=receipt.ref,
            shared_at=at,
        )
        for row in rows
    }
    known = _UNSCOPED.rows(Share).filter(
        bulk.column_in("subject_id", list(shares)),
        owner=receipt.owner,
        receiver=receipt.receiver,
        process=receipt.ref,
        ended_at=None,
    )
    for subject_pk in known.values_list("subject_id", flat=True):
        shares.pop(subject_pk, None)
    log.digest(SHARES.model, [share.pk for share in _UNSCOPED.rows(Share).bulk_create(shares.values())])


def _log(log: Recorder, kind: str, rows: Sequence[OpinionRow], owner: Organization, at: datetime) -> None:
    log.extend(
        Draft(
            kind=kind,
            at=to_ms(at),
            actor="",
            organization=owner.ref,
            about=row.subject.ref,
            facts={"opinion": row.opinion_id, "level": row.level, "fraud_type": row.fraud_type},
        )
        for row in rows
    )
