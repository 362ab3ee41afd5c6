"""Pages of subjects: search, one subject, opinions."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import Malformed
from fanzha.command.collaboration.services import subscribe
from fanzha.command.imports.services import READER_ROLES as IMPORT_READERS
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.saved_views.selectors import open_default_view
from fanzha.command.subjects.allowlist import PROPOSERS, allowlist_status, may_propose, propose_entry
from fanzha.command.subjects.bulk_requests import get_or_create_value_subject
from fanzha.command.subjects.call_timeline import draw_call_timeline
from fanzha.command.subjects.forms import AllowlistForm, OpinionForm, ShareForm, SubjectFilterForm
from fanzha.command.subjects.graph import subject_links
from fanzha.command.subjects.graph_chart import draw_graph
from fanzha.command.subjects.models import OpinionRow, Share, Subject
from fanzha.command.subjects.opinions import give_opinions, retract_opinion
from fanzha.command.subjects.presenters import (
    describe_value,
    display_subject,
    fraud_type_title,
    kind_title,
    level_badge,
    maturity_listings,
    subject_rows,
    treatment_rows,
)
from fanzha.command.subjects.process_openings import available_openings
from fanzha.command.subjects.search import MAX_LINES, MAX_QUERY_LENGTH, look_up_pasted_lines, search
from fanzha.command.subjects.selectors import (
    INVESTIGATORS,
    VICTIM_DESK,
    SubjectProfile,
    draw_calls_by_hour,
    latest_subjects,
    load_subject_profile,
    select_cases,
    summarize_subjects,
)
from fanzha.command.subjects.shares import create_shares, end_share
from fanzha.command.subjects.timeline import subject_timeline
from fanzha.command.subjects.victims import (
    VictimFacts,
    list_dissuasion_steps,
    list_victims,
    load_victim_page,
    select_victim_facts,
)
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState, FactItem, Listing, ListRow
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.i18n import localize
from fanzha.command.web.list_options import keep_columns
from fanzha.command.web.palette.entries import find_groups
from fanzha.command.web.roles import DECIDERS, MAY_LOOK_UP, Kind, Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal

# Page of a subject: verdicts, findings, opinions, links, timeline and actions.


@signed_in
def subject(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one subject."""
    row = get_object_or_404(Subject.objects, ref=ref)
    return render_subject_page(request, row, OpinionForm())


def render_subject_page(
    request: SignedInRequest,
    row: Subject,
    form: OpinionForm,
    share_form: ShareForm | None = None,
    allowlist_form: AllowlistForm | None = None,
) -> HttpResponse:
    """Render the page of a subject, with submitted forms and their errors; a victim has a page of her own."""
    viewer = request.viewer
    if (facts := select_victim_facts(row, viewer)) is not None:
        return _render_victim_page(request, row, facts)
    try:
        profile = load_subject_profile(row, viewer, request.GET.get("cursor", ""))
    except ValueError:
        profile = load_subject_profile(row, viewer)
    graph = subject_links().build_graph(row, viewer)
    process_openings = [opening for opening in available_openings(viewer) if not opening.page]
    own_verdict = next((verdict for verdict in profile.verdicts if verdict.is_own), None)
    return render(
        request,
        "subjects/subject.html",
        {
            "subject": row,
            "shown": display_subject(row),
            "kind": kind_title(row.kind),
            "facts": _facts(row),
            "profile": profile,
            "own_verdict": own_verdict,
            "level": level_badge(own_verdict.row.level) if own_verdict else None,
            "fraud": fraud_type_title(own_verdict.row.fraud_type) if own_verdict else "",
            "graph": graph,
            "links": draw_graph(graph) if len(graph.nodes) > 1 else None,
            "chart": draw_calls_by_hour(row),
            "calls": _draw_calls(row, profile, viewer),
            "timeline": subject_timeline(profile, viewer),
            "form": form,
            "share_form": share_form or ShareForm(viewer),
            "allowlist_form": allowlist_form or AllowlistForm(),
            "may_propose": may_propose(row, viewer, request.organization),
            "allowlist": allowlist_status(row, timezone.now()),
            "may_read_imports": viewer.has(*IMPORT_READERS),
            "may_decide": viewer.has(*DECIDERS),
            "may_draft_order": viewer.has(Role.ANALYST),
            "bulk_openings": [opening for opening in process_openings if opening.many],
            "other_openings": [opening for opening in process_openings if not opening.many],
            "case": select_cases([row.pk]).get(row.pk),
            "order_url": f"{reverse('order_new')}?subject={row.ref}",
        },
        status=422 if any(bound is not None and bound.errors for bound in (form, share_form, allowlist_form)) else 200,
    )


