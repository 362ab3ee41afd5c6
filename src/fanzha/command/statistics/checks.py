"""Rules of the process `statistical_form`: the machine fills it, and only a complete, true form is declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.processes.selectors import find_instances
from fanzha.command.processes.services import ComputedEvidence, ComputedStep, StepAttempt, StepCheck, StepWriter
from fanzha.command.statistics.form_definitions import load_forms
from fanzha.command.statistics.form_values import (
    PROCESS,
    digest_values,
    empty_fields,
    fill_form,
    form_of,
    read_period,
)
from fanzha.command.web.components import FactItem
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.command.web.viewer import Viewer
    from fanzha.processes.situation import Change

_UNSCOPED = unscoped("a firm has one form of a sort and period, whoever asks")
NOT_TRUE = Words("须声明“真实有效，有据可查”", "must be declared true")
EMPTY = Words("尚有空缺项，请补填或说明", "fields are empty: fill them, or say why")
NO_SPAN = Words("此报表没有这种统计期", "this form has no such period")
FUTURE = Words("不得为将来的日期", "must not lie ahead")
TWICE = Words("本期已有此报表", "there is such a form of this period already")


def check_step(attempt: StepAttempt) -> None:
    """Raise Refusal for a form of a time to come or a second one of a period, or an untrue or incomplete one."""
    evidence = attempt.evidence
    if attempt.event == "open_form":
        if evidence["day"] > attempt.at:
            raise Refusal(Reason.EVIDENCE, FUTURE, fields={"day": FUTURE})
        if (evidence.get("span") or "month") not in load_forms()[str(evidence["form"])].periods:
            raise Refusal(Reason.EVIDENCE, NO_SPAN, fields={"span": NO_SPAN})
        if _has_form(attempt):
            raise Refusal(Reason.EVIDENCE, TWICE, fields={"day": TWICE})
    if attempt.event == "declare" and attempt.instance is not None:
        if not evidence["statement"]:
            raise Refusal(Reason.EVIDENCE, NOT_TRUE, fields={"statement": NOT_TRUE})
        if not evidence.get("not_filled") and empty_fields(attempt.instance):
            raise Refusal(Reason.EVIDENCE, EMPTY, fields={"not_filled": EMPTY})


def write_values(instance: ProcessInstance, change: Change) -> None:
    """Fill the form where a step of a change asks for it."""
    for step in change.steps:
        if step.event == "fill":
            fill_form(instance, from_ms(step.at))


def describe_form(instance: ProcessInstance, _leg: str, _viewer: Viewer) -> list[FactItem]:
    """Return what the form of a step shows: the form, its period, and how many fields are empty."""
    definition, period = form_of(instance)
    empty = [localize(field.title) for field in empty_fields(instance)]
    words = Words("报表", "Form"), Words("统计期", "Period"), Words("空缺项", "Empty fields")
    values = localize(definition.title), period.key, f"{len(empty)} / {len(definition.fields)}"
    return [FactItem(localize(word), value) for word, value in zip(words, values, strict=True)]


def _has_form(attempt: StepAttempt) -> bool:
    form = str(attempt.evidence["form"])
    wanted = load_forms()[form], read_period(attempt.evidence)
    rows = find_instances(_UNSCOPED).filter(process=PROCESS, owner__ref=attempt.owner.organization)
    same = rows.exclude(state="dropped").filter(situation__facts__form=form).select_related("version")
    return any(form_of(instance) == wanted for instance in same)


def _title(evidence: Mapping[str, Any]) -> str:
    form = str(evidence.get("form", ""))
    if form not in load_forms() or "day" not in evidence:
        return ""
    return read_period(evidence).key


CHECKS: dict[str, StepCheck] = {PROCESS: check_step}
WRITERS: dict[str, StepWriter] = {PROCESS: write_values}
STEP_FACTS = {PROCESS: describe_form}
COMPUTED = {(PROCESS, "open_form"): ComputedEvidence(frozenset(), lambda _evidence: {}, _title)}
COMPUTED_STEPS = {
    (PROCESS, "declare"): ComputedStep(
        frozenset({"values_digest"}), lambda instance, _evidence: {"values_digest": digest_values(instance)}
    )
}
