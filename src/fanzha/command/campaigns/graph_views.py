"""The graph to explore: a page of its own, the pieces that its script asks for, and why an edge is there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.clock import to_ms
from fanzha.base.whole_numbers import whole_number
from fanzha.base.words import Words
from fanzha.claims.finding import ROLE_WORDS, SubjectRole
from fanzha.claims.verdict import LEVEL_WORDS, Level
from fanzha.command.campaigns.graph_fragments import (
    ContactEdge,
    GraphFragment,
    SubjectNode,
    TieNode,
    expand_campaign,
    expand_subject,
    expand_tie,
)
from fanzha.command.campaigns.graph_reasons import explain_contact, explain_tie
from fanzha.command.campaigns.models import Campaign
from fanzha.command.campaigns.queue import QueueFilter, queue_page
from fanzha.command.campaigns.titles import TIE_WORDS, tie_title
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.subjects.selectors import display_subject, find_subjects, kind_title
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import DataTable
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer

#: What an edge to a tie of each kind says.
EDGE_WORDS: dict[str, Words] = {
    "trunk": Words("经由中继", "came by the trunk"),
    "range": Words("同号段", "number of the same range"),
    "device": Words("使用同一设备", "same device"),
    "domain": Words("指向域名", "links to"),
    "contact": Words("留有同一联系账号", "gives the same contact"),
    "kit": Words("网站模板相同", "same site template"),
    "script": Words("话术相同", "same script"),
    "outlet": Words("在网点办理", "registered at"),
    "hand": Words("人工合并", "merged by a person"),
    "called": Words("呼叫", "called"),
    "texted": Words("发送短信", "texted"),
}
_MAX_TIES = 40


@signed_in
def graph(request: SignedInRequest) -> HttpResponse:
    """Show the graph about a subject or a campaign, or where to begin."""
    viewer = request.viewer
    fragment, title, source = _read(request, viewer)
    context: dict[str, Any] = {"title": title, "source": source}
    if fragment is None:
        context["campaigns"] = queue_page(QueueFilter(), viewer).rows[:20]
    else:
        context |= graph_context(fragment)
    return render(request, "campaigns/graph.html", context)


@signed_in
def graph_data(request: SignedInRequest) -> HttpResponse:
    """Return one piece of the graph as JSON: `subject`, `campaign`, or `tie` (numbers) with `after`; else none."""
    viewer = request.viewer
    ties = _numbers(request.GET.get("tie", ""))
    if ties:
        fragment: GraphFragment | None = expand_tie(ties, viewer, whole_number(request.GET.get("after", "")) or 0)
    else:
        fragment, _title, _source = _read(request, viewer)
    response = JsonResponse(fragment_json(fragment or GraphFragment()))
    response["Cache-Control"] = "no-store"
    return response


@signed_in
def graph_why(request: SignedInRequest) -> HttpResponse:
    """Show why an edge is there: `subject` with `tie` (numbers) or with `other`, a subject too."""
    viewer = request.viewer
    if "subject" not in request.GET:
        return redirect("graph")
    subject = get_object_or_404(find_subjects(), ref=request.GET["subject"])
    if ties := _numbers(request.GET.get("tie", "")):
        reasons = explain_tie(subject, ties, viewer)
    else:
        other = get_object_or_404(find_subjects(), ref=request.GET.get("other", ""))
        reasons = explain_contact(subject, other, viewer)
    if reasons is None:
        raise Http404
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, f"campaigns/{'_' if is_part else ''}graph_why.html", {"reasons": reasons})


def _read(request: HttpRequest, viewer: Viewer) -> tuple[GraphFragment | None, str, str]:
    """Return the piece about the subject or campaign of the address, its title and the query that brings it again."""
    if ref := request.GET.get("subject", ""):
        subject = get_object_or_404(find_subjects(), ref=ref)
        return expand_subject(subject, viewer), display_subject(subject), f"?subject={subject.ref}"
    if ref := request.GET.get("campaign", ""):
        campaign = get_object_or_404(Campaign.objects, ref=ref)
        return expand_campaign(campaign, viewer), localize(campaign.title), f"?campaign={campaign.ref}"
    return None, "", ""


def _numbers(text: str) -> list[int]:
    found = [whole_number(part) for part in text.split(",")[:_MAX_TIES]]
    return [number for number in found if number]


# The content of a piece, for the script and as tables.


def graph_context(fragment: GraphFragment) -> dict[str, Any]:
    """Return the tables of a piece, and what it leaves out."""
    return {
        "node_table": _node_table(fragment),
        "edge_table": _edge_table(fragment),
        "more": fragment.more,
        "unknown_contacts": fragment.unknown_contacts,
    }


def fragment_json(fragment: GraphFragment) -> dict[str, Any]:
    """Return a piece as the script reads it; values are masked, times are UTC milliseconds."""
    edges: list[dict[str, Any]] = [
        {"id": f"{edge.ref}-{edge.tie}", "a": edge.ref, "b": edge.tie} for edge in fragment.tie_edges
    ]
    edges += [_contact_json(edge) for edge in fragment.contact_edges]
    return {
        "nodes": [*map(_subject_json, fragment.subjects), *map(_tie_json, fragment.ties)],
        "edges": edges,
        "more": fragment.more,
        "next": fragment.next,
        "unknown": _unknown_words(fragment.unknown_contacts),
    }


def _subject_json(node: SubjectNode) -> dict[str, Any]:
    subject, figures = node.subject, node.figures
    return {
        "id": subject.ref,
        "label": display_subject(subject),
        "kind": subject.kind,
        "kindTitle": kind_title(subject.kind),
        "role": figures.role or "",
        "roleTitle": _role_title(figures.role),
        "level": node.level,
        "levelTitle": localize(LEVEL_WORDS[Level(node.level)]) if node.level else "",
        "findings": figures.findings,
        "first": _ms(figures.first_at),
        "last": _ms(figures.last_at),
        "href": reverse("subject", args=[subject.ref]),
        "query": f"subject={subject.ref}",
    }


def _tie_json(node: TieNode) -> dict[str, Any]:
    numbers = ",".join(map(str, node.pks))
    return {
        "id": node.ident,
        "label": _tie_label(node),
        "kind": "tie",
        "tie": node.kind,
        "kindTitle": _tie_kind_title(node.kind),
        "edgeTitle": _edge_words(node.kind),
        "subjects": node.subjects,
        "hub": node.is_hub,
        "counts": _tie_counts(node),
        "elsewhere": node.other_organizations,
        "query": "" if node.is_hub else f"tie={numbers}",
        "ties": numbers,
    }


def _contact_json(edge: ContactEdge) -> dict[str, Any]:
    sort = "texted" if edge.is_text else "called"
    return {
        "id": f"{edge.source}-{edge.target}-{sort}",
        "a": edge.source,
        "b": edge.target,
        "tie": sort,
        "title": f"{_edge_words(sort)} × {edge.count:,}",
        "tieTitle": _edge_words(sort),
        "first": _ms(edge.first_at),
        "last": _ms(edge.last_at),
    }


def _node_table(fragment: GraphFragment) -> DataTable:
    rows: list[tuple[object, ...]] = [
        (
            format_html(
                '<a href="{}">{}</a>', reverse("subject", args=[node.subject.ref]), display_subject(node.subject)
            ),
            kind_title(node.subject.kind),
            _role_title(node.figures.role) or "–",
            localize(LEVEL_WORDS[Level(node.level)]) if node.level else "–",
            node.figures.findings,
            format_html('<a href="{}?subject={}">{}</a>', reverse("graph"), node.subject.ref, _("centre on this")),
        )
        for node in fragment.subjects
    ]
    rows += [(_tie_label(node), _tie_kind_title(node.kind), "–", "–", "–", _tie_counts(node)) for node in fragment.ties]
    head = (_("subject or tie"), _("kind"), _("role"), _("verdict"), _("findings"), _("more"))
    return DataTable(_("Subjects and what they have in common"), head, tuple(rows), frozenset({4}))


def _edge_table(fragment: GraphFragment) -> DataTable:
    labels: Mapping[str, str] = {node.subject.ref: display_subject(node.subject) for node in fragment.subjects}
    ties = {node.ident: node for node in fragment.ties}
    rows: list[tuple[object, ...]] = [
        (
            labels[edge.ref],
            _edge_words(ties[edge.tie].kind),
            _tie_label(ties[edge.tie]),
            _why_link(edge.ref, ties[edge.tie]),
        )
        for edge in fragment.tie_edges
        if edge.tie in ties and edge.ref in labels
    ]
    rows += [
        (
            labels[edge.source],
            f"{_edge_words('texted' if edge.is_text else 'called')} × {edge.count:,}",
            labels[edge.target],
            format_html(
                '<a href="{}?subject={}&other={}">{}</a>', reverse("graph_why"), *(edge.source, edge.target), _("why")
            ),
        )
        for edge in fragment.contact_edges
        if edge.source in labels and edge.target in labels
    ]
    return DataTable(_("Edges"), (_("from"), _("tie"), _("to"), _("why")), tuple(rows))


def _why_link(ref: str, tie: TieNode) -> str:
    numbers = ",".join(map(str, tie.pks))
    return format_html('<a href="{}?subject={}&tie={}">{}</a>', reverse("graph_why"), ref, numbers, _("why"))


def _tie_label(node: TieNode) -> str:
    return localize(tie_title(node.kind, node.value))


def _tie_kind_title(kind: str) -> str:
    return localize(TIE_WORDS[kind]) if kind in TIE_WORDS else kind_title(kind)


def _edge_words(kind: str) -> str:
    return localize(EDGE_WORDS[kind]) if kind in EDGE_WORDS else kind_title(kind)


def _tie_counts(node: TieNode) -> str:
    """Return how many subjects share a tie here, and in how many other organisations how many do."""
    words = [
        ngettext("%(count)s subject here", "%(count)s subjects here", node.subjects) % {"count": f"{node.subjects:,}"}
    ]
    if node.is_hub:
        words.append(_("too common to say anything"))
    if node.other_organizations:
        elsewhere = ngettext(
            "%(count)s other organisation, %(subjects)s subjects",
            "%(count)s other organisations, %(subjects)s subjects",
            node.other_organizations,
        )
        words.append(elsewhere % {"count": node.other_organizations, "subjects": f"{node.other_subjects:,}"})
    return " · ".join(words)


def _unknown_words(count: int) -> str:
    if not count:
        return ""
    words = ngettext("%(count)s more party without findings", "%(count)s more parties without findings", count)
    return words % {"count": f"{count:,}"}


def _role_title(role: SubjectRole | None) -> str:
    return localize(ROLE_WORDS[role]) if role else ""


def _ms(at: datetime | None) -> int | None:
    return to_ms(at) if at else None
