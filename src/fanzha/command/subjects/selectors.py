"""Queries of subjects for pages, API and other apps, each a fixed number of statements.

`__all__` also names what other apps may use of the modules `call_timeline`, `canonical`, `detector_titles`,
`disclosure_candidates`, `evidence_facts`, `finding_details`, `graph`, `presenters`, `process_openings`,
`subject_roles` and `verdict_facts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims.finding import Maturity
from fanzha.claims.verdict import SOURCE_WORDS, VerdictScope
from fanzha.command.organizations.selectors import organizations_by_ref
from fanzha.command.processes.selectors import find_instances
from fanzha.command.subjects.call_timeline import Contact, find_contacts
from fanzha.command.subjects.canonical import PERSON, CanonicalValue, mask_in_text, mask_value
from fanzha.command.subjects.detector_titles import detector_title
from fanzha.command.subjects.disclosure_candidates import build_candidate
from fanzha.command.subjects.evidence_facts import EvidenceFacts, parse_evidence
from fanzha.command.subjects.finding_details import (
    FINDINGS_PER_PAGE,
    INVESTIGATORS,
    VICTIM_DESK,
    FindingDetail,
    finding_reasons,
    finding_sentence,
    select_findings,
)
from fanzha.command.subjects.graph import CommonTie, GraphEdge, GraphNode, SubjectGraph
from fanzha.command.subjects.models import FindingRow, OpinionRow, PoliceCase, Presence, Share, Subject, VerdictRow
from fanzha.command.subjects.presenters import (
    display_subject,
    fraud_type_title,
    kind_title,
    maturity_listings,
    maturity_titles,
    verdict_badges,
)
from fanzha.command.subjects.process_openings import available_openings
from fanzha.command.subjects.subject_roles import SECOND_PERSON_WORDS, VICTIM_WORDS, find_victims, names_victim
from fanzha.command.subjects.verdict_facts import (
    TreatedSubject,
    VerdictFacts,
    select_treated_subjects,
    select_verdict_facts,
)
from fanzha.command.web.database import bulk
from fanzha.command.web.drawing.hours import Chart, hour_of, hours
from fanzha.command.web.i18n import localize
from fanzha.command.web.list_options import SortOrder, take_page
from fanzha.command.web.scoping import Unscoped, unscoped
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import ProcessInstance

__all__ = [
    "CommonTie",
    "Contact",
    "EvidenceFacts",
    "FINDINGS_PER_PAGE",
    "FindingDetail",
    "GraphEdge",
    "GraphNode",
    "HOURS",
    "INVESTIGATORS",
    "VICTIM_DESK",
    "PERSON",
    "SECOND_PERSON_WORDS",
    "SUBJECTS_PER_PAGE",
    "SubjectGraph",
    "SubjectPage",
    "SubjectProfile",
    "SubjectSummary",
    "VICTIM_WORDS",
    "TreatedSubject",
    "VerdictFacts",
    "VerdictDetail",
    "VerdictReason",
    "available_openings",
    "best_maturities",
    "build_candidate",
    "detector_title",
    "display_subject",
    "draw_calls_by_hour",
    "find_contacts",
    "find_current_verdicts",
    "find_findings",
    "find_standing_findings",
    "find_standing_opinions",
    "find_subjects",
    "find_subjects_of_values",
    "find_victims",
    "find_withdrawn_decisions",
    "finding_reasons",
    "finding_sentence",
    "fraud_type_title",
    "kind_title",
    "latest_findings",
    "latest_subjects",
    "load_subject_profile",
    "maturity_listings",
    "mask_in_text",
    "mask_value",
    "names_victim",
    "parse_evidence",
    "select_cases",
    "select_findings",
    "select_own_verdicts",
    "select_treated_subjects",
    "select_verdict_facts",
    "summarize_subjects",
    "verdict_badges",
]

_UNSCOPED = unscoped("verdicts of the viewer's own organisation")

HOURS = 72
_CHARTED, _OPINIONS, _VERDICTS, _HOLDERS, _PROCESSES = 400, 60, 60, 20, 20


class VerdictReason(NamedTuple):
    """One part of a verdict: title, source organisation and weight (0–1)."""

    source: str
    by: str
    weight: float
    words: str


@dataclass(frozen=True)
class VerdictDetail:
    """A verdict with its explanation."""

    row: VerdictRow
    scope: str
    is_own: bool
    why: Sequence[VerdictReason]


@dataclass(frozen=True)
class SubjectProfile:
    """All data of a subject's page except the graph."""

    subject: Subject
    verdicts: Sequence[VerdictDetail]
    past_verdicts: Sequence[VerdictRow]
    findings: Sequence[FindingDetail]
    older: str
    opinions: Sequence[OpinionRow]
    past_opinions: Sequence[OpinionRow]
    cases: Sequence[PoliceCase]
    holders: Sequence[Subject]
    placements: Sequence[Any]
    processes: Sequence[ProcessInstance]
    shares: Sequence[Share]

    @property
    def findings_by_maturity(self) -> list[tuple[str, list[FindingDetail]]]:
        """Return the page of findings in separate lists with their titles, the most mature first."""
        return [
            (title, chosen)
            for maturity, title in maturity_titles().items()
            if (chosen := [finding for finding in self.findings if finding.row.maturity == maturity])
        ]


