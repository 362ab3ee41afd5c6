"""Pages on which a rule text is written: a new one, or the next version of one that is there."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import UsageError
from fanzha.command.detection_rules.example_runs import run_checked_examples
from fanzha.command.detection_rules.forms import RuleTextForm
from fanzha.command.detection_rules.library import ShippedDetector, find_shipped
from fanzha.command.detection_rules.presenters import rule_title
from fanzha.command.detection_rules.rule_source import copy_rule, rule_names
from fanzha.command.detection_rules.rule_tree import read_rules
from fanzha.command.detection_rules.selectors import (
    RuleTextState,
    find_rule_text,
    list_rule_texts,
    operates_rules,
)
from fanzha.command.detection_rules.services import STEP_ROLES, add_text
from fanzha.command.detection_rules.text_check import (
    MAX_TEXT_LENGTH,
    STARTER_TEXT,
    CheckedText,
    check_text,
    completions,
    plain_text,
    with_version,
)
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal
from fanzha.store.rule_texts import RuleText


@signed_in(*STEP_ROLES)
def write_rule(request: SignedInRequest) -> HttpResponse:
    """Write a new rule: check it, or save it as a draft."""
    _require_operator(request)
    return _editor(request, request.POST, STARTER_TEXT, _("New rule"))


@signed_in(*STEP_ROLES)
def edit_rule(request: SignedInRequest, text: str) -> HttpResponse:
    """Write the next version of a text: check it, or save it as a draft. The text itself is not changed."""
    try:
        state = find_rule_text(request.viewer, text)
        texts = list_rule_texts(request.viewer)
    except UsageError:  # the list says which file is damaged
        state, texts = None, []
    if state is None:
        raise Http404
    versions = [one.heading.version or 0 for one in texts if one.item.rule == state.item.rule]
    return _editor(request, request.POST, with_version(state.wording, max(versions) + 1), rule_title(state), state)


@signed_in(*STEP_ROLES)
def copy_shipped(request: SignedInRequest, name: str) -> HttpResponse:
    """Write a rule that begins as a copy of one of a detector of the package: `rule` names it, else its first one."""
    _require_operator(request)
    shipped = find_shipped(name)
    rules = rule_names(shipped.text) if shipped else []
    chosen = request.GET.get("rule", rules[0] if rules else "")
    text = copy_rule(shipped, chosen) if shipped else ""
    if shipped is None or not text:
        raise Http404
    title = _("Copy of %(title)s") % {"title": localize(shipped.title)}
    return _editor(request, request.POST, text, title, copied=shipped, others=[one for one in rules if one != chosen])


@signed_in(*STEP_ROLES)
@require_POST
def check_rule(request: SignedInRequest) -> HttpResponse:
    """Return the mistakes and warnings of the typed text as part of a page."""
    _require_operator(request)
    text = plain_text(request.POST.get("text", ""))[: MAX_TEXT_LENGTH + 1]
    return render(request, "detection_rules/_problems.html", _check(text))


@signed_in(*STEP_ROLES)
@require_POST
def show_examples(request: SignedInRequest) -> HttpResponse:
    """Run the examples of the typed text, if it has no errors, and return their results as part of a page."""
    _require_operator(request)
    text = plain_text(request.POST.get("text", ""))[: MAX_TEXT_LENGTH + 1]
    try:
        runs = run_checked_examples(text)
    except Refusal as refused:
        return render(request, "detection_rules/_examples.html", {"problem": refused.words})
    except UsageError as error:  # a list of the state folder is damaged
        return render(request, "detection_rules/_examples.html", {"problem": str(error)})
    context = {"runs": runs, "failed": sum(not one.passed for one in runs)}
    return render(request, "detection_rules/_examples.html", context)


def _require_operator(request: SignedInRequest) -> None:
    if not operates_rules(request.viewer):
        raise Http404


def _editor(
    request: SignedInRequest,
    typed: QueryDict,
    text: str,
    title: str,
    state: RuleTextState | None = None,
    *,
    copied: ShippedDetector | None = None,
    others: Sequence[str] = (),
) -> HttpResponse:
    """Show the editor with a text, or with what was typed, after a check or an attempt to save it."""
    wants_save = typed.get("do") == "save"
    form = RuleTextForm(typed if wants_save else None, initial={"text": text})
    if typed:
        text = plain_text(typed.get("text", ""))[: MAX_TEXT_LENGTH + 1]
        if not wants_save:
            form = RuleTextForm(initial={"text": text, "why": typed.get("why", "")})
        elif form.is_valid() and (added := _save(request, form, text)):
            messages.success(request, _("Saved as a draft. The running text was not changed."))
            return redirect("detection_rule", added.text)
    context: dict[str, Any] = {"title": title, "form": form, "state": state, "copied": copied, "others": others}
    context |= _check(text)
    context["completions"] = {} if context["problem"] else completions()
    return render(request, "detection_rules/editor.html", context, status=422 if form.errors else 200)


def _save(request: SignedInRequest, form: RuleTextForm, text: str) -> RuleText | None:
    """Save a text as a draft; if it is refused, let the form say why and return None."""
    try:
        return add_text(text, form.cleaned_data["why"], request.viewer)
    except Refusal as refused:
        for field, words in refused.fields.items() or ((None, refused.words),):
            form.add_error(field, localize(words))
        return None


def _check(text: str) -> dict[str, Any]:
    """Return the result of checking a text: problems with their lines, or a description of a valid text in words."""
    if len(text) > MAX_TEXT_LENGTH:
        words = _("Enter %(count)s characters or fewer.") % {"count": f"{MAX_TEXT_LENGTH:,}"}
        return {"problem": words, "checked": None}
    try:
        checked = check_text(text)
    except UsageError as error:  # a list of the state folder is damaged
        return {"problem": str(error), "checked": None}
    lines = text.split("\n")
    return {
        "problem": "",
        "checked": checked,
        "mistakes": sum(not one.is_warning for one in checked.problems),
        "problems": [
            {
                "line": one.line,
                "column": one.column,
                "code": one.code,
                "what": localize(one.what),
                "fix": localize(one.fix),
                "is_warning": one.is_warning,
                "source": lines[one.line - 1].strip() if 0 < one.line <= len(lines) else "",
            }
            for one in checked.problems
        ],
        "described": read_rules(text) if _is_right(checked) else [],
    }


def _is_right(checked: CheckedText) -> bool:
    return not checked.has_mistakes
