"""Pieces of the graph of subjects and what they have in common: one hop about a subject, a tie or a campaign.

A tie (a trunk, device, script …) is a node of its own, so that no subject seems to be the centre of others. Ties of
other organisations are only counted. Each piece reads a bounded number of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Max, Min, Q
from django.utils.crypto import salted_hmac

from fanzha.claims.finding import SubjectRole
from fanzha.claims.fraud_type import TO_WARN
from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.subject_links import count_elsewhere, select_tied_subjects
from fanzha.command.subjects.selectors import (
    INVESTIGATORS,
    VICTIM_DESK,
    Contact,
    find_contacts,
    find_standing_findings,
    find_subjects,
    find_subjects_of_values,
    find_victims,
    select_own_verdicts,
)
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer

if TYPE_CHECKING:
    from fanzha.command.subjects.models import FindingRow, Subject

_UNSCOPED = unscoped("ties of supervised organisations are filtered by the marking of their campaigns")

#: Subjects that one piece brings: of a tie, of each tie of a subject, of a campaign; ties of a subject and a campaign.
SUBJECTS_OF_TIE, SUBJECTS_OF_EACH_TIE, SUBJECTS_OF_CAMPAIGN = 40, 6, 80
MAX_TIES = 12
MAX_CONTACTS = 24
#: Findings of a subject, the latest, that are read for its calls and for the reasons of an edge.
FINDINGS_READ = 60
_LINKS = 600
_ROLES = (SubjectRole.SUSPECT, SubjectRole.CONDUIT, SubjectRole.LURE, SubjectRole.VICTIM)


class FindingFigures(NamedTuple):
    """Role, number, first and last time of the findings on a subject that the viewer may read."""

    role: SubjectRole | None = None
    findings: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


NO_FIGURES = FindingFigures()


@dataclass(frozen=True)
class SubjectNode:
    """A subject with the verdict level of the viewer's organisation ("": none) and the figures of its findings."""

    subject: Subject
    level: str
    figures: FindingFigures


@dataclass(frozen=True)
class TieNode:
    """A shared value. `pks` are its rows; `subjects` counts who share it here, the other two counts elsewhere."""

    ident: str
    kind: str
    value: str
    pks: tuple[int, ...]
    subjects: int
    is_hub: bool
    other_organizations: int = 0
    other_subjects: int = 0


@dataclass(frozen=True)
class TieEdge:
    """A subject has a tie; `tie` is the ident of a tie node, which may lie in another piece."""

    subject_pk: int
    ref: str
    tie: str


@dataclass(frozen=True)
class ContactEdge:
    """Calls or texts from one subject to another, by the evidence of findings."""

    source: str
    target: str
    is_text: bool
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class GraphFragment:
    """One piece. `more` is the least number of subjects left out, `next` where those of a tie continue (0: start).

    `unknown_contacts` counts parties of calls and texts that are no readable subjects of the viewer.
    """

    subjects: Sequence[SubjectNode] = ()
    ties: Sequence[TieNode] = ()
    tie_edges: Sequence[TieEdge] = ()
    contact_edges: Sequence[ContactEdge] = ()
    more: int = 0
    next: int = 0
    unknown_contacts: int = 0


@dataclass
class _Contacts:
    edges: list[ContactEdge] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    unknown: int = 0

    def without(self, hidden: Collection[int]) -> _Contacts:
        """Return the contacts without some subjects (primary keys), which are counted as unknown."""
        refs = {subject.ref for subject in self.subjects if subject.pk in hidden}
        edges = [edge for edge in self.edges if not {edge.source, edge.target} & refs]
        subjects = [subject for subject in self.subjects if subject.ref not in refs]
        return _Contacts(edges, subjects, self.unknown + len(refs))


def tie_ident(kind: str, value: str) -> str:
    """Return the ident of a tie: the same for equal ties, and none by which its value could be guessed."""
    return salted_hmac("fanzha.graph.tie", f"{kind}\0{value}").hexdigest()[:20]


def readable_ties(viewer: Viewer, prefix: str = "") -> Q:
    """Return the condition for ties of the viewer's organisation and of readable campaigns of supervised ones."""
    condition = Q((f"{prefix}owner", viewer.organization))
    if viewer.supervised:
        markings = (f"{prefix}campaign__marking__in", FOR_SUPERVISORS)
        condition |= Q((f"{prefix}owner__in", viewer.supervised), markings)
    return condition


