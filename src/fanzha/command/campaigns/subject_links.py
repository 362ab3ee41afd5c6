"""Find which subjects have something in common with a subject: two hops, within the campaigns that may be read.

What other organisations tie to the same things is counted, never shown (design §8). Each tie is asked for a few of
those who have it by its index, so that a page costs the same whether ten have it or five thousand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Count, Q, Sum

from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.titles import tie_words
from fanzha.command.subjects.graph import Common, Edge, Graph, Node
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.selectors import own_verdicts
from fanzha.command.web.database import bulk
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer

#: How many ties of one hop are followed, and how many subjects each hop shows.
TIES = (10, 12)
SHOWN = (12, 18)
_PER_TIE = 6
_LINKS = 120


def campaign_of(ref: str) -> Campaign | None:
    """Return the campaign of a ref, None where the present viewer may read none."""
    return Campaign.objects.filter(ref=ref).first()


def graph_of(subject: Subject, viewer: Viewer) -> Graph:
    """Return the subjects linked to one, as far as a viewer may read them, in eight queries."""
    readable = _readable(subject, viewer)
    near = _ties([subject.pk], readable)
    of_subject = _once(one.tie for one in near)
    followed = [tie for tie in of_subject if not tie.is_hub and tie.subjects > 1][: TIES[0]]
    first = _who_has(followed, {subject.pk}, SHOWN[0])
    ring = list(dict.fromkeys(other for _, other in first))
    seen = {tie.key for tie in of_subject}
    far = [one for one in _ties(ring, readable) if not one.tie.is_hub and one.tie.key not in seen]
    beyond = _once(one.tie for one in far if one.tie.subjects > 1)[: TIES[1]]
    second = _who_has(beyond, {subject.pk, *ring}, SHOWN[1])
    bridge: dict[int, int] = {}
    for one in far:
        bridge.setdefault(one.tie_id, one.subject_id)
    words = {tie.pk: localize(tie_words(tie.kind, tie.value)) for tie in (*followed, *beyond)}
    edges = [Edge(subject.pk, other, words[tie]) for tie, other in first]
    edges += [Edge(bridge[tie], other, words[tie]) for tie, other in second]
    nodes = _nodes({subject.pk: 0} | dict.fromkeys(ring, 1) | {other: 2 for _, other in second}, viewer)
    shown = {node.subject.pk for node in nodes}
    elsewhere = _elsewhere(of_subject, viewer)
    return Graph(
        nodes=nodes,
        edges=[edge for edge in edges if {edge.one, edge.other} <= shown],
        common=[
            Common(localize(tie_words(tie.kind, tie.value)), tie.subjects, tie.is_hub, *elsewhere.get(tie.key, (0, 0)))
            for tie in of_subject
        ],
        more=max((tie.subjects for tie in followed), default=1) - 1 - len(ring) if followed else 0,
    )


def _readable(subject: Subject, viewer: Viewer) -> Q:
    """Return the ties of one's own organisation, and of campaigns that may be read."""
    campaigns = list(Placement.objects.filter(subject=subject).values_list("campaign", flat=True))
    return Q(tie__owner=viewer.organization) | Q(tie__campaign__in=campaigns)


def _ties(subjects: Collection[int], readable: Q) -> list[TieLink]:
    if not subjects:
        return []
    links = TieLink.objects.filter(readable, subject__in=subjects).select_related("tie")
    return list(links.order_by("tie__subjects", "tie_id")[:_LINKS])


def _once(ties: Iterable[Tie]) -> list[Tie]:
    """Return each thing once: a text is as many ties as it has bands, and people are shown one."""
    found: dict[tuple[str, str], Tie] = {}
    for tie in ties:
        found.setdefault((tie.kind, tie.value), tie)
    return list(found.values())


def _who_has(ties: Sequence[Tie], but: Collection[int], most: int) -> list[tuple[int, int]]:
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


def _nodes(hops: Mapping[int, int], viewer: Viewer) -> list[Node]:
    verdicts = own_verdicts(hops, viewer)
    rows = Subject.objects.filter(pk__in=list(hops)).in_bulk()
    return [
        Node(rows[key], hop, verdicts[key].level if key in verdicts else "") for key, hop in hops.items() if key in rows
    ]


def _elsewhere(ties: Sequence[Tie], viewer: Viewer) -> dict[str, tuple[int, int]]:
    """Return of other organisations' same ties nothing but counts: organisations, subjects."""
    others = Tie._base_manager.filter(key__in=[tie.key for tie in ties]).exclude(owner__in=viewer.reads)
    counted = others.values("key").annotate(many=Count("owner"), subjects_there=Sum("subjects")).order_by()
    return {one["key"]: (one["many"], one["subjects_there"]) for one in counted}
