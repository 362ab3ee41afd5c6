"""Pages of the desk: items, the editor, the check of the shipped set, and the page of a version's process."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.education.education_settings import OWNERS
from fanzha.command.education.forms import CheckForm, PeriodForm, VersionForm, initial_values
from fanzha.command.education.measurements import lesson_runs, reads_by_item
from fanzha.command.education.models import EDITABLE, EducationItem, EducationVersion, VersionState
from fanzha.command.education.paper_figures import count_figures
from fanzha.command.education.paper_text import draft_paper
from fanzha.command.education.presenters import (
    compare_versions,
    item_facts,
    level_facts,
    present_figures,
    present_result,
    present_row,
    present_texts,
    present_version_row,
    title_of,
    too_few_words,
    trial_words,
)
from fanzha.command.education.reads import counter
from fanzha.command.education.selectors import (
    APPROVERS,
    EDITORS,
    READERS,
    count_waiting,
    find_earlier,
    find_items,
    find_version_of,
    find_versions,
    latest_versions,
)
from fanzha.command.education.services import (
    PROCESS,
    approve_shipped,
    create_item,
    missing_shipped,
    save_version,
    start_version,
    submit_shipped,
    submit_version,
    waiting_shipped,
)
from fanzha.command.education.text_checks import find_faults
from fanzha.command.education.topics import ItemKind
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import (
    build_action_bar,
    describe_title,
    find_instances,
    present_process,
    to_actor,
)
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import ActionButton, EmptyState, KeyFigure
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

PAGE = 50
READS_DAYS = 30


@signed_in(*READERS, kinds=OWNERS)
def item_list(request: SignedInRequest) -> HttpResponse:
    """List the items of the organisation, the latest first."""
    counter.store()
    kind = request.GET.get("kind", "")
    rows = find_items(kind)
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    latest = latest_versions(page[:PAGE])
    reads = reads_by_item(page[:PAGE], (timezone.localdate() - timedelta(days=READS_DAYS)))
    context = {
        "rows": [present_row(item, latest[item.pk], reads.get(item.pk, 0)) for item in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "figures": [KeyFigure(f"{count_waiting():,}", _("to be checked"))],
        "buttons": _list_buttons(request),
        "empty": EmptyState(_("Nothing is taught yet. Begin with the set that comes with the platform."), "list"),
        "kinds": ItemKind.choices,
        "kind": kind,
    }
    return render(request, "education/list.html", context)


def _list_buttons(request: SignedInRequest) -> list[ActionButton]:
    buttons = []
    missing, waiting = len(missing_shipped(request.organization)), len(waiting_shipped(request.organization))
    if (missing and request.viewer.has(*EDITORS)) or (waiting and request.viewer.has(*APPROVERS)):
        buttons.append(ActionButton(_("Set of the platform"), reverse("education_set"), post=False, main=True))
    if request.viewer.has(*EDITORS):
        buttons.append(ActionButton(_("Write an item"), reverse("education_new"), post=False, main=not missing))
        buttons.append(ActionButton(_("Draft a white paper"), reverse("education_paper"), post=False))
    return buttons


@signed_in(*EDITORS, kinds=OWNERS)
def new_item(request: SignedInRequest) -> HttpResponse:
    """Write the first version of an item."""
    form = VersionForm(request.POST or None, initial={"kind": request.GET.get("kind", ItemKind.COLUMN)})
    if request.method == "POST" and form.is_valid():
        try:
            version = create_item(request.organization, form.to_draft(), timezone.now())
        except Refusal as refused:
            form.add_error("slug", localize(refused.words))
        else:
            messages.success(request, _("Saved. Check its reading level, then submit it."))
            return redirect("education_edit", version.item.ref)
    return render(request, "education/edit.html", {"form": form}, status=422 if form.errors else 200)


@signed_in(*EDITORS, kinds=OWNERS)
def edit_item(request: SignedInRequest, ref: str) -> HttpResponse:
    """Write the next version of an item: what is submitted already stays as it is."""
    item = get_object_or_404(find_items(), ref=ref)
    latest = latest_versions([item])[item.pk]
    form = VersionForm(request.POST or None, item=item, initial=initial_values(latest))
    if request.method == "POST" and form.is_valid():
        try:
            save_version(start_version(item, timezone.now()), form.to_draft())
        except Refusal as refused:
            form.add_error(None, localize(refused.words))
        else:
            messages.success(request, _("Saved. Check its reading level, then submit it."))
            return redirect("education_edit", item.ref)
    return _render_editor(request, item, latest, form)


def _render_editor(
    request: SignedInRequest, item: EducationItem, latest: EducationVersion, form: VersionForm
) -> HttpResponse:
    is_open = latest.state in EDITABLE
    faults = [localize(words) for words in find_faults(item, latest)] if is_open else []
    submit = ActionButton(_("Submit for checking"), reverse("education_submit", args=[item.ref]), main=True)
    context = {
        "item": item,
        "version": latest,
        "form": form,
        "is_open": is_open,
        "facts": level_facts(item, latest),
        "faults": faults,
        "submit": submit if is_open and not faults else None,
    }
    return render(request, "education/edit.html", context, status=422 if form.errors else 200)


@signed_in(*EDITORS, kinds=OWNERS)
def new_paper(request: SignedInRequest) -> HttpResponse:
    """Draft a white paper from the reports of a period."""
    end = timezone.localdate().replace(day=1) - timedelta(days=1)
    form = PeriodForm(request.POST or None, initial={"begins": end.replace(day=1), "ends": end})
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        figures = count_figures(form.cleaned_data["begins"], form.cleaned_data["ends"], now)
        try:
            version = create_item(request.organization, draft_paper(figures), now)
        except Refusal as refused:
            form.add_error(None, localize(refused.words))
        else:
            messages.success(request, _("Drafted from the figures. Edit it, then submit it."))
            return redirect("education_edit", version.item.ref)
    return render(request, "education/paper.html", {"form": form}, status=422 if form.errors else 200)


@signed_in(*EDITORS, kinds=OWNERS)
@require_POST
def submit_item(request: SignedInRequest, ref: str) -> HttpResponse:
    """Submit the version that is being written."""
    item = get_object_or_404(find_items(), ref=ref)
    try:
        process = submit_version(latest_versions([item])[item.pk], to_actor(request.viewer), timezone.now())
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect("education_edit", ref)
    messages.success(request, _("Submitted. Another person checks it."))
    return redirect("education_process", process)


@signed_in(*READERS, kinds=OWNERS)
def item_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show an item: its versions, how often it is read, and what readers learn."""
    counter.store()
    item = get_object_or_404(find_items(), ref=ref)
    versions = list(find_versions().filter(item=item))
    result = present_result(item.live) if item.live is not None else None
    context = {
        "item": item,
        "title": title_of(versions[0]),
        "facts": item_facts(item),
        "figures": present_figures(item.live) if item.live is not None else [],
        "table": result,
        "too_few": too_few_words(lesson_runs(item.live).count()) if item.live is not None and result is None else "",
        "trial": trial_words(item.trial) if item.trial is not None else "",
        "rows": [present_version_row(version) for version in versions],
        "may_edit": request.viewer.has(*EDITORS),
    }
    return render(request, "education/item.html", context)


