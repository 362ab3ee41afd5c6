"""What is refused of an order whichever way a step is taken: whom it may hit, and who may carry it out (ATF32)."""

from collections.abc import Iterable, Mapping
from typing import Any

from fanzha.base.words import Words
from fanzha.command.orders.actions import NO_SUCH_ACTION, action_of, targets_of
from fanzha.command.orders.left_out import VICTIM, left_out
from fanzha.command.orders.ordered import PROCESS, CannotBeOrdered, ordered
from fanzha.command.orders.routes import may_receive
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.step_checks import Attempt, Check
from fanzha.command.subjects.canonical import masked
from fanzha.dispose import Action
from fanzha.processes.parties import Party
from fanzha.processes.refusal import Reason, Refusal

NOBODY = Words("没有可处置的对象", "there is nobody left whom it would hit")


def check(attempt: Attempt) -> None:
    """Raise Refusal for what drafting refuses, at each step that names targets or receivers or lets them count."""
    match attempt.event:
        case "draft":
            _drafted(attempt)
        case "revise":
            _refuse_receivers(_action(attempt.facts), "receivers", attempt.evidence["receivers"])
        case "forward":
            _refuse_receivers(_action(attempt.facts), "holder", [attempt.evidence["holder"]])
        case "approve" | "issue_emergency" | "approve_renewal":
            _approved(attempt)


CHECKS: dict[str, Check] = {PROCESS: check}


def may_not(receiver: Organization) -> Words:
    """Return what is said of a receiver whom the law does not name for an action."""
    return Words(f"无权执行该措施：{receiver.name_zh}", f"may not do this: {receiver.name_en}")


def not_understood(wrong: Iterable[tuple[str, str]]) -> Words:
    """Return what is said of values that are no targets: the first three of them."""
    names = ", ".join(value[:40] for value, _ in list(wrong)[:3])
    return Words(f"无法识别：{names}", f"not understood: {names}")


def _drafted(attempt: Attempt) -> None:
    given = attempt.evidence
    found = targets_of(given["target_kind"], given["action"], given["subjects"])
    action = _action(given)
    if found.wrong:
        raise _refused("subjects", not_understood(found.wrong))
    for one, why in left_out(found.targets, attempt.at).items():
        shown = masked(one.kind, one.value)
        raise _refused("subjects", Words(f"不得处置 {shown}：{why.zh}", f"{shown} cannot be ordered on: {why.en}"))
    _refuse_receivers(action, "receivers", given["receivers"])


def _approved(attempt: Attempt) -> None:
    assert attempt.instance is not None  # only a draft opens an order
    try:
        said = ordered(attempt.instance, attempt.at)
    except CannotBeOrdered as problem:
        raise Refusal(Reason.EVIDENCE, Words(f"指令无法执行：{problem}", f"nobody can do this: {problem}")) from None
    if not said.targets:
        reasons = left_out(said.named, attempt.at)
        raise Refusal(Reason.EVIDENCE, VICTIM if VICTIM in reasons.values() else NOBODY)
    if attempt.event != "approve_renewal":
        _refuse_receivers(said.action, "receivers", attempt.facts["receivers"])


def _action(told: Mapping[str, Any]) -> Action:
    found = action_of(str(told["target_kind"]), str(told["action"]))
    if found is None:
        raise _refused("action", NO_SUCH_ACTION)
    return found


def _refuse_receivers(action: Action, field: str, parties: Iterable[Party]) -> None:
    wrong = next((one for one in parties if not may_receive(action, one.kind)), None)
    if wrong is not None:
        raise _refused(field, may_not(Organization.objects.get(ref=wrong.organization)))


def _refused(field: str, why: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, why, fields={field: why})
