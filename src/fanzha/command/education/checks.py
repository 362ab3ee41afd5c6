"""Rules of the process `education_item` that its definition cannot state, and what its steps change in the items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.education.measurements import LEAST_RUNS, compare_trial, count_trial
from fanzha.command.education.models import SHOWN, EducationItem, EducationVersion, VersionState
from fanzha.command.education.presenters import describe_version
from fanzha.command.education.selectors import quizzes_of
from fanzha.command.education.services import PROCESS, describe_texts, require_faultless
from fanzha.command.processes.services import ComputedStep, StepAttempt, StepBar, StepCheck, StepWriter
from fanzha.command.web.components import FactItem
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.situation import Change

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("the steps of a process change the item of its owner")
#: Versions that may be published by the same step that approves them.
AT_ONCE = ("urgent", "shipped")
ONLY_ON_PAGE = Words("请在宣传教育页面提交", "submit it on the page of the item")
NOT_URGENT = Words(
    "仅新骗术提醒和首次审定的平台自带内容可立即发布",
    "only new tricks and the first set of the platform are published at once",
)
NO_EARLIER = Words("没有可对照的现行版本", "there is no published version to compare with")
NO_MEASURE = Words(
    "没有测量该内容的测验，无法对照", "no published quiz measures this item, so there is nothing to compare"
)
IN_TRIAL = Words("该内容已有版本在试用", "another version of this item is being tried")
NO_CLAIM = Words(
    f"两个版本各需至少{LEAST_RUNS}人次测验才能下结论",
    f"nothing is concluded below {LEAST_RUNS} quizzes with each version",
)
EFFECT = Words(
    "{difference:+g}个百分点（95%置信区间{low:+g}至{high:+g}）",
    "{difference:+g} points (95 % interval {low:+g} to {high:+g})",
)
NOT_BETTER = Words("新版本的效果未明显好于现行版本", "the new version is not clearly better than the present one")


def check_step(attempt: StepAttempt) -> None:
    """Raise Refusal for a step that the texts or the figures do not allow."""
    if attempt.instance is None:
        _check_opening(attempt)
        return
    if attempt.event == "resubmit":
        version = find_version(attempt.instance)
        require_faultless(version.item, version)
    if why := why_not(attempt.instance, attempt.event):
        raise Refusal(Reason.STATE, why)


def bar_steps(instance: ProcessInstance, actor: Actor, events: frozenset[str]) -> Mapping[str, Words]:
    """Return why steps cannot be taken now, so that pages do not offer them."""
    found = {event: why_not(instance, event) for event in events}
    return {event: why for event, why in found.items() if why is not None}


def why_not(instance: ProcessInstance, event: str) -> Words | None:
    """Return why a step cannot be taken, None if it can."""
    if event == "publish_at_once":
        return None if instance.situation["facts"].get("urgency") in AT_ONCE else NOT_URGENT
    if event == "start_trial":
        return _why_no_trial(find_version(instance).item)
    if event == "adopt":
        comparison = compare_trial(find_version(instance))
        if comparison is None:
            return NO_CLAIM
        return None if comparison.low > 0 else NOT_BETTER
    return None


def find_version(instance: ProcessInstance) -> EducationVersion:
    """Return the version that a process is about."""
    return (
        _UNSCOPED.rows(EducationVersion).select_related("item", "item__owner", "item__live").get(process=instance.ref)
    )


def write_version(instance: ProcessInstance, change: Change) -> None:
    """Bring the version and its item to the state of the process."""
    version = find_version(instance)
    item, before, state = version.item, version.state, change.situation.state
    version.state, moment = state, from_ms(change.steps[-1].at)
    if state in SHOWN and version.shown_at is None:
        version.shown_at = moment
    if {step.event for step in change.steps} & {"approve", "publish_at_once", "confirm"}:
        version.checked_at = moment
    if state == VersionState.TRIAL:
        version.trial_since = moment
    if state in (VersionState.RETIRED, VersionState.REFUSED):
        version.ended_at = moment
    version.save(update_fields=["state", "shown_at", "trial_since", "checked_at", "ended_at"])
    if state == before:
        return
    changes: dict[str, Any] = {}
    if state == VersionState.TRIAL:
        changes["trial"] = version
    elif item.trial_id == version.pk:
        changes["trial"] = None
    if state in SHOWN:
        changes["live"] = version
    elif item.live_id == version.pk:
        changes["live"] = None
    _UNSCOPED.rows(EducationItem).filter(pk=item.pk).update(**changes) if changes else None


def _check_opening(attempt: StepAttempt) -> None:
    """Raise Refusal unless the service prepared the version: a process opened by hand has no text."""
    rows = _UNSCOPED.rows(EducationVersion).filter(
        item__ref=attempt.evidence["item"],
        item__owner__ref=attempt.owner.organization,
        number=attempt.evidence["number"],
        state=VersionState.WRITING,
    )
    if not rows.exclude(process="").exists():
        raise Refusal(Reason.EVIDENCE, ONLY_ON_PAGE, fields={"item": ONLY_ON_PAGE})


def _why_no_trial(item: EducationItem) -> Words | None:
    if item.live_id is None:
        return NO_EARLIER
    if item.trial_id is not None:
        return IN_TRIAL
    return None if quizzes_of(item.owner, item.slug).exists() else NO_MEASURE


def _texts(instance: ProcessInstance, _evidence: Mapping[str, Any]) -> dict[str, Any]:
    version = find_version(instance)
    return describe_texts(version.item, version)


def _compared(instance: ProcessInstance, _evidence: Mapping[str, Any]) -> dict[str, Any]:
    live = find_version(instance).item.live
    return {"compared_with": live.number} if live is not None else {}


def _result(instance: ProcessInstance, _evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a decision on a trial records: the counts, and the difference unless too few were asked."""
    version = find_version(instance)
    tested, compared = count_trial(version)
    found = compare_trial(version)
    effect = NO_CLAIM if found is None else EFFECT.format(difference=found.difference, low=found.low, high=found.high)
    return {"tested": tested, "compared": compared, "effect": effect.joined()}


def _describe(instance: ProcessInstance, _leg: str, _viewer: Viewer) -> list[FactItem]:
    version = find_version(instance)
    return describe_version(version.item, version)


CHECKS: dict[str, StepCheck] = {PROCESS: check_step}
BARS: dict[str, StepBar] = {PROCESS: bar_steps}
WRITERS: dict[str, StepWriter] = {PROCESS: write_version}
_TEXT_FIELDS = frozenset({"reading_zh", "reading_en", "text_zh", "text_en"})
_RESULT_FIELDS = frozenset({"effect", "tested", "compared"})
COMPUTED_STEPS = {
    (PROCESS, "resubmit"): ComputedStep(_TEXT_FIELDS, _texts),
    (PROCESS, "start_trial"): ComputedStep(frozenset({"compared_with"}), _compared),
    (PROCESS, "adopt"): ComputedStep(_RESULT_FIELDS, _result),
    (PROCESS, "drop_trial"): ComputedStep(_RESULT_FIELDS, _result),
}
STEP_PAGES = {(PROCESS, "submit"): "education_new"}
STEP_FACTS = {PROCESS: _describe}
INSTANCE_PAGES = {PROCESS: "education_process"}
