"""Rules of the process `public_report` that its definition cannot state: the draw of call-backs, and who verifies."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fanzha.base.words import Words
from fanzha.command.processes.services import ComputedStep, StepAttempt, StepCheck, StepWriter
from fanzha.command.reports.report_settings import load_report_settings
from fanzha.command.reports.rewards import PROCESS as REWARD_PROCESS
from fanzha.command.reports.rewards import write_protection
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.keys import load_key

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

PROCESS = "public_report"
DRAW_KEY = "report-draws"
#: Steps that verify the work of others: people who handled the report for a receiving organisation take none.
VERIFYING = ("confirm_by_call", "contradict_by_call", "confirm_rejection", "send_back")
HANDLED = Words("须由未经办此举报的人办理", "must be somebody who did not handle this report")


def check_step(attempt: StepAttempt) -> None:
    """Raise Refusal if somebody verifies a report that they handled on a leg."""
    if attempt.event not in VERIFYING or attempt.instance is None or attempt.actor is None:
        return
    history = attempt.instance.situation["history"]
    if any(step.get("leg") and attempt.actor.acted_as(step.get("person", "")) for step in history):
        raise Refusal(Reason.SAME_PERSON, HANDLED)


def is_drawn(ref: str, answers: int, share: float, key: bytes) -> bool:
    """Return whether the answer number `answers` of a report is drawn for a call-back.

    The draw depends on a key of this site alone, so respondents cannot foresee it, and it can be repeated.
    """
    drawn = hmac.digest(key, f"{ref}:{answers}".encode(), hashlib.sha256)
    return int.from_bytes(drawn[:8], "big") < share * 2**64


def _draw(instance: ProcessInstance, evidence: Mapping[str, Any]) -> dict[str, Any]:
    answers = sum(step["event"] in ("answer", "answer_drawn") for step in instance.situation["history"])
    return {"drawn": is_drawn(instance.ref, answers, load_report_settings().call_back_share, load_key(DRAW_KEY))}


_DRAWN = frozenset({"drawn"})
CHECKS: dict[str, StepCheck] = {PROCESS: check_step}
WRITERS: dict[str, StepWriter] = {REWARD_PROCESS: write_protection}
COMPUTED_STEPS = {
    (PROCESS, "answer"): ComputedStep(_DRAWN, _draw),
    (PROCESS, "answer_drawn"): ComputedStep(_DRAWN, lambda instance, evidence: {"drawn": True}),
}
