"""Rules of the process `call_traceback` that its definition cannot state, and the rows that its steps write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.call_traceback.links import find_joined_link, full_name
from fanzha.command.call_traceback.messages import drop_requests, queue_answer, queue_request
from fanzha.command.call_traceback.models import HopState, Traceback, TracebackHop
from fanzha.command.organizations.selectors import all_organizations, find_organization
from fanzha.command.processes.services import StepAttempt, StepCheck, StepWriter
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.situation import Change
from fanzha.store.traceback_settings import load_traceback_settings

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

PROCESS = "call_traceback"
_UNSCOPED = unscoped("the steps of a process change the traceback of its owner")
_AHEAD = timedelta(minutes=10)
NO_NUMBER = Words("请填写号码", "enter a telephone number")
IN_FUTURE = Words("呼叫时间在将来", "the call is in the future")
NOT_JOINED = Words("该企业尚未接入溯源，请记为终止", "this operator has not joined; record that it ends here")
ITSELF = Words("请选择其他企业", "choose another operator")
TOO_FAR = Words("已达最多跳数", "the largest number of hops is reached")
#: Reasons that no person gives.
NO_ANSWER, WITHDRAWN = "no_answer", "withdrawn"


def check_step(attempt: StepAttempt) -> None:
    """Raise Refusal for a call without a number or in the future, and for operators that cannot be asked."""
    if attempt.event == "open":
        _check_call(attempt)
    elif attempt.event == "ask_upstream" and attempt.instance is not None:
        _check_upstream(attempt.instance, attempt.evidence["upstream"].organization)


def _check_call(attempt: StepAttempt) -> None:
    digits = sum(sign.isdigit() for sign in attempt.evidence["called"])
    if not 3 <= digits <= 25 or len(attempt.evidence["called"]) > 40:
        raise Refusal(Reason.EVIDENCE, NO_NUMBER, fields={"called": NO_NUMBER})
    if attempt.evidence["called_at"] > attempt.at + _AHEAD / timedelta(milliseconds=1):
        raise Refusal(Reason.EVIDENCE, IN_FUTURE, fields={"called_at": IN_FUTURE})


def _check_upstream(instance: ProcessInstance, upstream: str) -> None:
    row, organization = find_traceback(instance), find_organization(upstream)
    if organization is None or organization.pk == row.owner_id:
        raise Refusal(Reason.EVIDENCE, ITSELF, fields={"upstream": ITSELF})
    if row.hop >= load_traceback_settings().max_hops:
        raise Refusal(Reason.STATE, TOO_FAR)
    if find_joined_link(row.owner_id, organization.pk) is None:
        raise Refusal(Reason.EVIDENCE, NOT_JOINED, fields={"upstream": NOT_JOINED})


def find_traceback(instance: ProcessInstance) -> Traceback:
    """Return the traceback that a process is about."""
    return _UNSCOPED.rows(Traceback).select_related("owner", "asker__owner", "asker__partner").get(process=instance.ref)


def write_step(instance: ProcessInstance, change: Change) -> None:
    """Bring the traceback and its hops to what the step says, and queue the messages that it causes."""
    step = change.steps[0]
    now = from_ms(step.at)
    if step.event == "open":
        _write_opening(instance, change.evidence, now)
        return
    row = find_traceback(instance)
    own = _UNSCOPED.rows(TracebackHop).get(traceback=row, number=row.hop)
    if step.event == "ask_upstream":
        _write_request(row, own, change, now)
    elif step.event in ("find_origin", "end_here"):
        _write_own_end(own, step.event, change.evidence, now)
    elif step.event in ("give_up", "withdraw"):
        reason = NO_ANSWER if step.event == "give_up" else WITHDRAWN
        open_hops = _UNSCOPED.rows(TracebackHop).filter(traceback=row, state=HopState.WAITING)
        open_hops.update(state=HopState.ENDED, reason=reason)
        drop_requests(row, reason)
    if instance.ended_at is not None:
        _UNSCOPED.rows(Traceback).filter(pk=row.pk).update(ended_at=now)
    if row.asker is not None and step.event in _TOLD:
        queue_answer(row, now)


#: Steps after which the requester is notified.
_TOLD = frozenset(
    {
        "ask_upstream",
        "find_origin",
        "end_here",
        "hop_answered",
        "origin_reported",
        "end_reported",
        "give_up",
        "withdraw",
    }
)


def _write_opening(instance: ProcessInstance, evidence: Mapping[str, Any], now: datetime) -> None:
    """Make the traceback of a process. What a message of another site says besides is set by who took it in."""
    owner = instance.owner
    row = _UNSCOPED.rows(Traceback).create(
        owner=owner,
        process=instance.ref,
        trace=sortable_id(),
        asked_by=str(evidence.get("asked_by", ""))[:250],
        request=str(evidence.get("reference", ""))[:26],
        initiator=str(evidence.get("asked_by", full_name(owner)))[:250],
        purpose=evidence["purpose"],
        called=str(evidence["called"])[:40],
        calling=str(evidence.get("calling", ""))[:120],
        called_at=from_ms(int(evidence["called_at"])),
        clock_offset_ms=round(evidence.get("clock_ahead", 0)) - round(evidence.get("clock_behind", 0)),
        duration_ms=round(evidence["duration"] * 1_000) if "duration" in evidence else None,
        trunk=str(evidence.get("trunk", ""))[:64],
        asked_at=now,
        due_at=from_ms(int(evidence["due_by"])) if "due_by" in evidence else None,
        simulated=instance.simulated,
    )
    _UNSCOPED.rows(TracebackHop).create(
        owner=owner,
        traceback=row,
        number=0,
        operator=owner,
        operator_name=full_name(owner),
        asked_at=now,
        due_at=row.due_at,
    )


def _write_request(row: Traceback, own: TracebackHop, change: Change, now: datetime) -> None:
    upstream = all_organizations().get(ref=change.evidence["upstream"].organization)  # type: ignore[union-attr]
    link = find_joined_link(row.owner_id, upstream.pk)
    assert link is not None  # `check_step` refused otherwise
    own.state, own.answered_at, own.upstream = HopState.PASSED, now, full_name(upstream)
    own.trunk = str(change.evidence["trunk"])[:64]
    own.save(update_fields=["state", "answered_at", "upstream", "trunk"])
    due = next((timer.due for timer in change.timers_set if timer.deadline == "hop"), to_ms(now))
    _UNSCOPED.rows(TracebackHop).create(
        owner=row.owner,
        traceback=row,
        number=row.hop + 1,
        operator=upstream,
        operator_name=full_name(upstream),
        asked_at=now,
        due_at=from_ms(due),
    )
    queue_request(row, own, link, from_ms(due), now)


def _write_own_end(own: TracebackHop, event: str, evidence: Mapping[str, Any], now: datetime) -> None:
    own.answered_at = now
    own.trunk = str(evidence.get("trunk", own.trunk))[:64]
    if event == "find_origin":
        own.state, own.customer_class = HopState.ORIGIN, str(evidence["customer_class"])
        own.gateway = str(evidence["gateway"])[:120]
    else:
        own.state, own.reason, own.meant = HopState.ENDED, evidence["reason"], str(evidence.get("operator", ""))[:250]
    own.save()


CHECKS: dict[str, StepCheck] = {PROCESS: check_step}
WRITERS: dict[str, StepWriter] = {PROCESS: write_step}
INSTANCE_PAGES = {PROCESS: "traceback_process"}