def load_subject_profile(subject: Subject, viewer: Viewer, cursor: str = "") -> SubjectProfile:
    """Return what a viewer may read of a subject. Raise ValueError for an invalid cursor of findings."""
    of = Q(subject=subject)
    opinions = list(OpinionRow.objects.filter(of).select_related("owner", "person")[:_OPINIONS])
    verdicts = list(VerdictRow.objects.filter(of).select_related("owner")[:_VERDICTS])
    findings, older = select_findings(subject, viewer, cursor)
    names = _organizations_by_ref(verdicts)
    return SubjectProfile(
        subject=subject,
        verdicts=[
            VerdictDetail(
                row, localize(_scope(row).words), row.owner_id == viewer.organization, list(_verdict_parts(row, names))
            )
            for row in sorted(verdicts, key=lambda verdict: (verdict.owner_id != viewer.organization, -verdict.score))
            if row.superseded_at is None
        ],
        past_verdicts=[row for row in verdicts if row.superseded_at],
        findings=findings,
        older=older,
        opinions=[row for row in opinions if not (row.withdrawn_at or row.superseded_at)],
        past_opinions=[row for row in opinions if row.withdrawn_at or row.superseded_at],
        cases=list(PoliceCase.objects.filter(of).select_related("owner")),
        holders=list(
            Subject.objects.filter(thing=subject.thing).exclude(pk=subject.pk).order_by("-holder_from")[:_HOLDERS]
        ),
        placements=list(subject.placements.select_related("campaign__owner")),
        processes=list(
            find_instances().filter(about=subject.ref).select_related("owner", "version").order_by("-pk")[:_PROCESSES]
        ),
        shares=list(Share.objects.filter(of, Share.in_force()).select_related("owner", "receiver")),
    )


def draw_calls_by_hour(subject: Subject) -> Chart | None:
    """Draw the calls in the latest findings by hour, or the findings if they count no calls; None without findings."""
    rows = FindingRow.objects.filter(FindingRow.standing(), subject=subject).only("found_at", "packed")
    calls_at = [(row.found_at, _call_count(row)) for row in rows.order_by("-found_at", "-pk")[:_CHARTED]]
    if not calls_at:
        return None
    last = calls_at[0][0]
    recent = [(hour_of(at), calls) for at, calls in calls_at if at > last - timedelta(hours=HOURS)]
    counts: dict[datetime, int] = {}
    if any(calls for _, calls in recent):
        for hour, calls in recent:  # windows overlap, so the largest count of an hour is used
            counts[hour] = max(counts.get(hour, 0), calls)
        return hours(_("Calls by hour, from findings"), counts, (_("hour"), _("calls")), last, HOURS)
    for hour, _calls in recent:
        counts[hour] = counts.get(hour, 0) + 1
    return hours(_("Findings by hour"), counts, (_("hour"), _("findings")), last, HOURS)


