"""A subject's page: what is known, who says so, what it is linked to, what happened, and what can be done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.imports.services import READERS as IMPORT_READERS
from fanzha.command.subjects.allowlist import may_propose, spared_of
from fanzha.command.subjects.forms import OpinionForm, ShareForm, SparingForm
from fanzha.command.subjects.graph import subject_links
from fanzha.command.subjects.graph_chart import drawn
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.presenters import describe_value, fraud_words, kind_words, level_badge, shown
from fanzha.command.subjects.process_openings import beginnings
from fanzha.command.subjects.selectors import calls_by_hour, cases_of, shown_to
from fanzha.command.subjects.timeline import happenings_of
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import Fact
from fanzha.command.web.roles import DECIDERS, Role
from fanzha.command.web.viewer import Viewer


@signed_in
def subject(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one subject."""
    row = get_object_or_404(Subject.objects, ref=ref)
    return page_of(request, row, OpinionForm())


def page_of(
    request: HttpRequest,
    row: Subject,
    form: OpinionForm,
    sharing: ShareForm | None = None,
    sparing: SparingForm | None = None,
) -> HttpResponse:
    """Return the page of a subject, with what was filled in of an opinion, a share or a number to be spared."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        known = shown_to(row, viewer, request.GET.get("cursor", ""))
    except ValueError:
        known = shown_to(row, viewer)
    graph = subject_links().graph_of(row, viewer)
    begun = [one for one in beginnings(viewer) if one.process != "order"]
    own = next((one for one in known.verdicts if one.is_own), None)
    return render(
        request,
        "subjects/subject.html",
        {
            "subject": row,
            "shown": shown(row),
            "kind": kind_words(row.kind),
            "facts": _facts(row),
            "known": known,
            "own": own,
            "level": level_badge(own.row.level) if own else None,
            "fraud": fraud_words(own.row.fraud_type) if own else "",
            "graph": graph,
            "links": drawn(graph) if len(graph.nodes) > 1 else None,
            "chart": calls_by_hour(row),
            "happenings": happenings_of(known, viewer),
            "form": form,
            "sharing": sharing or ShareForm(viewer),
            "sparing": sparing or SparingForm(),
            "spares": may_propose(row, viewer, request.organization),  # type: ignore[attr-defined]
            "spared": spared_of(row, timezone.now()),
            "agrees": viewer.has(*IMPORT_READERS),
            "says": viewer.has(*DECIDERS),
            "drafts": viewer.has(Role.ANALYST),
            "beginnings": [one for one in begun if one.many],
            "others": [one for one in begun if not one.many],
            "case": cases_of([row.pk]).get(row.pk),
            "order_url": f"{reverse('order_new')}?subject={row.ref}",
        },
        status=422 if any(one is not None and one.errors for one in (form, sharing, sparing)) else 200,
    )


def _facts(row: Subject) -> list[Fact]:
    found = [Fact(_("holder since"), row.holder_from)] if row.holder_from else []
    return found if row.shown else [*found, *describe_value(row.kind, row.value)]
