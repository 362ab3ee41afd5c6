"""Draw the graph of linked subjects as SVG: one ring per hop, nodes are links, a table lists the subjects."""

from collections.abc import Sequence
from math import cos, pi, sin
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fanzha.claims.verdict import LEVEL_WORDS, Level
from fanzha.command.subjects.graph import GraphNode, SubjectGraph
from fanzha.command.subjects.presenters import display_subject, kind_title
from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.i18n import localize

WIDTH, HEIGHT = 640, 356
#: Half axes of the rings, by hop: for one ring alone, and for two.
_RINGS = {1: ((0, 0), (240, 130)), 2: ((0, 0), (170, 92), (290, 150))}
#: Characters of the displayed value below a node: the last ones distinguish numbers.
_LABEL = 9
_NODE = (
    '<a href="{}"><g class="{}"><circle cx="{}" cy="{}" r="{}"/><text class="glyph" x="{}" y="{}"'
    ' text-anchor="middle">{}</text><text x="{}" y="{}" text-anchor="middle">{}</text><title>{}</title></g></a>'
)


class _Point(NamedTuple):
    x: float
    y: float


def draw_graph(graph: SubjectGraph) -> Chart:
    """Draw a graph, with a table of its subjects."""
    title = _("Linked subjects, up to two steps away")
    points = _layout(graph.nodes)
    edges = format_html_join(
        "",
        '<line class="edge{}" x1="{}" y1="{}" x2="{}" y2="{}"><title>{}</title></line>',
        (
            (
                "" if points[edge.source] == points[graph.nodes[0].subject.pk] else " edge-weak",
                *(f"{value:.0f}" for value in (*points[edge.source], *points[edge.target])),
                edge.words,
            )
            for edge in graph.edges
        ),
    )
    nodes = format_html_join("", _NODE, (_node_cells(node, points[node.subject.pk]) for node in graph.nodes))
    svg = format_html(
        '<svg class="links" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>',
        *(WIDTH, HEIGHT, title, edges, nodes),
    )
    return Chart(title, svg, _table(title, graph))


def _layout(nodes: Sequence[GraphNode]) -> dict[int, _Point]:
    points = {}
    rings = _RINGS[max(1, *(node.hop for node in nodes))]
    for hop, (wide, high) in enumerate(rings):
        ring = [node for node in nodes if node.hop == hop]
        for index, node in enumerate(ring):
            angle = 2 * pi * (index + hop / 3) / len(ring) - pi / 2
            points[node.subject.pk] = _Point(WIDTH / 2 + wide * cos(angle), HEIGHT / 2 + high * sin(angle))
    return points


def _node_cells(node: GraphNode, point: _Point) -> tuple[object, ...]:
    classes = ["node", f"node-{node.level}" if node.level else "", "node-here" if node.hop == 0 else ""]
    x, y = f"{point.x:.0f}", f"{point.y:.0f}"
    tooltip = [display_subject(node.subject), kind_title(node.subject.kind), _level_title(node)]
    return (
        reverse("subject", args=[node.subject.ref]),
        " ".join(filter(None, classes)),
        x,
        y,
        14 if node.hop == 0 else 10,
        x,
        f"{point.y + 4:.0f}",
        kind_title(node.subject.kind)[:1].upper(),
        x,
        f"{point.y + (28 if node.hop == 0 else 24):.0f}",
        display_subject(node.subject)[-_LABEL:],
        ", ".join(filter(None, tooltip)),
    )


def _table(title: str, graph: SubjectGraph) -> DataTable:
    ties = {edge.target: edge.words for edge in graph.edges}
    rows = tuple(
        (_link(node), kind_title(node.subject.kind), node.hop, ties.get(node.subject.pk, ""), _level_title(node) or "–")
        for node in graph.nodes
        if node.hop
    )
    head = (_("subject"), _("kind"), _("steps away"), _("in common"), _("verdict"))
    return DataTable(title, head, rows, frozenset({2}))


def _link(node: GraphNode) -> SafeString:
    address = reverse("subject", args=[node.subject.ref])
    return format_html('<a class="subject" href="{}">{}</a>', address, display_subject(node.subject))


def _level_title(node: GraphNode) -> str:
    return localize(LEVEL_WORDS[Level(node.level)]) if node.level else ""