@signed_in
def process_page(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a version with its text, changes, effect, and the steps of its process.

    Readers of the process may read the text, also those who supervise the owner.
    """
    counter.store()
    instances = find_instances().filter(process=PROCESS).select_related("owner", "version")
    instance = get_object_or_404(instances, ref=ref)
    version = find_version_of(ref)
    earlier = find_earlier(version)
    page = present_process(instance, request.viewer)
    context = {
        "page": page,
        "name": describe_title(instance),
        "bar": build_action_bar(page.allowed),
        "notices": [],
        "following": [],
        "before": None,
        "item": version.item,
        "is_own": request.viewer.organization == instance.owner_id and request.viewer.has(*READERS),
        "version": version,
        "texts": present_texts(version.item, version),
        "facts": level_facts(version.item, version),
        "diffs": compare_versions(earlier, version) if earlier is not None else [],
        "earlier": earlier,
        "figures": present_figures(version) if version.shown_at or version.trial_since else [],
        "table": present_result(version),
        "trial": trial_words(version) if version.state == VersionState.TRIAL else "",
    }
    return render(request, "education/process.html", context)


@signed_in(*EDITORS, *APPROVERS, kinds=OWNERS)
def shipped_set(request: SignedInRequest) -> HttpResponse:
    """Take the shipped set over as an editor, and approve it whole as a second person."""
    form = CheckForm(request.POST if request.POST.get("do") == "approve" else None)
    if request.method == "POST":
        try:
            if (answer := _change_set(request, form)) is not None:
                return answer
        except Refusal as refused:
            messages.error(request, localize(refused.words))
    waiting = list(waiting_shipped(request.organization))
    context = {
        "missing": missing_shipped(request.organization) if request.viewer.has(*EDITORS) else [],
        "waiting": waiting,
        "texts": [(version, present_texts(version.item, version)) for version in waiting],
        "may_approve": request.viewer.has(*APPROVERS),
        "form": form,
    }
    return render(request, "education/set.html", context, status=422 if form.errors else 200)


def _change_set(request: SignedInRequest, form: CheckForm) -> HttpResponse | None:
    actor, now = to_actor(request.viewer), timezone.now()
    if request.POST.get("do") == "submit" and request.viewer.has(*EDITORS):
        count = len(submit_shipped(request.organization, actor, now))
        words = ngettext(
            "%(count)s item submitted; another person checks it.",
            "%(count)s items submitted; another person checks them.",
            count,
        )
    elif form.is_valid() and request.viewer.has(*APPROVERS):
        count = approve_shipped(request.organization, actor, form.cleaned_data["checked"], now)
        words = ngettext("%(count)s item approved and published.", "%(count)s items approved and published.", count)
    else:
        return None
    messages.success(request, words % {"count": count})
    return redirect("education_items")
