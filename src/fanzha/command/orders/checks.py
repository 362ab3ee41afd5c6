"""Checks of order steps: permitted targets and receivers (ATF Art. 32)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist

from fanzha.base.words import Words
from fanzha.command.orders.exclusions import excluded_targets, partly_victim_targets
from fanzha.command.orders.order_facts import describe_order_step
from fanzha.command.orders.order_summary import (
    APPEAL_PROCESS,
    PROCESS,
    InvalidOrder,
    OrderSummary,
    summarize_leg,
    summarize_order,
)
from fanzha.command.orders.target_appeals import (
    DECISIONS,
    NAME_TARGETS,
    bar_deciders,
    bar_whole_order,
    check_appeal,
    check_order,
    computed_title,
    describe_appeal,
    restoring_receivers,
    write_appealed_targets,
)
from fanzha.command.orders.target_disclosure import record_targets
from fanzha.command.orders.target_rows import select_targets, sent_back_places, write_targets
from fanzha.command.orders.targets import (
    ACTION_FIELDS,
    KIND_OF_ACTION,
    MIXED,
    NO_ACTION,
    NO_SUCH_ACTION,
    find_action,
    may_receive,
    order_title,
    parse_draft,
)
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.selectors import current_situation, find_legs
from fanzha.command.processes.services import (
    ComputedEvidence,
    ComputedStep,
    StepAttempt,
    StepBar,
    StepCheck,
    StepWriter,
)
from fanzha.command.subjects.selectors import SECOND_PERSON_WORDS, VICTIM_WORDS, mask_value
from fanzha.command.web.scoping import current_viewer, unscoped
from fanzha.dispose import ACTION_SPECS, Action, Target
from fanzha.processes.parties import Party
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import ProcessInstance


_UNSCOPED = unscoped("the targets of a leg decide how long its receiver has")

HITS_DIFFER = Words("与对象数量不符", "this is not the number of subjects")
NO_SUCH_NUMBER = Words("列表中没有此序号", "the list of targets has no such number")
ALL_SENT_BACK = Words("全部对象均退回时，请将整条指令退回修改", "send the whole order back instead of every target")
POLICE_DECIDE = Words(
    "止付由公安机关决定（《反电信网络诈骗法》第二十条）；请向银行发出风险提示，并报请公安机关",
    "the police decide on a stop of payment (Anti-Telecom and Online Fraud Law, Art. 20): send the bank a risk hint "
    "and tell the police",
)
NO_TARGETS = Words("没有可处置的对象", "there are no targets left to act on")


def check_step(attempt: StepAttempt) -> None:
    """Raise Refusal if a step names targets or receivers that are not permitted."""
    match attempt.event:
        case "draft":
            _check_draft(attempt)
        case "revise":
            assert attempt.instance is not None  # only a draft opens an order
            actions = {Action(row.action) for row in select_targets(attempt.instance) if row.action}
            _check_receivers(actions, "receivers", attempt.evidence["receivers"])
        case "forward":
            _check_holder(attempt)
        case "approve" | "issue_emergency" | "approve_renewal":
            _check_approval(attempt)
        case "appeal":
            assert attempt.instance is not None
            if len(summarize_order(attempt.instance).targets) > 1:
                raise Refusal(Reason.EVIDENCE, NAME_TARGETS)


def _computed_values(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {"hits": len(parse_draft(evidence).targets), "spared": 0}  # a draft that names an excluded one is refused


def _computed_title(evidence: Mapping[str, Any]) -> str:
    targets = parse_draft(evidence).targets
    return order_title(targets) if targets else ""


def _kind_of_leg(instance: ProcessInstance, leg: str) -> dict[str, Any]:
    """Return the kind of the targets that the receiver of a leg acts on, "mixed" for several."""
    rows = find_legs(_UNSCOPED).select_related("instance__owner", "instance__version", "receiver")
    try:
        summary = summarize_leg(rows.get(instance=instance, name=leg))
    except (InvalidOrder, ObjectDoesNotExist):  # its targets were erased; a leg that there is not is refused later
        return {}
    kinds = {KIND_OF_ACTION[summary.actions[target]] for target in summary.ordered}
    return {"kind_here": kinds.pop() if len(kinds) == 1 else MIXED}


def _receivers_with_targets(instance: ProcessInstance, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return the receivers who still have a target, if an approval sends back all that some of them could act on."""
    places, receivers = sent_back_places(evidence), current_situation(instance).facts["receivers"]
    assert isinstance(receivers, tuple)  # the field is many organisations
    parties = [party for party in receivers if isinstance(party, Party)]
    try:
        summary = summarize_order(instance)
    except InvalidOrder:  # the check of the approval says why
        return {}
    kept = [target for place, target in enumerate(summary.named) if place not in places]
    remaining = [
        party for party in parties if any(summary.is_for(target, party.organization, party.kind) for target in kept)
    ]
    return {"receivers": tuple(remaining)} if 0 < len(remaining) < len(parties) else {}


