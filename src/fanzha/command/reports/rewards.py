"""Reward and protection of reporters (ATF Art. 30): processes of the organisation that took the report in.

They name the report by its number and no person by name. Once protection is requested, fewer people may see who
reported, and each view of the identity is listed for those who decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.audit.selectors import all_entries
from fanzha.command.organizations.selectors import people_by_ref
from fanzha.command.processes.selectors import find_instances, find_steps, to_actor
from fanzha.command.processes.services import About, open_process
from fanzha.command.reports.models import ProtectionState, Report
from fanzha.command.reports.report_processes import report_clerk
from fanzha.command.reports.selectors import CALLERS
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.command.web.viewer import Viewer
    from fanzha.processes.situation import Change

_UNSCOPED = unscoped("a reporter follows the own report, and a process changes the report that it is about")
PROCESS = "report_reward"
#: Roles that may see the identity of a protected reporter, and read the list of such views.
PROTECTED_CALLERS = (Role.REVIEWER, Role.INSPECTOR)
WATCHERS = (Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
LONGEST_DANGER = 2_000
MOST_LOOKS = 50
REWARDED = Words("此举报已提出或发放奖励", "A reward for this report was proposed or paid already.")
NO_DANGER = Words("请说明您担心的情况", "Say what you fear.")
_REWARDED = ("reward_proposed", "reward_approved", "reward_paid")
#: What each event makes of the protection of the report.
_STATES = {
    "ask_protection": ProtectionState.ASKED,
    "grant_protection": ProtectionState.GRANTED,
    "decline_protection": ProtectionState.DECLINED,
    "end_protection": ProtectionState.ENDED,
}


class IdentityLook(NamedTuple):
    """One view of the identity of a reporter: time, person and purpose."""

    at: datetime
    who: str
    purpose: str
    is_picture: bool


class ReporterReward(NamedTuple):
    """A reward as its reporter sees it: state of the process and amount (CNY)."""

    state: str
    amount: int


def callers_of(report: Report) -> tuple[Role, ...]:
    """Return who may see how to reach a reporter, and the pictures: fewer once protection was asked for."""
    return PROTECTED_CALLERS if is_protected(report) else CALLERS


def is_protected(report: Report) -> bool:
    """Return whether protection of the reporter was asked for and neither declined nor ended."""
    return report.protection in (ProtectionState.ASKED, ProtectionState.GRANTED)


def propose_reward(viewer: Viewer, report: Report, evidence: Mapping[str, Any]) -> ProcessInstance:
    """Propose a reward for a report as a person of the desk. Raise Refusal."""
    about = About(title=report.ref, simulated=report.simulated)
    given = {**evidence, "report": report.ref}
    return open_process(PROCESS, "propose_reward", report.owner, to_actor(viewer), given, about=about)


def ask_protection(report: Report, danger: str, viewer: Viewer | None = None) -> None:
    """Ask for the protection of a reporter, as the reporter or as somebody of the desk (`viewer`).

    It is asked for once while it is not decided or ended. Raise Refusal without a reason.
    """
    text = danger.strip()[:LONGEST_DANGER]
    if not text:
        raise Refusal(Reason.EVIDENCE, NO_DANGER, fields={"danger": NO_DANGER})
    if is_protected(report):
        return
    about = About(title=report.ref, simulated=report.simulated)
    actor = to_actor(viewer) if viewer is not None else report_clerk(report)
    evidence = {"report": report.ref, "danger": text}
    open_process(PROCESS, "ask_protection", report.owner, actor, evidence, about=about, at=timezone.now())


def write_protection(instance: ProcessInstance, change: Change) -> None:
    """Set the protection of the report that a process is about, in the transaction that records the step.

    Raise Refusal for a second reward of one report.
    """
    for step in change.steps:
        if step.event == "propose_reward":
            _refuse_second(instance, str(change.situation.facts.get("report", "")))
        if (state := _STATES.get(step.event)) is not None:
            ref = str(change.situation.facts.get("report", ""))
            _UNSCOPED.rows(Report).filter(ref=ref, owner=instance.owner_id).update(protection=state)


def _refuse_second(instance: ProcessInstance, ref: str) -> None:
    """Raise Refusal if another reward of a report is proposed, approved or paid. The report is locked meanwhile."""
    report = _UNSCOPED.rows(Report).select_for_update(of=("self",)).filter(ref=ref, owner=instance.owner_id).first()
    if report is not None and _of_report(report).filter(state__in=_REWARDED).exclude(pk=instance.pk).exists():
        raise Refusal(Reason.STATE, REWARDED)


def find_reward(report: Report) -> ReporterReward | None:
    """Return the latest reward of a report that was approved, paid or not collected; None without one."""
    rows = _of_report(report).filter(state__in=("reward_approved", "reward_paid", "reward_lapsed"))
    latest = rows.order_by("-pk").first()
    return ReporterReward(latest.state, int(latest.situation["facts"]["amount"])) if latest is not None else None


def protection_answer(report: Report) -> str:
    """Return why protection was declined, "" if it was not."""
    if report.protection != ProtectionState.DECLINED:
        return ""
    steps = find_steps(_UNSCOPED).filter(instance__in=_of_report(report), event="decline_protection")
    last = steps.order_by("-at").first()
    return str(last.evidence.get("answer", "")) if last is not None else ""


def list_looks(report: Report) -> list[IdentityLook]:
    """Return who looked at the identity of a reporter or at the pictures, the latest first."""
    entries = all_entries(_UNSCOPED).filter(about=report.ref, kind="values_disclosed").order_by("-place")[:MOST_LOOKS]
    rows = list(entries)
    people = people_by_ref({entry.actor for entry in rows})
    looks = []
    for entry in rows:
        facts = json.loads(entry.facts)
        who = str(people.get(entry.actor) or entry.actor)
        is_picture = facts.get("channel") == "picture"
        looks.append(IdentityLook(from_ms(entry.at), who, str(facts.get("purpose", "")), is_picture))
    return looks


def _of_report(report: Report) -> Any:
    rows = find_instances(_UNSCOPED).filter(process=PROCESS, owner=report.owner_id)
    return rows.filter(situation__facts__report=report.ref)
