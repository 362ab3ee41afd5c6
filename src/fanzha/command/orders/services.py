"""Create drafts of orders, in which excluded targets are left out and counted, and send reminders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.campaigns.selectors import find_campaigns, find_suspects
from fanzha.command.campaigns.services import mark_ordered
from fanzha.command.orders.checks import NO_TARGETS, not_authorized_words, not_understood_words
from fanzha.command.orders.drafts import OrderDraft
from fanzha.command.orders.impact import Impact, assess_impact
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.reminders import REMINDER_ROLES, may_remind, send_reminder
from fanzha.command.orders.routes import may_receive
from fanzha.command.orders.targets import DRAFT_ACTIONS, NO_SUCH_ACTION, TARGET_KINDS, order_title
from fanzha.command.organizations.selectors import active_organizations, get_organization
from fanzha.command.processes.selectors import to_actor, to_party
from fanzha.command.processes.services import About, is_simulated, open_process
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import ACTION_SPECS, MOST_TARGETS
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import ProcessInstance

__all__ = [
    "REMINDER_ROLES",
    "OrderDraft",
    "campaign_targets",
    "create_draft",
    "may_remind",
    "receiver_kinds",
    "send_reminder",
    "subject_targets",
]


_TOO_MANY = Words(f"一条指令最多 {MOST_TARGETS:,} 个对象", f"an order has at most {MOST_TARGETS:,} targets")


def create_draft(order_draft: OrderDraft, viewer: Viewer, at: datetime | None = None) -> tuple[ProcessInstance, Impact]:
    """Open the order as a draft; return it with its impact. Raise Refusal naming the fields."""
    now = at or timezone.now()
    impact = assess_impact(order_draft.target_kind, order_draft.action, order_draft.values, viewer, now)
    owner = get_organization(viewer.organization)
    receivers = list(active_organizations().filter(pk__in=order_draft.receivers))
    _validate(order_draft, impact, receivers)
    campaign = find_campaigns().filter(ref=order_draft.campaign).first() if order_draft.campaign else None
    campaign_ref = campaign.ref if campaign else ""
    evidence = order_draft.to_evidence(impact, campaign_ref, map(to_party, receivers))
    about = About(campaign=campaign_ref, title=order_title(impact.targets))
    about = replace(about, simulated=is_simulated(owner, about))
    with recorded():
        instance = open_process(PROCESS, "draft", owner, to_actor(viewer), evidence, about=about, at=now)
        if campaign is not None:
            mark_ordered(campaign, instance.ref, viewer)
    return instance, impact


def campaign_targets(ref: str) -> tuple[str, dict[str, str]]:
    """Return the most frequent kind of target in a campaign and its subjects, without victims."""
    return _largest_group(
        find_suspects(ref).values_list("subject__ref", "subject__kind", "subject__value")[:MOST_TARGETS]
    )


def subject_targets(refs: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the most frequent kind of target among subjects (refs), and these subjects."""
    return _largest_group(find_subjects().filter(ref__in=list(refs)).values_list("ref", "kind", "value"))


def _largest_group(rows: Iterable[tuple[str, str, str]]) -> tuple[str, dict[str, str]]:
    """Return the largest kind of target, and the values of its subjects by ref."""
    groups: dict[str, dict[str, str]] = {}
    for ref, kind, value in rows:
        if kind in TARGET_KINDS:
            groups.setdefault(TARGET_KINDS[kind], {})[ref] = value
    return max(groups.items(), key=lambda group: len(group[1]), default=("number", {}))


def receiver_kinds(target_kind: str) -> list[str]:
    """Return the kinds of organisation that may execute an action on a kind of target."""
    kinds = {
        by: None
        for (kind, _), (action, _) in DRAFT_ACTIONS.items()
        if kind == target_kind
        for by in ACTION_SPECS[action].by
    }
    return list(kinds)


def _validate(order_draft: OrderDraft, impact: Impact, receivers: list[Organization]) -> None:
    faults: dict[str, Words] = {}
    if impact.action is None:
        faults["action"] = NO_SUCH_ACTION
    elif not impact.targets:
        faults["subjects"] = impact.victims[0].why if impact.victims else NO_TARGETS
    elif impact.hits > MOST_TARGETS:
        faults["subjects"] = _TOO_MANY
    elif impact.not_understood:
        faults["subjects"] = not_understood_words(impact.not_understood)
    unauthorized = [
        receiver for receiver in receivers if impact.action and not may_receive(impact.action, receiver.kind)
    ]
    if unauthorized:
        faults["receivers"] = not_authorized_words(unauthorized[0])
    elif not receivers:
        faults["receivers"] = Words("请选择接收单位", "choose who is to carry it out")
    if order_draft.expires_at <= timezone.now():
        faults["expires_at"] = Words("到期时间须在将来", "it must end in the future")
    if faults:
        raise Refusal(Reason.EVIDENCE, Words("指令不能起草", "the order cannot be drafted"), fields=faults)