def _render_victim_page(request: SignedInRequest, row: Subject, facts: VictimFacts) -> HttpResponse:
    viewer = request.viewer
    try:
        profile = load_subject_profile(row, viewer, request.GET.get("cursor", ""))
    except ValueError:
        profile = load_subject_profile(row, viewer)
    page = load_victim_page(row, facts, viewer)
    history = subject_timeline(profile, viewer) + (list_dissuasion_steps(page.dissuasion) if page.dissuasion else [])
    context = {
        "subject": row,
        "shown": display_subject(row),
        "kind": kind_title(row.kind),
        "page": page,
        "opening": localize(page.script.opening).replace("{organization}", request.organization.name),
        "profile": profile,
        "calls": _draw_calls(row, profile, viewer),
        "timeline": sorted(history, key=lambda item: item.at, reverse=True),
        "may_reach": viewer.has(*VICTIM_DESK),
    }
    return render(request, "subjects/victim.html", context)


# The desk of victims: the people to contact, the most urgent first. There is no export of it.


@signed_in(*VICTIM_DESK)
def victims(request: SignedInRequest) -> HttpResponse:
    """List the people to reach, with what is being done to them and their clock."""
    return render(request, "subjects/victims.html", {"rows": list_victims(request.viewer, timezone.now())})


def _draw_calls(row: Subject, profile: SubjectProfile, viewer: Viewer) -> Chart | None:
    """Return the timeline of calls, for roles that read reasons with figures."""
    if not viewer.has(*INVESTIGATORS):
        return None
    return draw_call_timeline(row, [finding.row for finding in profile.findings])


def _facts(row: Subject) -> list[FactItem]:
    facts = [FactItem(_("holder since"), row.holder_from)] if row.holder_from else []
    return facts if row.shown else [*facts, *describe_value(row.kind, row.value)]


# Propose a subject's number for the allowlist; a second person approves the resulting import.


@signed_in(*PROPOSERS)
@require_POST
def propose_for_allowlist(request: SignedInRequest, ref: str) -> HttpResponse:
    """Propose an allowlist entry."""
    viewer = request.viewer
    row = get_object_or_404(Subject.objects, ref=ref)
    form = AllowlistForm(request.POST)
    if form.is_valid():
        try:
            submission = propose_entry(row, form.to_proposal(), viewer, timezone.now())
        except Refusal as refused:
            form.refuse(refused)
        else:
            confirmation = _("Proposed. A second person must approve it.")
            messages.success(
                request, confirmation if submission.is_new else _("The same proposal has already been made.")
            )
            return redirect("subject", row.ref)
    return render_subject_page(request, row, OpinionForm(), allowlist_form=form)


# Give an opinion on a subject, or withdraw one of the own organisation.


@signed_in(*DECIDERS)
@require_POST
def give_opinion(request: SignedInRequest, ref: str) -> HttpResponse:
    """Give an opinion on a subject."""
    viewer = request.viewer
    row = get_object_or_404(Subject.objects, ref=ref)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return render_subject_page(request, row, form)
    try:
        give_opinions([row], form.to_draft(), viewer, timezone.now())
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    else:
        subscribe("subject", row.ref, viewer.organization, viewer.person or 0)
        messages.success(request, _("Your organisation's opinion has been saved."))
    return redirect("subject", row.ref)


@signed_in(*DECIDERS)
@require_POST
def give_first_opinion(request: SignedInRequest) -> HttpResponse:
    """Give an opinion on a value that has no subject yet."""
    viewer = request.viewer
    form, now = OpinionForm(request.POST), timezone.now()
    value = request.POST.get("value", "")
    try:
        if form.is_valid():
            row = get_or_create_value_subject(request.POST.get("kind", ""), value, now)
            give_opinions([row], form.to_draft(), viewer, now)
            messages.success(request, _("Your organisation's opinion has been saved."))
            return redirect("subject", row.ref)
        messages.error(request, _("Give an opinion and a reason."))
    except (Refusal, Malformed):
        messages.error(request, _("You cannot give an opinion on this value."))
    return redirect("subjects")


@signed_in(*DECIDERS)
@require_POST
def withdraw_opinion(request: SignedInRequest, opinion: str) -> HttpResponse:
    """Withdraw an opinion."""
    viewer = request.viewer
    rows = OpinionRow.objects.filter(owner=viewer.organization).select_related("subject")
    row = get_object_or_404(rows, opinion_id=opinion)
    try:
        retract_opinion(row, request.POST.get("why", "").strip(), viewer, timezone.now())
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    else:
        messages.success(request, _("Opinion withdrawn. The verdict was worked out again without it."))
    return redirect("subject", row.subject.ref)


# Page for police desks: paste values, look each one up, open a process with them.

MAX_TEXT_LENGTH = 100_000


