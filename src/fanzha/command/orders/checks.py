"""Checks of order steps: permitted targets and receivers (ATF Art. 32)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fanzha.base.words import Words
from fanzha.command.orders.exclusions import excluded_targets, partly_victim_targets
from fanzha.command.orders.order_summary import APPEAL_PROCESS, PROCESS, InvalidOrder, OrderSummary, summarize_order
from fanzha.command.orders.routes import may_receive
from fanzha.command.orders.target_appeals import (
    NAME_TARGETS,
    check_appeal,
    computed_receivers,
    computed_title,
    write_appealed_targets,
)
from fanzha.command.orders.target_disclosure import record_targets
from fanzha.command.orders.target_rows import sent_back_places, write_targets
from fanzha.command.orders.targets import NO_SUCH_ACTION, ParsedTargets, find_action, order_title, parse_targets
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.services import ComputedEvidence, StepAttempt, StepCheck, StepWriter
from fanzha.command.subjects.selectors import SECOND_PERSON_WORDS, VICTIM_WORDS, mask_value
from fanzha.command.web.scoping import current_viewer
from fanzha.dispose import Action, Target
from fanzha.processes.parties import Party
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


HITS_DIFFER = Words("与对象数量不符", "it is not the number of subjects")
NO_SUCH_NUMBER = Words("列表中没有此序号", "the list of targets has no such number")
ALL_SENT_BACK = Words("全部对象均退回时，请将整条指令退回修改", "send the whole order back instead of every target")
POLICE_DECIDE = Words(
    "止付由公安机关决定（《反电信网络诈骗法》第二十条）；请向银行发出风险提示，并报请公安机关",
    "the police decide on a stop of payment (Anti-Telecom and Online Fraud Law, Art. 20): send the bank a risk hint "
    "and tell the police",
)
NO_TARGETS = Words("没有可处置的对象", "there is nobody left whom it would hit")


def check_step(attempt: StepAttempt) -> None:
    """Raise Refusal if a step names targets or receivers that are not permitted."""
    match attempt.event:
        case "draft":
            _check_draft(attempt)
        case "revise":
            _check_receivers(_require_action(attempt.facts), "receivers", attempt.evidence["receivers"])
        case "forward":
            _check_receivers(_require_action(attempt.facts), "holder", [attempt.evidence["holder"]])
        case "approve" | "issue_emergency" | "approve_renewal":
            _check_approval(attempt)
        case "appeal":
            assert attempt.instance is not None  # only a draft opens an order
            if len(summarize_order(attempt.instance).targets) > 1:
                raise Refusal(Reason.EVIDENCE, NAME_TARGETS)


def _computed_values(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {"hits": len(_parse_draft(evidence).targets), "spared": 0}  # a draft that names an excluded one is refused


def _computed_title(evidence: Mapping[str, Any]) -> str:
    targets = _parse_draft(evidence).targets
    return order_title(targets) if targets else ""


CHECKS: dict[str, StepCheck] = {PROCESS: check_step, APPEAL_PROCESS: check_appeal}
WRITERS: dict[str, StepWriter] = {PROCESS: write_targets, APPEAL_PROCESS: write_appealed_targets}
#: Approval shows the evidence of each target.
STEP_PAGES = {(PROCESS, "approve"): "order_approve"}
COMPUTED = {
    (PROCESS, "draft"): ComputedEvidence(frozenset({"hits", "spared"}), _computed_values, _computed_title),
    (APPEAL_PROCESS, "appeal"): ComputedEvidence(frozenset({"receivers"}), computed_receivers, computed_title),
}


def not_authorized_words(receiver: Organization) -> Words:
    """Return the error for a receiver that the law does not permit to execute the action."""
    return Words(f"无权执行该措施：{receiver.name_zh}", f"may not do this: {receiver.name_en}")


def not_understood_words(wrong: Iterable[tuple[str, str]]) -> Words:
    """Return the error for values that are no targets; it names the first three."""
    names = ", ".join(value[:40] for value, _ in list(wrong)[:3])
    return Words(f"无法识别：{names}", f"not understood: {names}")


def _check_draft(attempt: StepAttempt) -> None:
    evidence = attempt.evidence
    parsed = parse_targets(evidence["target_kind"], evidence["action"], evidence["subjects"])
    action = _require_action(evidence)
    if action is Action.STOP_PAYMENT and attempt.owner.kind != "police":
        raise _refusal("action", POLICE_DECIDE)
    if parsed.wrong:
        raise _refusal("subjects", not_understood_words(parsed.wrong))
    if evidence["hits"] != len(parsed.targets):
        raise _refusal("hits", HITS_DIFFER)
    _check_receivers(action, "receivers", evidence["receivers"])
    _check_exclusions(parsed.targets, attempt.at)


def _check_exclusions(targets: Sequence[Target], at: int) -> None:
    """Raise Refusal if a target is excluded. The targets are charged then, DisclosureRefused above the budget.

    Call it last: the refusal tells of findings of all organisations, and whatever passes is on record as an order.
    """
    excluded = excluded_targets(targets, at)
    if excluded and (viewer := current_viewer()) is not None:
        record_targets(viewer, targets)
    for target, why in excluded.items():
        masked_value = mask_value(target.kind, target.value)
        raise _refusal(
            "subjects", Words(f"不得处置 {masked_value}：{why.zh}", f"{masked_value} cannot be ordered on: {why.en}")
        )


def _parse_draft(evidence: Mapping[str, Any]) -> ParsedTargets:
    """Return the targets of evidence that may have missing or wrong fields."""
    subjects = evidence.get("subjects", ())
    values = subjects if isinstance(subjects, list | tuple) else (subjects,)
    choice = str(evidence.get("target_kind", "")), str(evidence.get("action", ""))
    return parse_targets(*choice, [value for value in values if isinstance(value, str)])


def _check_approval(attempt: StepAttempt) -> None:
    assert attempt.instance is not None  # only a draft opens an order
    try:
        summary = summarize_order(attempt.instance, attempt.at)
    except InvalidOrder as problem:
        raise Refusal(Reason.EVIDENCE, Words(f"指令无法执行：{problem}", f"nobody can do this: {problem}")) from None
    _check_sent_back(attempt, summary)
    if not summary.targets:
        reasons = excluded_targets(summary.named, attempt.at)
        raise Refusal(Reason.EVIDENCE, VICTIM_WORDS if VICTIM_WORDS in reasons.values() else NO_TARGETS)
    places = sent_back_places(attempt.evidence)
    kept = [target for place, target in enumerate(summary.named) if place not in places and target in summary.targets]
    if attempt.event == "issue_emergency" and partly_victim_targets(kept):
        raise Refusal(Reason.EVIDENCE, SECOND_PERSON_WORDS)
    if attempt.event != "approve_renewal":
        _check_receivers(summary.action, "receivers", attempt.facts["receivers"])


def _check_sent_back(attempt: StepAttempt, summary: OrderSummary) -> None:
    """Raise Refusal if an approval sends back a target that the order does not have, or all of them."""
    places = sent_back_places(attempt.evidence)
    if not places <= set(range(len(summary.named))):
        raise _refusal("sent_back", NO_SUCH_NUMBER)
    kept = {target for place, target in enumerate(summary.named) if place not in places}
    if places and not kept & {*summary.targets}:
        raise _refusal("sent_back", ALL_SENT_BACK)


def _require_action(facts: Mapping[str, Any]) -> Action:
    action = find_action(str(facts["target_kind"]), str(facts["action"]))
    if action is None:
        raise _refusal("action", NO_SUCH_ACTION)
    return action


def _check_receivers(action: Action, field: str, parties: Iterable[Party]) -> None:
    wrong = next((party for party in parties if not may_receive(action, party.kind)), None)
    if wrong is not None:
        raise _refusal(field, not_authorized_words(all_organizations().get(ref=wrong.organization)))


def _refusal(field: str, why: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, why, fields={field: why})
