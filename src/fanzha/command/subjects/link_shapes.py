"""What the API says of linked subjects: one's own masked, of other organisations nothing but counts."""

from ninja import Schema

from fanzha.command.subjects.linked import Graph
from fanzha.command.subjects.subject_rows import shown


class NodeOut(Schema):
    """A subject of a graph, and how many hops away it is."""

    ref: str
    kind: str
    shown: str
    hop: int
    level: str


class EdgeOut(Schema):
    """What two subjects have in common."""

    one: str
    other: str
    words: str


class CommonOut(Schema):
    """One thing in common: of other organisations nothing but counts."""

    words: str
    subjects: int
    is_hub: bool
    other_organizations: int
    other_subjects: int


class GraphOut(Schema):
    """A subject with those linked to it, two hops far; `more` are not among them."""

    nodes: list[NodeOut]
    edges: list[EdgeOut]
    common: list[CommonOut]
    more: int

    @classmethod
    def of(cls, graph: Graph) -> "GraphOut":
        """Return a graph."""
        refs = {node.subject.pk: node.subject.ref for node in graph.nodes}
        nodes = [
            NodeOut(ref=one.subject.ref, kind=one.subject.kind, shown=shown(one.subject), hop=one.hop, level=one.level)
            for one in graph.nodes
        ]
        edges = [EdgeOut(one=refs[one.one], other=refs[one.other], words=one.words) for one in graph.edges]
        common = [CommonOut(**one._asdict()) for one in graph.common]
        return cls(nodes=nodes, edges=edges, common=common, more=graph.more)