_RECEIVERS = ComputedStep(frozenset({"receivers"}), _receivers_with_targets)
#: The time to carry out the order depends on the kind of target that a receiver has.
_KIND_HERE = ComputedStep(frozenset({"kind_here"}), leg_values=_kind_of_leg)

CHECKS: dict[str, StepCheck] = {PROCESS: check_step, APPEAL_PROCESS: check_appeal}
WRITERS: dict[str, StepWriter] = {PROCESS: write_targets, APPEAL_PROCESS: write_appealed_targets}
BARS: dict[str, StepBar] = {PROCESS: bar_whole_order, APPEAL_PROCESS: bar_deciders}
#: Drafting previews the impact; approval, and a decision on an appeal, show the evidence of each target.
STEP_PAGES = {
    (PROCESS, "draft"): "order_new",
    (PROCESS, "approve"): "order_approve",
    **{(APPEAL_PROCESS, event): "appeal_decide" for event in DECISIONS},
}
INSTANCE_PAGES = {PROCESS: "order"}
STEP_FACTS = {PROCESS: describe_order_step}
#: Who hears an appeal is led to a decision, not to one of its outcomes.
JOINT_TITLES = {"appeal_decide": Words("办理申诉", "Decide the appeal")}
COMPUTED = {
    (PROCESS, "draft"): ComputedEvidence(frozenset({"hits", "spared"}), _computed_values, _computed_title),
    (APPEAL_PROCESS, "appeal"): ComputedEvidence(
        frozenset(), check_order, computed_title, frozenset({"order", "targets"}), describe_appeal
    ),
}

