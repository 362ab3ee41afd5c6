"""Find the subjects linked to a subject by common ties: two hops, within the campaigns that the viewer may read.

Equal ties of other organisations are counted, never shown. The query reads a few subjects of each tie by
index, so that a page costs the same whether a tie has ten subjects or five thousand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.titles import tie_title
from fanzha.command.subjects.selectors import (
    CommonTie,
    GraphEdge,
    GraphNode,
    SubjectGraph,
    find_subjects,
    select_own_verdicts,
)
from fanzha.command.web.database import bulk
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.subjects.models import Subject

_UNSCOPED = unscoped("ties of other organisations are counted, never shown")

#: How many ties of one hop are followed, and how many subjects each hop shows.
MAX_TIES = (10, 12)
MAX_SUBJECTS = (12, 18)
_PER_TIE = 6
_LINKS = 120


def campaign_of(ref: str) -> Campaign | None:
    """Return the campaign with this ref; None if there is none or the current viewer may not read it."""
    return Campaign.objects.filter(ref=ref).first()


def build_graph(subject: Subject, viewer: Viewer) -> SubjectGraph:
    """Return the graph of subjects linked to a subject that a viewer may read, in eight queries."""
    readable = _readable_ties(subject, viewer)
    near = _select_tie_links([subject.pk], readable)
    near_ties = _distinct_ties(link.tie for link in near)
    followed = [tie for tie in near_ties if not tie.is_hub and tie.subjects > 1][: MAX_TIES[0]]
    first = select_tied_subjects(followed, {subject.pk}, MAX_SUBJECTS[0])
    ring = list(dict.fromkeys(linked_id for _, linked_id in first))
    near_keys = {tie.key for tie in near_ties}
    far = [link for link in _select_tie_links(ring, readable) if not link.tie.is_hub and link.tie.key not in near_keys]
    beyond = _distinct_ties(link.tie for link in far if link.tie.subjects > 1)[: MAX_TIES[1]]
    second = select_tied_subjects(beyond, {subject.pk, *ring}, MAX_SUBJECTS[1])
    bridge: dict[int, int] = {}
    for link in far:
        bridge.setdefault(link.tie_id, link.subject_id)
    words = {tie.pk: localize(tie_title(tie.kind, tie.value)) for tie in (*followed, *beyond)}
    edges = [GraphEdge(subject.pk, linked_id, words[tie]) for tie, linked_id in first]
    edges += [GraphEdge(bridge[tie], linked_id, words[tie]) for tie, linked_id in second]
    nodes = _build_nodes({subject.pk: 0} | dict.fromkeys(ring, 1) | {linked_id: 2 for _, linked_id in second}, viewer)
    node_ids = {node.subject.pk for node in nodes}
    elsewhere = count_elsewhere(near_ties, viewer)
    return SubjectGraph(
        nodes=nodes,
        edges=[edge for edge in edges if {edge.source, edge.target} <= node_ids],
        common=[
            CommonTie(
                localize(tie_title(tie.kind, tie.value)), tie.subjects, tie.is_hub, *elsewhere.get(tie.key, (0, 0))
            )
            for tie in near_ties
        ],
        more=max((tie.subjects for tie in followed), default=1) - 1 - len(ring) if followed else 0,
    )


def _readable_ties(subject: Subject, viewer: Viewer) -> Q:
    """Return the condition for ties of the viewer's organisation and of the subject's campaigns."""
    campaigns = list(Placement.objects.filter(subject=subject).values_list("campaign", flat=True))
    return Q(tie__owner=viewer.organization) | Q(tie__campaign__in=campaigns)


def _select_tie_links(subjects: Collection[int], readable: Q) -> list[TieLink]:
    if not subjects:
        return []
    links = TieLink.objects.filter(readable, subject__in=subjects).select_related("tie")
    return list(links.order_by("tie__subjects", "tie_id")[:_LINKS])


def _distinct_ties(ties: Iterable[Tie]) -> list[Tie]:
    """Return one tie per value; a text has one tie per band."""
    distinct: dict[tuple[str, str], Tie] = {}
    for tie in ties:
        distinct.setdefault((tie.kind, tie.value), tie)
    return list(distinct.values())


def select_tied_subjects(
    ties: Sequence[Tie], excluded: Collection[int], limit: int, per_tie: int = _PER_TIE
) -> list[tuple[int, int]]:
    """Return up to `limit` pairs (tie, subject), the latest `per_tie` of each tie; each subject appears once."""
    if not ties:
        return []
    table = TieLink._meta.db_table
    query = (
        f"SELECT * FROM (SELECT tie_id, subject_id FROM {table} WHERE tie_id = %s"
        f" ORDER BY subject_id DESC LIMIT {per_tie + 1}) AS t"
    )
    rows = bulk.select(" UNION ALL ".join([query] * len(ties)), *(tie.pk for tie in ties))
    tie_by_subject: dict[int, int] = {}
    for tie, subject in rows:
        if subject not in excluded:
            tie_by_subject.setdefault(subject, tie)
    return [(tie, subject) for subject, tie in list(tie_by_subject.items())[:limit]]


def _build_nodes(hops: Mapping[int, int], viewer: Viewer) -> list[GraphNode]:
    verdicts = select_own_verdicts(hops, viewer)
    rows = find_subjects().filter(pk__in=list(hops)).in_bulk()
    return [
        GraphNode(rows[key], hop, verdicts[key].level if key in verdicts else "")
        for key, hop in hops.items()
        if key in rows
    ]


def count_elsewhere(ties: Sequence[Tie], viewer: Viewer) -> dict[str, tuple[int, int]]:
    """Count the organisations and subjects of equal ties that the viewer may not read, by tie key."""
    foreign_ties = _UNSCOPED.rows(Tie).filter(key__in=[tie.key for tie in ties]).exclude(owner__in=viewer.reads)
    counts = foreign_ties.values("key").annotate(many=Count("owner"), subjects_there=Sum("subjects")).order_by()
    return {row["key"]: (row["many"], row["subjects_there"]) for row in counts}