def _call_count(row: FindingRow) -> int:
    try:
        return parse_evidence(row.detail.evidence).call_count
    except Malformed:
        return 0


def _scope(row: VerdictRow) -> VerdictScope:
    return VerdictScope(row.direction, row.service, row.ingress)


def _organizations_by_ref(verdicts: Iterable[VerdictRow]) -> Mapping[str, Organization]:
    refs = {part["by"] for row in verdicts if row.superseded_at is None for part in row.why}
    refs |= {row.decided_by for row in verdicts}
    return organizations_by_ref(refs - {""})


def _verdict_parts(row: VerdictRow, names: Mapping[str, Organization]) -> Iterable[VerdictReason]:
    for part in row.why:
        by = names.get(part["by"]) or (detector_title(part["by"]) if part["source"] == "finding" else part["by"])
        words = localize(Words(part.get("zh", ""), part.get("en", "")))
        yield VerdictReason(localize(SOURCE_WORDS[part["source"]]), str(by), part["weight"], words)


@dataclass(frozen=True)
class SubjectSummary:
    """One subject as a viewer may read it; `findings` counts all findings of the owners that the viewer may read."""

    subject: Subject
    verdict: VerdictRow | None
    case: PoliceCase | None
    findings: int
    top_score: float
    last_at: datetime | None
    maturity: Maturity | None = None  # the best one of the standing findings that the viewer may read


def summarize_subjects(subjects: Sequence[Subject], viewer: Viewer) -> list[SubjectSummary]:
    """Return a summary of each subject, in order."""
    keys = [subject.pk for subject in subjects]
    verdicts, cases = select_own_verdicts(keys, viewer), select_cases(keys)
    maturities = best_maturities(FindingRow.objects.filter(FindingRow.standing(), subject__in=keys))
    presences: dict[int, list[Presence]] = {}
    for presence in Presence.objects.filter(subject__in=keys):
        presences.setdefault(presence.subject_id, []).append(presence)
    return [
        SubjectSummary(
            subject,
            verdicts.get(subject.pk),
            cases.get(subject.pk),
            sum(row.findings for row in presences.get(subject.pk, ())),
            max((row.top_score for row in presences.get(subject.pk, ())), default=0.0),
            max((row.last_at for row in presences.get(subject.pk, ())), default=None),
            maturities.get(subject.pk),
        )
        for subject in subjects
    ]


def best_maturities(findings: QuerySet[FindingRow]) -> dict[int, Maturity]:
    """Return the most mature of the given findings by subject (primary key)."""
    found: dict[int, set[str]] = {}
    for subject_pk, maturity in findings.order_by().values_list("subject", "maturity").distinct():
        found.setdefault(subject_pk, set()).add(maturity)
    return {pk: next(one for one in Maturity if one in values) for pk, values in found.items()}


def select_own_verdicts(subject_pks: Iterable[int], viewer: Viewer) -> dict[int, VerdictRow]:
    """Return the strongest current verdict of the viewer's organisation on each subject that has one."""
    verdicts = _UNSCOPED.rows(VerdictRow).filter(
        subject__in=list(subject_pks), owner=viewer.organization, superseded_at=None
    )
    return {verdict.subject_id: verdict for verdict in verdicts.order_by("score", "pk")}


def select_cases(subject_pks: Iterable[int]) -> dict[int, PoliceCase]:
    """Return the latest readable police case in force of each subject that has one."""
    cases = PoliceCase.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), subject__in=list(subject_pks))
    return {case.subject_id: case for case in cases.order_by("at", "pk")}


