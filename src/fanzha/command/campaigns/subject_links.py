"""Find which subjects have something in common with a subject: two hops, within the campaigns that may be read.

What other organisations tie to the same things is counted, never shown (design §8). Each tie is asked for a few of
those who have it by its index, so that a page costs the same whether ten have it or five thousand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Count, Q, Sum

from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.titles import tie_title
from fanzha.command.subjects.graph import CommonTie, GraphEdge, GraphNode, SubjectGraph
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.selectors import select_own_verdicts
from fanzha.command.web.database import bulk
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("ties of other organisations are counted, never shown")

#: How many ties of one hop are followed, and how many subjects each hop shows.
MAX_TIES = (10, 12)
MAX_SUBJECTS = (12, 18)
_PER_TIE = 6
_LINKS = 120


def campaign_of(ref: str) -> Campaign | None:
    """Return the campaign of a ref, None where the present viewer may read none."""
    return Campaign.objects.filter(ref=ref).first()


def build_graph(subject: Subject, viewer: Viewer) -> SubjectGraph:
    """Return the subjects linked to one, as far as a viewer may read them, in eight queries."""
    readable = _readable_ties(subject, viewer)
    near = _select_tie_links([subject.pk], readable)
    of_subject = _distinct_ties(one.tie for one in near)
    followed = [tie for tie in of_subject if not tie.is_hub and tie.subjects > 1][: MAX_TIES[0]]
    first = _select_tied_subjects(followed, {subject.pk}, MAX_SUBJECTS[0])
    ring = list(dict.fromkeys(other for _, other in first))
    seen = {tie.key for tie in of_subject}
    far = [one for one in _select_tie_links(ring, readable) if not one.tie.is_hub and one.tie.key not in seen]
    beyond = _distinct_ties(one.tie for one in far if one.tie.subjects > 1)[: MAX_TIES[1]]
    second = _select_tied_subjects(beyond, {subject.pk, *ring}, MAX_SUBJECTS[1])
    bridge: dict[int, int] = {}
    for one in far:
        bridge.setdefault(one.tie_id, one.subject_id)
    words = {tie.pk: localize(tie_title(tie.kind, tie.value)) for tie in (*followed, *beyond)}
    edges = [GraphEdge(subject.pk, other, words[tie]) for tie, other in first]
    edges += [GraphEdge(bridge[tie], other, words[tie]) for tie, other in second]
    nodes = _build_nodes({subject.pk: 0} | dict.fromkeys(ring, 1) | {other: 2 for _, other in second}, viewer)
    shown = {node.subject.pk for node in nodes}
    elsewhere = _count_elsewhere(of_subject, viewer)
    return SubjectGraph(
        nodes=nodes,
        edges=[edge for edge in edges if {edge.source, edge.target} <= shown],
        common=[
            CommonTie(
                localize(tie_title(tie.kind, tie.value)), tie.subjects, tie.is_hub, *elsewhere.get(tie.key, (0, 0))
            )
            for tie in of_subject
        ],
        more=max((tie.subjects for tie in followed), default=1) - 1 - len(ring) if followed else 0,
    )


def _readable_ties(subject: Subject, viewer: Viewer) -> Q:
    """Return the ties of one's own organisation, and of campaigns that may be read."""
    campaigns = list(Placement.objects.filter(subject=subject).values_list("campaign", flat=True))
    return Q(tie__owner=viewer.organization) | Q(tie__campaign__in=campaigns)


def _select_tie_links(subjects: Collection[int], readable: Q) -> list[TieLink]:
    if not subjects:
        return []
    links = TieLink.objects.filter(readable, subject__in=subjects).select_related("tie")
    return list(links.order_by("tie__subjects", "tie_id")[:_LINKS])


def _distinct_ties(ties: Iterable[Tie]) -> list[Tie]:
    """Return each thing once: a text is as many ties as it has bands, and people are shown one."""
    found: dict[tuple[str, str], Tie] = {}
    for tie in ties:
        found.setdefault((tie.kind, tie.value), tie)
    return list(found.values())


def _select_tied_subjects(ties: Sequence[Tie], but: Collection[int], most: int) -> list[tuple[int, int]]:
    """Return some subjects that have ties, as (tie, subject), the latest of each tie; each subject once."""
    if not ties:
        return []
    table = TieLink._meta.db_table
    one = (
        f"SELECT * FROM (SELECT tie_id, subject_id FROM {table} WHERE tie_id = %s"
        f" ORDER BY subject_id DESC LIMIT {_PER_TIE + 1}) AS t"
    )
    found = bulk.select(" UNION ALL ".join([one] * len(ties)), *(tie.pk for tie in ties))
    once: dict[int, int] = {}
    for tie, other in found:
        if other not in but:
            once.setdefault(other, tie)
    return [(tie, other) for other, tie in list(once.items())[:most]]


def _build_nodes(hops: Mapping[int, int], viewer: Viewer) -> list[GraphNode]:
    verdicts = select_own_verdicts(hops, viewer)
    rows = Subject.objects.filter(pk__in=list(hops)).in_bulk()
    return [
        GraphNode(rows[key], hop, verdicts[key].level if key in verdicts else "")
        for key, hop in hops.items()
        if key in rows
    ]


def _count_elsewhere(ties: Sequence[Tie], viewer: Viewer) -> dict[str, tuple[int, int]]:
    """Return of other organisations' same ties nothing but counts: organisations, subjects."""
    others = _UNSCOPED.rows(Tie).filter(key__in=[tie.key for tie in ties]).exclude(owner__in=viewer.reads)
    counted = others.values("key").annotate(many=Count("owner"), subjects_there=Sum("subjects")).order_by()
    return {one["key"]: (one["many"], one["subjects_there"]) for one in counted}
