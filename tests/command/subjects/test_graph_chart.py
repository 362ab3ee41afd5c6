"""Each subject of a graph is a link in the picture and a row of the table, masked in both."""

from django.utils.translation import override

from fanzha.command.subjects.graph import GraphEdge, GraphNode, SubjectGraph
from fanzha.command.subjects.graph_chart import HEIGHT, WIDTH, draw_graph
from fanzha.command.subjects.models import Subject


def node(place: int, hop: int, level: str = "") -> GraphNode:
    """A made-up subject."""
    value = f"+8617000{place:06d}"
    return GraphNode(Subject(pk=place, ref=f"{place:026d}", kind="phone_number", value=value), hop, level)


def test_nodes_are_drawn_in_rings_and_listed() -> None:
    nodes = [node(0, 0), *(node(n, 1, "suspected") for n in range(1, 5)), *(node(n, 2) for n in range(5, 9))]
    edges = [GraphEdge(0, n, "trunk T1") for n in range(1, 5)] + [GraphEdge(1, n, "<device>") for n in range(5, 9)]
    with override("en"):
        chart = draw_graph(SubjectGraph(nodes, edges, [], 0))
    assert chart.svg.count("<circle") == 9 and chart.svg.count("<line") == 8
    assert chart.svg.count("node-suspected") == 4 and chart.svg.count("node-here") == 1
    assert "&lt;device&gt;" in chart.svg and "17000000001" not in chart.svg + str(chart.table)
    assert len(chart.table.rows) == 8 and chart.table.rows[0][3] == "trunk T1"
    assert all(f'cx="{out}"' not in chart.svg for out in (-1, WIDTH + 1)) and f"{WIDTH} {HEIGHT}" in chart.svg