def expand_subject(subject: Subject, viewer: Viewer) -> GraphFragment:
    """Return the ties of a subject with some of the subjects of each, and its calls and texts.

    Only people who contact victims see them; for others they are counted as unknown contacts.
    """
    links = TieLink.objects.filter(readable_ties(viewer, "tie__"), subject=subject).select_related("tie")
    nodes = _group_ties([link.tie for link in links.order_by("tie__subjects", "tie_id")[:_LINKS]], viewer)[:MAX_TIES]
    contacts = _select_contacts(subject, viewer)
    followed = [pk for node in nodes if not node.is_hub and node.subjects > 1 for pk in node.pks[:1]]
    tied = select_tied_subjects(_ties(followed), {subject.pk}, SUBJECTS_OF_EACH_TIE * MAX_TIES, SUBJECTS_OF_EACH_TIE)
    pks = [subject.pk, *(pk for _, pk in tied), *(other.pk for other in contacts.subjects)]
    rows = _select_nodes(pks, viewer)
    hidden = set[int]() if viewer.has(*VICTIM_DESK) else _victim_pks(rows) - {subject.pk}
    rows, contacts = [node for node in rows if node.subject.pk not in hidden], contacts.without(hidden)
    drawn = len(rows) - len(contacts.subjects) - 1
    return GraphFragment(
        subjects=rows,
        ties=nodes,
        tie_edges=_select_edges(rows, viewer),
        contact_edges=contacts.edges,
        more=max(0, max((node.subjects for node in nodes if not node.is_hub), default=1) - 1 - drawn),
        unknown_contacts=contacts.unknown,
    )


def expand_tie(pks: Collection[int], viewer: Viewer, after: int = 0) -> GraphFragment:
    """Return the next subjects that share a tie, the latest first; `after` is the `next` of the piece before.

    Victims are left out, so that they cannot be listed page by page.
    """
    ties = list(_UNSCOPED.rows(Tie).filter(readable_ties(viewer), pk__in=pks))
    links = TieLink.objects.filter(tie__in=ties)
    if after:
        links = links.filter(subject__lt=after)
    found = list(links.order_by("-subject").values_list("subject", flat=True).distinct()[: SUBJECTS_OF_TIE + 1])
    page = found[:SUBJECTS_OF_TIE]
    nodes = _select_nodes(page, viewer)
    victims = _victim_pks(nodes)
    rows = [node for node in nodes if node.subject.pk not in victims]
    is_more = len(found) > SUBJECTS_OF_TIE
    return GraphFragment(
        subjects=rows,
        ties=_group_ties(ties, viewer),
        tie_edges=_select_edges(rows, viewer),
        more=1 if is_more else 0,
        next=page[-1] if is_more else 0,
    )


def expand_campaign(campaign: Campaign, viewer: Viewer) -> GraphFragment:
    """Return the strongest suspects of a campaign that the viewer may read, with what they have in common."""
    placements = Placement.objects.filter(campaign=campaign, is_victim=False).order_by("-top_score", "-pk")
    pks = list(placements.values_list("subject", flat=True)[: SUBJECTS_OF_CAMPAIGN + 1])
    rows = _select_nodes(pks[:SUBJECTS_OF_CAMPAIGN], viewer)
    ties = _UNSCOPED.rows(Tie).filter(readable_ties(viewer), campaign=campaign, subjects__gt=1, is_hub=False)
    nodes = _group_ties(list(ties.order_by("-subjects", "pk")[: MAX_TIES * 8]), viewer)[:MAX_TIES]
    return GraphFragment(
        subjects=rows,
        ties=nodes,
        tie_edges=_select_edges(rows, viewer),
        more=max(0, placements.count() - len(rows)) if len(pks) > SUBJECTS_OF_CAMPAIGN else 0,
    )


def _victim_pks(nodes: Sequence[SubjectNode]) -> set[int]:
    """Return the primary keys of the subjects that are victims and nothing else."""
    victims = find_victims([node.subject.thing for node in nodes]).only
    return {node.subject.pk for node in nodes if node.subject.thing in victims}


def _ties(pks: Collection[int]) -> list[Tie]:
    return list(_UNSCOPED.rows(Tie).filter(pk__in=pks))


