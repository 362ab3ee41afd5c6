"""A graph is told by refs and masked values; of others there are counts alone."""

from django.utils.translation import override

from fanzha.command.subjects.link_shapes import GraphOut
from fanzha.command.subjects.linked import Common, Edge, Graph, Node
from fanzha.command.subjects.models import Subject


def test_subjects_are_named_by_ref() -> None:
    one, other = (Subject(pk=n, ref=f"{n:026d}", kind="phone_number", value=f"+861700000000{n}") for n in (1, 2))
    common = [Common("trunk", 2, False, 3, 9)]
    graph = Graph([Node(one, 0, "watch"), Node(other, 1, "")], [Edge(1, 2, "trunk")], common, 0)
    with override("en"):
        told = GraphOut.of(graph)
    assert told.edges[0].dict() == {"one": one.ref, "other": other.ref, "words": "trunk"}
    assert "1700000" not in told.model_dump_json() and told.common[0].other_subjects == 9
