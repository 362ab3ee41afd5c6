"""Pages of bulletins for those who work on them: the owner, who supervises it, and the companies that it names."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.base.words import Words
from fanzha.command.bulletins.models import Bulletin
from fanzha.command.bulletins.presenters import (
    opinion_title,
    present_cases,
    present_measures,
    present_publication,
    reply_title,
)
from fanzha.command.bulletins.publications import (
    BulletinFacts,
    build_publication,
    company_paragraph,
    current_bodies,
    figure_rows,
    load_bulletin_facts,
    viewer_figures,
)
from fanzha.command.bulletins.selectors import (
    EDITORS,
    OWNER_KINDS,
    find_bulletins,
    find_cases,
    find_wordings,
    process_states,
    reads_all,
)
from fanzha.command.bulletins.services import MAY_EDIT, draft_bulletin, save_text
from fanzha.command.bulletins.stated_figures import MEASURES
from fanzha.command.bulletins.text_template import (
    LANGUAGES,
    LONGEST_BODY,
    UnusableText,
    check_body,
    section_slots,
    text_sections,
)
from fanzha.command.bulletins.wordings import write_month
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import as_person, get_actor, get_actor_ref
from fanzha.command.processes.selectors import (
    build_action_bar,
    describe_title,
    find_instances,
    present_process,
    to_actor,
)
from fanzha.command.statistics.selectors import FigureMeasure, Period, last_month, load_figures, parse_month
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import Badge, EmptyState, ListRow
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal

PAGE = 50


class MonthForm(forms.Form):
    """The month of a bulletin that is to be drafted."""

    month = forms.CharField(
        label=gettext_lazy("Month"), max_length=7, help_text=gettext_lazy("Such as 2026-10. The month must be over.")
    )

    def clean_month(self) -> Period:
        """Return the month."""
        try:
            return parse_month(self.cleaned_data["month"])
        except ValueError:
            raise forms.ValidationError(_("Give a month such as 2026-10.")) from None


class SectionForm(forms.Form):
    """The wording of one section in both languages."""

    zh = forms.CharField(
        label=gettext_lazy("Chinese"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea({"rows": 7, "lang": "zh-Hans"}),
    )
    en = forms.CharField(
        label=gettext_lazy("English"), max_length=LONGEST_BODY, widget=forms.Textarea({"rows": 7, "lang": "en"})
    )

    def __init__(self, section: str, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._section = section

    def clean_zh(self) -> str:
        """Refuse typed figures and unknown slots."""
        return self._check("zh")

    def clean_en(self) -> str:
        """Refuse typed figures and unknown slots."""
        return self._check("en")

    def _check(self, name: str) -> str:
        body = str(self.cleaned_data[name])
        try:
            check_body(self._section, body)
        except UnusableText as unusable:
            raise forms.ValidationError(localize(unusable.words)) from None
        return body


@signed_in
def bulletin_list(request: SignedInRequest) -> HttpResponse:
    """List the bulletins that the viewer may read; an analyst of a supervisor drafts one."""
    return _list(request, MonthForm(initial={"month": last_month(timezone.now()).key}))


@signed_in(Role.ANALYST, kinds=OWNER_KINDS)
@require_POST
def draft(request: SignedInRequest) -> HttpResponse:
    """Draft the bulletin of a month."""
    form = MonthForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    try:
        actor = to_actor(request.viewer)
        instance = draft_bulletin(request.organization, form.cleaned_data["month"], actor, timezone.now())
    except Refusal as refused:
        form.add_error("month", localize(refused.words))
        return _list(request, form)
    return redirect("bulletin", instance.ref)


def _list(request: SignedInRequest, form: MonthForm) -> HttpResponse:
    bulletins = list(find_bulletins()[:PAGE])
    states = process_states(bulletins)
    rows = [_row(bulletin, states) for bulletin in bulletins]
    may_draft = request.viewer.has(Role.ANALYST) and request.viewer.kind in OWNER_KINDS
    context = {
        "rows": rows,
        "form": form if may_draft else None,
        "empty": EmptyState(_("No bulletins yet."), "list"),
    }
    return render(request, "bulletins/list.html", context, status=422 if form.errors else 200)


def _row(bulletin: Bulletin, states: Any) -> ListRow:
    state = states.get(bulletin.ref)
    return ListRow(
        title=localize(write_month(bulletin.month)),
        href=reverse("bulletin", args=[bulletin.ref]),
        at=bulletin.drafted_at,
        meta=(str(bulletin.owner),),
        badges=(Badge(localize(state)),) if state else (),
    )


@signed_in
def bulletin_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a bulletin: whole to its owner and who supervises it, to a company its own part."""
    bulletin = _find(ref)
    instance = get_object_or_404(find_instances().select_related("owner", "version"), ref=ref)
    facts, viewer = load_bulletin_facts(bulletin), request.viewer
    page = present_process(instance, viewer)
    context = {
        "page": page,
        "name": describe_title(instance),
        "bar": build_action_bar(page.allowed),
        "bulletin": bulletin,
        "month": localize(write_month(bulletin.month)),
        "is_whole": reads_all(viewer, bulletin),
        "is_editable": instance.state in MAY_EDIT and viewer.has(*EDITORS) and viewer.organization == bulletin.owner_id,
        "sections": [(name, section_title(name)) for name in text_sections()],
        **(_whole(facts) if reads_all(viewer, bulletin) else _own_part(facts, viewer.organization)),
    }
    return render(request, "bulletins/bulletin.html", context)