def _group_ties(ties: Sequence[Tie], viewer: Viewer) -> list[TieNode]:
    """Return one node per value: a script has a row per band, and several owners may have a row each."""
    elsewhere = count_elsewhere(ties, viewer)
    groups: dict[str, list[Tie]] = {}
    for tie in ties:
        groups.setdefault(tie_ident(tie.kind, tie.value), []).append(tie)
    nodes = []
    for ident, rows in groups.items():
        counts = max((elsewhere.get(tie.key, (0, 0)) for tie in rows), default=(0, 0))
        nodes.append(
            TieNode(
                ident,
                rows[0].kind,
                rows[0].value,
                tuple(tie.pk for tie in rows),
                max(tie.subjects for tie in rows),
                any(tie.is_hub for tie in rows),
                *counts,
            )
        )
    return nodes


def _select_nodes(pks: Iterable[int], viewer: Viewer) -> list[SubjectNode]:
    """Return the readable subjects of these primary keys in their order."""
    keys = list(dict.fromkeys(pks))
    rows = find_subjects().filter(pk__in=keys).in_bulk()
    verdicts = select_own_verdicts(keys, viewer)
    figures = _select_figures(keys)
    nodes = []
    for key in keys:
        if key in rows:
            level = verdicts[key].level if key in verdicts else ""
            nodes.append(SubjectNode(rows[key], level, figures.get(key, NO_FIGURES)))
    return nodes


def _select_figures(pks: Collection[int]) -> dict[int, FindingFigures]:
    """Return role, number, first and last time of the readable findings of each subject."""
    rows = find_standing_findings().filter(subject__in=pks).order_by()
    grouped: dict[int, list[tuple[SubjectRole, int, datetime, datetime]]] = {}
    counted = rows.values_list("subject", "role", "fraud_type").annotate(
        many=Count("pk"), first=Min("found_at"), last=Max("found_at")
    )
    for pk, role, fraud_type, many, first, last in counted:
        seen = SubjectRole.VICTIM if fraud_type in TO_WARN else SubjectRole(role)
        grouped.setdefault(pk, []).append((seen, many, first, last))
    return {
        pk: FindingFigures(
            role=min((row[0] for row in parts), key=_ROLES.index),
            findings=sum(row[1] for row in parts),
            first_at=min(row[2] for row in parts),
            last_at=max(row[3] for row in parts),
        )
        for pk, parts in grouped.items()
    }


def _select_edges(nodes: Sequence[SubjectNode], viewer: Viewer) -> list[TieEdge]:
    """Return what ties subjects, also to ties that other pieces bring; a tie of one subject joins nothing."""
    refs = {node.subject.pk: node.subject.ref for node in nodes}
    links = TieLink.objects.filter(readable_ties(viewer, "tie__"), subject__in=refs, tie__subjects__gt=1)
    rows = links.order_by("tie_id", "pk").values_list("subject", "tie__kind", "tie__value")[: _LINKS * 4]
    found = dict.fromkeys((pk, tie_ident(kind, value)) for pk, kind, value in rows)
    return [TieEdge(pk, refs[pk], ident) for pk, ident in found]


def _select_contacts(subject: Subject, viewer: Viewer) -> _Contacts:
    """Return the calls and texts of a number from and to subjects that the viewer may read."""
    result = _Contacts()
    if subject.kind != "phone_number" or not viewer.has(*INVESTIGATORS):
        return result
    by_party: dict[str, list[Contact]] = {}
    for contact in find_contacts(subject.value, latest_findings_on(subject)):
        if contact.other and contact.other != subject.value:
            by_party.setdefault(contact.other, []).append(contact)
    found = find_subjects_of_values("phone_number", by_party).order_by("pk")
    subjects = list({row.value: row for row in found}.values())  # the latest holder of each
    result.unknown = len(by_party) - len(subjects)
    result.subjects = sorted(subjects, key=lambda row: -len(by_party[row.value]))[:MAX_CONTACTS]
    for other in result.subjects:
        groups: dict[tuple[bool, bool], list[datetime]] = {}
        for contact in by_party[other.value]:
            groups.setdefault((contact.is_made, contact.is_text), []).append(contact.at)
        for (is_made, is_text), times in groups.items():
            ends = (subject.ref, other.ref) if is_made else (other.ref, subject.ref)
            result.edges.append(ContactEdge(*ends, is_text, len(times), min(times), max(times)))
    return result


def latest_findings_on(subject: Subject) -> list[FindingRow]:
    """Return the latest standing findings on a subject that the current viewer may read."""
    return list(find_standing_findings().filter(subject=subject).order_by("-found_at", "-pk")[:FINDINGS_READ])