_RESTORING = ComputedStep(frozenset({"receivers"}), restoring_receivers)
COMPUTED_STEPS = {
    (PROCESS, "approve"): _RECEIVERS,
    (PROCESS, "issue_emergency"): _RECEIVERS,
    (PROCESS, "acknowledge"): _KIND_HERE,
    (PROCESS, "report_partial"): _KIND_HERE,
    (PROCESS, "disprove"): _KIND_HERE,
    (APPEAL_PROCESS, "uphold"): _RESTORING,
    (APPEAL_PROCESS, "regulator_upholds"): _RESTORING,
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
    parsed = parse_draft(evidence)
    check_actions(evidence, parsed.list_kinds())
    if Action.STOP_PAYMENT in parsed.actions.values() and attempt.owner.kind != "police":
        raise _refusal("payment_action" if evidence["target_kind"] == MIXED else "action", POLICE_DECIDE)
    if parsed.wrong:
        raise _refusal("subjects", not_understood_words(parsed.wrong))
    if evidence["hits"] != len(parsed.targets):
        raise _refusal("hits", HITS_DIFFER)
    _check_receivers({*parsed.actions.values()}, "receivers", evidence["receivers"])
    _check_exclusions(parsed.targets, attempt.at)


def check_actions(evidence: Mapping[str, Any], kinds: Iterable[str]) -> None:
    """Raise Refusal if one of the kinds of target has no action in a draft, or one that is not for it."""
    if evidence["target_kind"] != MIXED:
        if find_action(evidence["target_kind"], str(evidence.get("action", ""))) is None:
            raise _refusal("action", NO_SUCH_ACTION)
        return
    for kind in kinds:
        if ACTION_FIELDS[kind] not in evidence:
            raise _refusal(ACTION_FIELDS[kind], NO_ACTION)


def _check_exclusions(targets: Sequence[Target], at: int) -> None:
    """Raise Refusal if a target is excluded. The targets are charged then, DisclosureRefused above the budget.

    Call it last: a refusal discloses findings of all organisations, and targets that pass are recorded as an order.
    """
    excluded = excluded_targets(targets, at)
    if excluded and (viewer := current_viewer()) is not None:
        record_targets(viewer, targets)
    for target, why in excluded.items():
        masked_value = mask_value(target.kind, target.value)
        raise _refusal(
            "subjects", Words(f"不得处置 {masked_value}：{why.zh}", f"{masked_value} cannot be ordered on: {why.en}")
        )


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
        _check_spared(attempt, summary, kept)
        _check_receivers({summary.actions[target] for target in kept}, "receivers", attempt.facts["receivers"])


def _check_spared(attempt: StepAttempt, summary: OrderSummary, kept: Sequence[Target]) -> None:
    """Raise Refusal that names the targets to send back if a receiver may act only on ones that are excluded by now."""
    idle = [
        party
        for party in attempt.facts["receivers"]
        if not any(may_receive(summary.actions[target], party.kind) for target in kept)
    ]
    places, remaining = sent_back_places(attempt.evidence), {*kept}
    spared = [
        place + 1
        for place, target in enumerate(summary.named)
        if place not in places
        and target not in remaining
        and any(may_receive(summary.actions[target], party.kind) for party in idle)
    ]
    if spared:
        numbers = list(map(str, spared))
        raise _refusal(
            "sent_back",
            Words(
                f"第{'、'.join(numbers)}号对象现已不得处置（受害人或免扰），请退回",
                f"send back no. {', '.join(numbers)} of the list: a victim or spared by now",
            ),
        )


def _check_sent_back(attempt: StepAttempt, summary: OrderSummary) -> None:
    """Raise Refusal if an approval sends back a target that the order does not have, or all of them."""
    places = sent_back_places(attempt.evidence)
    if not places <= set(range(len(summary.named))):
        raise _refusal("sent_back", NO_SUCH_NUMBER)
    kept = {target for place, target in enumerate(summary.named) if place not in places}
    if places and not kept & {*summary.targets}:
        raise _refusal("sent_back", ALL_SENT_BACK)


def _check_holder(attempt: StepAttempt) -> None:
    """Raise Refusal if a leg is forwarded to a holder who may not carry out all actions of the former receiver."""
    assert attempt.instance is not None  # a leg is of a running order
    holder, summary = attempt.evidence["holder"], summarize_order(attempt.instance)
    forwarded = next(leg for leg in reversed(attempt.legs) if leg.receiver == holder)
    before = next(leg for leg in attempt.legs if leg.id == forwarded.forwarded_from)
    asked = {summary.actions[target] for target in summary.ordered}
    for action in asked:
        if may_receive(action, before.receiver.kind) and not may_receive(action, holder.kind):
            raise _refusal("holder", not_authorized_words(all_organizations().get(ref=holder.organization)))


def _check_receivers(actions: Collection[Action], field: str, parties: Iterable[Party]) -> None:
    """Raise Refusal for a receiver who may do none of the actions, and for an action that no receiver may do."""
    receivers = list(parties)
    wrong = next((party for party in receivers if not any(may_receive(action, party.kind) for action in actions)), None)
    if wrong is not None:
        raise _refusal(field, not_authorized_words(all_organizations().get(ref=wrong.organization)))
    if undone := find_undone(actions, [party.kind for party in receivers]):
        raise _refusal(field, undone_words(undone))


def find_undone(actions: Iterable[Action], kinds: Collection[str]) -> Action | None:
    """Return the first action that organisations of none of the kinds may execute, None without one."""
    return next((action for action in sorted(actions) if not any(may_receive(action, kind) for kind in kinds)), None)


def undone_words(action: Action) -> Words:
    """Return the error for an action that no receiver may execute."""
    title = ACTION_SPECS[action].title
    return Words(f"没有可执行“{title.zh}”的接收单位", f"no receiver may do this: {title.en}")


def _refusal(field: str, why: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, why, fields={field: why})
