"""Select the evidence that an organisation may read on subjects, in the form that fusion takes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import F, Max, Q, QuerySet, RowRange, Window

from fanzha.base.clock import to_ms
from fanzha.claims.evidence import DECISION, FINDING, OPINION, Evidence
from fanzha.claims.finding import Mode
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import FOREVER, Level, verdict_scope
from fanzha.command.subjects.models import FindingRow, OpinionRow, Subject
from fanzha.command.subjects.subject_roles import names_victim
from fanzha.command.web.database.bulk import column_in, fetch_rows
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("evidence is read for each organisation by its own condition")

#: Evidence with the marking it is under, by subject.
EvidenceBySubject = dict[int, list[tuple[Evidence, str]]]
_SUBJECT_COLUMNS = ("id", "kind", "value", "holder_from")
_FINDING_COLUMNS = (
    "subject_id",
    "detector",
    "score",
    "found_at",
    "valid_until",
    "direction",
    "service",
    "ingress",
    "fraud_type",
    "simulated",
    "finding_id",
    "marking",
)


def select_evidence(subject_pks: Iterable[int], viewer: Viewer, at: datetime) -> EvidenceBySubject:
    """Return the evidence on subjects that a viewer's organisation may weigh at a moment."""
    pks = list(subject_pks)
    evidence: EvidenceBySubject = defaultdict(list)
    for subject_pk, piece, marking in (
        *_finding_evidence(pks, viewer, at),
        *_opinion_evidence(pks, viewer),
    ):
        evidence[subject_pk].append((piece, marking))
    return evidence


def exclude_dominated(findings: "QuerySet[FindingRow]") -> "QuerySet[FindingRow]":
    """Leave out findings that cannot change a verdict; a trunk may have thousands.

    A finding is dominated by a later one of the same detector, scope and type that is at least as strong and valid at
    least as long. Among findings with the same length of validity a later one is valid longer, so it is enough to
    compare with the best score of all later ones.
    """
    best_later = Window(
        Max("score"),
        partition_by=[
            "subject",
            "detector",
            "direction",
            "service",
            "ingress",
            "fraud_type",
            "simulated",
            F("valid_until") - F("found_at"),
        ],
        order_by=["-found_at", "-id"],
        frame=RowRange(None, -1),
    )
    return findings.annotate(best_later=best_later).filter(Q(best_later=None) | Q(score__gt=F("best_later")))


def _finding_evidence(subject_pks: list[int], viewer: Viewer, at: datetime) -> Iterator[tuple[int, Evidence, str]]:
    """Yield findings, without those on victims, which raise no suspicion.

    Subjects are read in a separate query, which is faster than a join to every finding.
    """
    findings = _UNSCOPED.rows(FindingRow).filter(
        FindingRow.standing(),
        FindingRow.readable(viewer),
        ~names_victim(),
        column_in("subject_id", subject_pks),
        mode=Mode.LIVE,
        found_at__lte=at,
        valid_until__gt=at,
    )
    subject_rows = (
        _UNSCOPED.rows(Subject).filter(column_in("id", subject_pks)).order_by().values_list(*_SUBJECT_COLUMNS)
    )
    subject_by_pk = {
        pk: (kind, value, holder and to_ms(holder)) for pk, kind, value, holder in fetch_rows(subject_rows)
    }
    finding_rows = exclude_dominated(findings).order_by().values_list(*_FINDING_COLUMNS)
    for subject_pk, detector, score, found_at, until, *scope_parts, fraud_type, simulated, name, marking in fetch_rows(
        finding_rows
    ):
        kind, value, holder = subject_by_pk[subject_pk]
        yield (
            subject_pk,
            Evidence(
                kind,
                value,
                FINDING,
                detector,
                Level.SUSPECTED,
                score,
                to_ms(found_at),
                to_ms(until),
                verdict_scope(*scope_parts),
                fraud_type,
                None,
                holder,
                simulated,
                name,
            ),
            marking,
        )


def _opinion_evidence(subject_pks: list[int], viewer: Viewer) -> Iterator[tuple[int, Evidence, str]]:
    opinions = _UNSCOPED.rows(OpinionRow).filter(
        OpinionRow.standing(), OpinionRow.readable(viewer), column_in("subject_id", subject_pks)
    )
    opinion_pks = [pk for (pk,) in fetch_rows(opinions.order_by().values_list("id"))]
    for row in (
        _UNSCOPED.rows(OpinionRow).filter(column_in("id", opinion_pks)).select_related("subject", "owner")
        if opinion_pks
        else ()
    ):
        yield row.subject_id, opinion_to_evidence(row), row.marking


def opinion_to_evidence(row: OpinionRow) -> Evidence:
    """Return an opinion as evidence; `by` is the ref of its organisation."""
    holder = row.subject.holder_from
    return Evidence(
        row.subject.kind,
        row.subject.value,
        DECISION if row.decision else OPINION,
        row.owner.ref,
        Level(row.level),
        row.sure,
        to_ms(row.given_at),
        FOREVER if row.until is None else to_ms(row.until),
        verdict_scope(row.direction, row.service, row.ingress),
        row.fraud_type,
        Treatment(row.treatment) if row.treatment else None,
        to_ms(holder) if holder else None,
        row.simulated,
        row.opinion_id,
    )