SUBJECTS_PER_PAGE = 50


class SubjectPage(NamedTuple):
    """One page; `next` is "" on the last one."""

    rows: list[Subject]
    next: str


#: Orders of the list of subjects; the first is the standard, which an index serves.
SUBJECT_SORTS: dict[str, SortOrder] = {
    "latest": SortOrder(Words("最近活动", "latest activity"), "last_at", datetime.fromisoformat),
    "score": SortOrder(Words("分值", "score"), "top_score", float),
    "findings": SortOrder(Words("线索数", "number of findings"), "findings", int),
    "oldest": SortOrder(Words("发现最早", "first found"), "first_at", datetime.fromisoformat, descending=False),
}


def latest_subjects(
    viewer: Viewer, cursor: str = "", size: int = SUBJECTS_PER_PAGE, *, kind: str = "", sort: str = "latest"
) -> SubjectPage:
    """Return a page of the organisation's subjects, latest first. Raise ValueError for an invalid cursor."""
    rows = Presence.objects.filter(owner=viewer.organization).select_related("subject")
    if kind:
        rows = rows.filter(subject__kind=kind)
    page, end = take_page(rows, SUBJECT_SORTS[sort], cursor, size)
    subjects = {presence.subject_id: presence.subject for presence in page}
    return SubjectPage(list(subjects.values()), end)


# Rows for other apps. They read as the current viewer may, or, with `access`, the rows of all organisations.


def find_subjects(access: Unscoped | None = None) -> QuerySet[Subject]:
    """Return the readable subjects, or those of all organisations."""
    return access.rows(Subject) if access else Subject.objects.all()


def find_subjects_of_values(kind: str, values: Iterable[str]) -> QuerySet[Subject]:
    """Return the readable subjects of canonical values, those of every holder period."""
    return Subject.objects.filter(thing__in={CanonicalValue(kind, value).thing for value in values})


def find_findings(access: Unscoped | None = None) -> QuerySet[FindingRow]:
    """Return the readable findings, or those of all organisations."""
    return access.rows(FindingRow) if access else FindingRow.objects.all()


def find_standing_findings(access: Unscoped | None = None) -> QuerySet[FindingRow]:
    """Return the findings that were neither withdrawn nor superseded."""
    return find_findings(access).filter(FindingRow.standing())


def find_standing_opinions(access: Unscoped | None = None) -> QuerySet[OpinionRow]:
    """Return the opinions and decisions that were neither withdrawn nor superseded."""
    opinions = access.rows(OpinionRow) if access else OpinionRow.objects.all()
    return opinions.filter(OpinionRow.standing())


def find_withdrawn_decisions(access: Unscoped | None = None) -> QuerySet[OpinionRow]:
    """Return the decisions of processes that were withdrawn: the limit that they set was lifted."""
    opinions = access.rows(OpinionRow) if access else OpinionRow.objects.all()
    return opinions.filter(decision=True, withdrawn_at__isnull=False)


def find_current_verdicts() -> QuerySet[VerdictRow]:
    """Return the readable verdicts that are in force."""
    return VerdictRow.objects.filter(superseded_at=None)


def latest_findings(pairs: Sequence[tuple[int, int]], access: Unscoped) -> dict[int, FindingRow]:
    """Return the latest standing finding for each pair of subject and owner (primary keys), by subject.

    Only the texts of the findings are loaded.
    """
    pks = bulk.first_rows(
        f"SELECT subject_id, id FROM {FindingRow._meta.db_table} WHERE subject_id = %s AND owner_id = %s"
        " AND withdrawn_at IS NULL AND superseded_by = '' ORDER BY found_at DESC, id DESC LIMIT 1",
        pairs,
    )
    findings = access.rows(FindingRow).only("packed").in_bulk(list(pks.values()))
    return {subject_pk: findings[pk] for subject_pk, pk in pks.items() if pk in findings}
