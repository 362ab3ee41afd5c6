"""Create drafts of orders, in which excluded targets are left out and counted, and send reminders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.campaigns.selectors import find_campaigns, find_suspects
from fanzha.command.campaigns.services import mark_ordered
from fanzha.command.orders.checks import NO_TARGETS, check_actions, not_understood_words
from fanzha.command.orders.drafts import EVENT, RECEIVERS, simplify_draft
from fanzha.command.orders.impact import Impact, assess_impact
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.reminders import REMINDER_ROLES, may_remind, send_reminder
from fanzha.command.orders.targets import DRAFT_ACTIONS, MIXED, TARGET_KINDS, order_title, qualify
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.selectors import to_actor, to_party
from fanzha.command.processes.services import About, is_simulated, open_process
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import ACTION_SPECS, MOST_TARGETS, Target
from fanzha.processes.parties import Party
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

__all__ = [
    "REMINDER_ROLES",
    "SubjectTargets",
    "campaign_targets",
    "create_draft",
    "may_remind",
    "receiver_kinds",
    "send_reminder",
    "subject_targets",
]


NO_RECEIVERS = Words(
    "未能确定接收单位，请选择", "it is not known who holds these targets: choose the receiving organisations"
)
_TOO_MANY = Words(f"一条指令最多 {MOST_TARGETS:,} 个对象", f"an order has at most {MOST_TARGETS:,} targets")


def create_draft(
    evidence: Mapping[str, Any], values: Iterable[str], viewer: Viewer, at: datetime | None = None
) -> tuple[ProcessInstance, Impact]:
    """Open the order as a draft; return it with its impact. Raise Refusal naming the fields.

    `evidence` are the fields of the drafting event without those on targets, which are computed: `values` are parsed,
    and excluded targets are left out and counted.
    """
    now = at or timezone.now()
    evidence, written = simplify_draft(evidence, values)
    impact = assess_impact(evidence, written, viewer, now)
    _check_targets(evidence, impact)
    if not evidence.get(RECEIVERS):
        evidence = {**evidence, RECEIVERS: _proposed_parties(impact)}
    owner = get_organization(viewer.organization)
    campaign = find_campaigns().filter(ref=evidence["campaign"]).first() if evidence.get("campaign") else None
    evidence = {name: value for name, value in evidence.items() if name != "campaign"}
    about = About(campaign=campaign.ref if campaign else "", title=order_title(impact.targets))
    targets = {
        "subjects": impact.format_targets(is_mixed=evidence["target_kind"] == MIXED),
        "hits": impact.hits,
        "spared": len(impact.left_out),
    }
    named = {"campaign": campaign.ref} if campaign else {}
    about = replace(about, simulated=is_simulated(owner, about))
    with recorded():
        instance = open_process(
            PROCESS, EVENT, owner, to_actor(viewer), {**evidence, **named, **targets}, about=about, at=now
        )
        if campaign is not None:
            mark_ordered(campaign, instance.ref, viewer)
    return instance, impact


def _proposed_parties(impact: Impact) -> tuple[Party, ...]:
    """Return the proposed receivers. Raise Refusal if no target has a known holder."""
    if not impact.proposed.receivers:
        raise Refusal(Reason.EVIDENCE, NO_RECEIVERS, fields={RECEIVERS: NO_RECEIVERS})
    return tuple(to_party(proposal.organization) for proposal in impact.proposed.receivers)


class SubjectTargets(NamedTuple):
    """Subjects as targets of a draft: their kind of target, `mixed` for several, and by ref what the draft names."""

    kind: str
    values: dict[str, str]


def campaign_targets(ref: str, target_kind: str = "") -> SubjectTargets:
    """Return the subjects of a campaign that an order may name, without victims; of one kind of target if given."""
    rows = find_suspects(ref).values_list("subject__ref", "subject__kind", "subject__value")[:MOST_TARGETS]
    return _to_targets(rows, target_kind)


def subject_targets(refs: Iterable[str]) -> SubjectTargets:
    """Return the subjects (refs) that an order may name."""
    return _to_targets(find_subjects().filter(ref__in=list(refs)).values_list("ref", "kind", "value"), "")


def _to_targets(rows: Iterable[tuple[str, str, str]], target_kind: str) -> SubjectTargets:
    wanted = {kind for (choice, _), (_, kinds) in DRAFT_ACTIONS.items() if choice == target_kind for kind in kinds}
    targets = {ref: Target(kind, value) for ref, kind, value in rows if kind in (wanted or TARGET_KINDS)}
    kinds = {target_kind or TARGET_KINDS[target.kind] for target in targets.values()}
    if len(kinds) == 1 and MIXED not in kinds:
        return SubjectTargets(kinds.pop(), {ref: target.value for ref, target in targets.items()})
    values = {ref: qualify(target, TARGET_KINDS[target.kind]) for ref, target in targets.items()}
    return SubjectTargets(MIXED, values)


def receiver_kinds(target_kind: str) -> list[str]:
    """Return the kinds of organisation that may execute an action on a kind of target."""
    kinds = {
        by: None
        for (kind, _), (action, _) in DRAFT_ACTIONS.items()
        if kind == target_kind
        for by in ACTION_SPECS[action].by
    }
    return list(kinds)


def _check_targets(evidence: Mapping[str, Any], impact: Impact) -> None:
    """Raise Refusal for targets that cannot be drafted; the process checks the other fields."""
    check_actions(evidence, [group.kind for group in impact.groups])
    why = None
    if not impact.targets and not impact.not_understood:
        why = impact.victims[0].why if impact.victims else NO_TARGETS
    elif impact.hits > MOST_TARGETS:
        why = _TOO_MANY
    elif impact.not_understood:
        why = not_understood_words(impact.not_understood)
    if why is not None:
        raise Refusal(Reason.EVIDENCE, Words("指令不能起草", "The order cannot be drafted"), fields={"subjects": why})
