"""Page of a subject: verdicts, findings, opinions, links, timeline and actions."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.imports.services import READER_ROLES as IMPORT_READERS
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.subjects.allowlist import allowlist_status, may_propose
from fanzha.command.subjects.forms import AllowlistForm, OpinionForm, ShareForm
from fanzha.command.subjects.graph import subject_links
from fanzha.command.subjects.graph_chart import draw_graph
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.presenters import (
    describe_value,
    display_subject,
    fraud_type_title,
    kind_title,
    level_badge,
)
from fanzha.command.subjects.process_openings import available_openings
from fanzha.command.subjects.selectors import draw_calls_by_hour, load_subject_profile, select_cases
from fanzha.command.subjects.timeline import subject_timeline
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import FactItem
from fanzha.command.web.roles import DECIDERS, Role


@signed_in
def subject(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one subject."""
    row = get_object_or_404(Subject.objects, ref=ref)
    return render_subject_page(request, row, OpinionForm())


def render_subject_page(
    request: SignedInRequest,
    row: Subject,
    form: OpinionForm,
    sharing: ShareForm | None = None,
    sparing: AllowlistForm | None = None,
) -> HttpResponse:
    """Render the page of a subject, with submitted forms and their errors."""
    viewer = request.viewer
    try:
        profile = load_subject_profile(row, viewer, request.GET.get("cursor", ""))
    except ValueError:
        profile = load_subject_profile(row, viewer)
    graph = subject_links().build_graph(row, viewer)
    process_openings = [opening for opening in available_openings(viewer) if opening.process != "order"]
    own_verdict = next((verdict for verdict in profile.verdicts if verdict.is_own), None)
    return render(
        request,
        "subjects/subject.html",
        {
            "subject": row,
            "shown": display_subject(row),
            "kind": kind_title(row.kind),
            "facts": _facts(row),
            "known": profile,
            "own": own_verdict,
            "level": level_badge(own_verdict.row.level) if own_verdict else None,
            "fraud": fraud_type_title(own_verdict.row.fraud_type) if own_verdict else "",
            "graph": graph,
            "links": draw_graph(graph) if len(graph.nodes) > 1 else None,
            "chart": draw_calls_by_hour(row),
            "happenings": subject_timeline(profile, viewer),
            "form": form,
            "sharing": sharing or ShareForm(viewer),
            "sparing": sparing or AllowlistForm(),
            "spares": may_propose(row, viewer, request.organization),
            "spared": allowlist_status(row, timezone.now()),
            "agrees": viewer.has(*IMPORT_READERS),
            "says": viewer.has(*DECIDERS),
            "drafts": viewer.has(Role.ANALYST),
            "beginnings": [opening for opening in process_openings if opening.many],
            "others": [opening for opening in process_openings if not opening.many],
            "case": select_cases([row.pk]).get(row.pk),
            "order_url": f"{reverse('order_new')}?subject={row.ref}",
        },
        status=422 if any(bound is not None and bound.errors for bound in (form, sharing, sparing)) else 200,
    )


def _facts(row: Subject) -> list[FactItem]:
    facts = [FactItem(_("holder since"), row.holder_from)] if row.holder_from else []
    return facts if row.shown else [*facts, *describe_value(row.kind, row.value)]
