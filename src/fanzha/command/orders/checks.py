"""What is refused of an order whichever way a step is taken: whom it may hit, and who may carry it out (ATF32)."""

from collections.abc import Iterable, Mapping
from typing import Any

from fanzha.base.words import Words
from fanzha.command.orders.exclusions import VICTIM_WORDS, excluded_targets
from fanzha.command.orders.order_summary import PROCESS, InvalidOrder, summarize_order
from fanzha.command.orders.routes import may_receive
from fanzha.command.orders.targets import NO_SUCH_ACTION, find_action, parse_targets
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.step_checks import Attempt, Check
from fanzha.command.subjects.canonical import mask_value
from fanzha.dispose import Action
from fanzha.processes.parties import Party
from fanzha.processes.refusal import Reason, Refusal

NO_TARGETS = Words("没有可处置的对象", "there is nobody left whom it would hit")


def check_step(attempt: Attempt) -> None:
    """Raise Refusal for what drafting refuses, at each step that names targets or receivers or lets them count."""
    match attempt.event:
        case "draft":
            _check_draft(attempt)
        case "revise":
            _check_receivers(_require_action(attempt.facts), "receivers", attempt.evidence["receivers"])
        case "forward":
            _check_receivers(_require_action(attempt.facts), "holder", [attempt.evidence["holder"]])
        case "approve" | "issue_emergency" | "approve_renewal":
            _check_approval(attempt)


CHECKS: dict[str, Check] = {PROCESS: check_step}


def not_authorized_words(receiver: Organization) -> Words:
    """Return what is said of a receiver whom the law does not name for an action."""
    return Words(f"无权执行该措施：{receiver.name_zh}", f"may not do this: {receiver.name_en}")


def not_understood_words(wrong: Iterable[tuple[str, str]]) -> Words:
    """Return what is said of values that are no targets: the first three of them."""
    names = ", ".join(value[:40] for value, _ in list(wrong)[:3])
    return Words(f"无法识别：{names}", f"not understood: {names}")


def _check_draft(attempt: Attempt) -> None:
    given = attempt.evidence
    found = parse_targets(given["target_kind"], given["action"], given["subjects"])
    action = _require_action(given)
    if found.wrong:
        raise _refusal("subjects", not_understood_words(found.wrong))
    for one, why in excluded_targets(found.targets, attempt.at).items():
        shown = mask_value(one.kind, one.value)
        raise _refusal("subjects", Words(f"不得处置 {shown}：{why.zh}", f"{shown} cannot be ordered on: {why.en}"))
    _check_receivers(action, "receivers", given["receivers"])


def _check_approval(attempt: Attempt) -> None:
    assert attempt.instance is not None  # only a draft opens an order
    try:
        said = summarize_order(attempt.instance, attempt.at)
    except InvalidOrder as problem:
        raise Refusal(Reason.EVIDENCE, Words(f"指令无法执行：{problem}", f"nobody can do this: {problem}")) from None
    if not said.targets:
        reasons = excluded_targets(said.named, attempt.at)
        raise Refusal(Reason.EVIDENCE, VICTIM_WORDS if VICTIM_WORDS in reasons.values() else NO_TARGETS)
    if attempt.event != "approve_renewal":
        _check_receivers(said.action, "receivers", attempt.facts["receivers"])


def _require_action(told: Mapping[str, Any]) -> Action:
    found = find_action(str(told["target_kind"]), str(told["action"]))
    if found is None:
        raise _refusal("action", NO_SUCH_ACTION)
    return found


def _check_receivers(action: Action, field: str, parties: Iterable[Party]) -> None:
    wrong = next((one for one in parties if not may_receive(action, one.kind)), None)
    if wrong is not None:
        raise _refusal(field, not_authorized_words(Organization.objects.get(ref=wrong.organization)))


def _refusal(field: str, why: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, why, fields={field: why})