@signed_in(Role.LIAISON, kinds=(Kind.POLICE,))
def paste_numbers(request: SignedInRequest) -> HttpResponse:
    """Show the form, and the results after a POST; pasted values never appear in a URL."""
    viewer = request.viewer
    text = request.POST.get("lines", "")[:MAX_TEXT_LENGTH] if request.method == "POST" else ""
    purpose = request.POST.get("purpose", "")[:200]
    pasted = look_up_pasted_lines(text, viewer, purpose) if text.strip() else None
    context = {
        "lines": text,
        "purpose": purpose,
        "pasted": pasted,
        "most": MAX_LINES,
        "values": "\n".join(line.value for line in pasted.usable) if pasted else "",
        "openings": [opening for opening in available_openings(viewer) if opening.many and not opening.page]
        if pasted
        else [],
        "may_draft_order": viewer.has(Role.ANALYST),
    }
    return render(request, "subjects/paste.html", context)


# Search page: results of a query, or the latest subjects; a single result redirects to its page.


@signed_in
def subjects(request: SignedInRequest) -> HttpResponse:
    """Show the results of a query, or the latest subjects without a query."""
    viewer = request.viewer
    if (default := open_default_view(request, "subjects")) is not None:
        return default
    query = request.GET.get("q", "").strip()[:MAX_QUERY_LENGTH]
    return _search_page(request, viewer, query) if query else _latest_page(request, viewer)


def _search_page(request: HttpRequest, viewer: Viewer, query: str) -> HttpResponse:
    result = search(query, viewer)
    if result.only:
        return redirect("subject", result.only.ref)
    if not result.subjects and result.campaign:
        return redirect("campaign", result.campaign.ref)
    if not result.subjects and result.process:
        return redirect("process", result.process.ref)
    words = _("There is nothing on record that you may read. That does not mean it is safe.")
    if not viewer.has(*MAY_LOOK_UP):
        words = _("Your role cannot look up values. Search for a reference or a case number.")
    summaries = summarize_subjects(result.subjects, viewer)
    empty = EmptyState(words, "search")
    found = list(_other_listings(query, viewer, {subject.ref for subject in result.subjects}))
    likely = result.interpretations[0] if result.interpretations and not result.subjects else None
    context = {
        "likely": likely,
        "kind": kind_title(likely.kind) if likely else "",
        "facts": describe_value(likely.kind, likely.value) if likely and not likely.shown else [],
        "form": OpinionForm() if likely and viewer.has(*DECIDERS) else None,
        "q": query,
        "rows": treatment_rows(summaries) if result.is_masked else [],
        "listings": [] if result.is_masked else maturity_listings(subject_rows(summaries), empty),
        "found": found,
        "kinds": [kind_title(interpretation.kind) for interpretation in result.interpretations],
        "empty": empty,
    }
    return render(request, "subjects/search.html", context)


def _other_listings(query: str, viewer: Viewer, shown: set[str]) -> Iterator[Listing]:
    """Yield what the command palette finds, without the subjects that are shown already."""
    for group in find_groups(query, viewer):
        rows = [
            ListRow(title=entry.title, href=entry.url, at=entry.at, meta=(entry.note,) if entry.note else ())
            for entry in group.entries
            if entry.ref not in shown
        ]
        if rows:
            yield Listing(group.title, rows, EmptyState(""))


def _latest_page(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    form = SubjectFilterForm(request.GET)
    kind, sort = form.kind_name, form.sort or "latest"
    try:
        page = latest_subjects(viewer, request.GET.get("cursor", ""), kind=kind, sort=sort)
    except ValueError:
        page = latest_subjects(viewer, kind=kind, sort=sort)
    words = _("Your organisation has no subjects yet.")
    empty = EmptyState(words, "search")
    rows = keep_columns(subject_rows(summarize_subjects(page.rows, viewer)), form.columns)
    listings = maturity_listings(rows, empty)
    context = {"listings": listings, "next": page.next, "empty": empty, "filter_form": form}
    return render(request, "subjects/search.html", context)


# Share a subject with other organisations, ask them about it, and end shares.


@signed_in(*DECIDERS)
@require_POST
def share_subject(request: SignedInRequest, ref: str) -> HttpResponse:
    """Share a subject; a question is sent to the receivers."""
    viewer = request.viewer
    row = get_object_or_404(Subject.objects, ref=ref)
    form = ShareForm(viewer, request.POST)
    if not form.is_valid():
        return render_subject_page(request, row, OpinionForm(), form)
    create_shares(row, form.cleaned_data["receivers"], form.to_draft(), viewer, timezone.now())
    messages.success(request, _("Shared. They have been notified."))
    return redirect("subject", row.ref)


@signed_in(*DECIDERS)
@require_POST
def end_sharing(request: SignedInRequest, share: str) -> HttpResponse:
    """End a share."""
    viewer = request.viewer
    rows = Share.objects.filter(owner=viewer.organization).select_related("subject", "receiver")
    row = get_object_or_404(rows, ref=share)
    try:
        end_share(row, viewer, timezone.now())
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    else:
        messages.success(request, _("Sharing has ended."))
    return redirect("subject", row.subject.ref)