def section_title(name: str) -> str:
    """Return what a section is called on the pages of those who edit it."""
    return {"title": _("Title"), "opening": _("Opening")}.get(name) or localize(text_sections()[name].heading)


def _whole(facts: BulletinFacts) -> dict[str, Any]:
    content = facts.bulletin.content or build_publication(facts)
    names = {company.ref: company.name for company in facts.companies.values()}
    replies = [
        (company, reply_title(reply.state), opinion_title(reply.opinion), reply)
        for key, company in facts.companies.items()
        if (reply := facts.replies.get(key)) is not None
    ]
    return {
        "publication": present_publication(content, facts.bulletin.corrections),
        "tables": present_measures(figure_rows(facts), names, _case_address(facts.bulletin)),
        "replies": replies,
    }


def _own_part(facts: BulletinFacts, company: int) -> dict[str, Any]:
    """Return what a company sees: its own figures and sentence, and its own reply; nothing of another company."""
    bulletin = facts.bulletin
    if company not in facts.companies:
        return {"paragraph": "", "tables": [], "own_reply": None}
    own = facts.companies[company]
    figures = viewer_figures(facts, company)
    language = localize(Words("zh", "en"))
    return {
        "paragraph": company_paragraph(facts, company, language, current_bodies(bulletin)),
        "tables": present_measures(figures, {own.ref: own.name}, _case_address(bulletin)),
        "own_reply": facts.replies.get(company),
    }


def _case_address(bulletin: Bulletin) -> Any:
    def build(measure: str, company: str, only_part: bool) -> str:
        query = {"company": company, **({"part": "yes"} if only_part else {})}
        return f"{reverse('bulletin_cases', args=[bulletin.ref, measure])}?{urlencode(query)}"

    return build


@signed_in
def bulletin_cases(request: SignedInRequest, ref: str, measure: str) -> HttpResponse:
    """List the rows behind a figure: of its numerator or its denominator."""
    bulletin = _find(ref)
    if measure not in MEASURES:
        raise Http404
    definition, company = load_figures()[measure], request.GET.get("company", "")
    only_part = request.GET.get("part") == "yes" or definition.measure is not FigureMeasure.SHARE
    rows = find_cases(bulletin, measure, company=company, only_part=only_part)
    total = rows.count()
    if (after := whole_number(request.GET.get("cursor", ""))) is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows[: PAGE + 1])
    context = {
        "bulletin": bulletin,
        "month": localize(write_month(bulletin.month)),
        "measure": localize(definition.title),
        "formula": localize(definition.formula),
        "only_part": only_part,
        "total": f"{total:,}",
        "rows": present_cases(found[:PAGE]),
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "empty": EmptyState(_("No cases."), "list"),
    }
    return render(request, "bulletins/cases.html", context)


@signed_in(*EDITORS, kinds=OWNER_KINDS)
def bulletin_text(request: SignedInRequest, ref: str, section: str) -> HttpResponse:
    """Edit the wording of a section, with its history. Figures are slots; typed figures are refused."""
    bulletin = get_object_or_404(find_bulletins().filter(owner=request.viewer.organization), ref=ref)
    if section not in text_sections():
        raise Http404
    bodies = current_bodies(bulletin)
    initial = {language: bodies[section, language] for language in LANGUAGES}
    form = SectionForm(section, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, bulletin, section, form)
        except Refusal as refused:
            form.add_error(None, localize(refused.words))
        else:
            messages.success(request, _("The text was saved."))
            return redirect("bulletin", ref)
    context = {
        "bulletin": bulletin,
        "month": localize(write_month(bulletin.month)),
        "heading": section_title(section),
        "form": form,
        "slots": sorted(section_slots(section)),
        "wordings": find_wordings(bulletin, section)[:PAGE],
    }
    return render(request, "bulletins/text.html", context, status=422 if form.errors else 200)


def _save(request: SignedInRequest, bulletin: Bulletin, section: str, form: SectionForm) -> None:
    author = as_person(get_actor(request.viewer))
    actor, now = get_actor_ref(request.viewer, request.organization.ref), timezone.now()
    for language in LANGUAGES:
        save_text(bulletin, section, language, form.cleaned_data[language], author, actor, now)


def _find(ref: str) -> Bulletin:
    return get_object_or_404(find_bulletins(), ref=ref)
