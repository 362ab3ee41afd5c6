"""Draft an order: what people wrote becomes its targets; who is spared, or everybody's, is left out and counted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.recorder import recorded
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement
from fanzha.command.orders.checks import NO_TARGETS, not_authorized_words, not_understood_words
from fanzha.command.orders.impact import Impact, assess_impact
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.routes import may_receive
from fanzha.command.orders.targets import DRAFT_ACTIONS, NO_SUCH_ACTION, TARGET_KINDS
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.parties import to_actor, to_party
from fanzha.command.processes.services import About, open_process
from fanzha.command.processes.simulation import is_simulated
from fanzha.command.subjects.canonical import mask_value
from fanzha.command.subjects.models import Subject
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import ACTION_SPECS, MOST_TARGETS
from fanzha.processes.refusal import Reason, Refusal

MAX_DURATION = timedelta(days=365)
DEFAULT_DURATION = timedelta(days=30)
DEFAULT_SCOPE = Words("全部", "all of it")
_TOO_MANY = Words(f"一条指令最多 {MOST_TARGETS:,} 个对象", f"an order has at most {MOST_TARGETS:,} targets")


@dataclass(frozen=True)
class OrderDraft:
    """What somebody wants to order; `values` as they were written, `receivers` the primary keys of organisations."""

    target_kind: str
    action: str
    values: tuple[str, ...]
    reason: str
    receivers: tuple[int, ...]
    expires_at: datetime
    scope: str = ""
    campaign: str = ""
    notice_withheld_until: datetime | None = None
    withholding_document: str = ""


def create_draft(wish: OrderDraft, viewer: Viewer, at: datetime | None = None) -> tuple[ProcessInstance, Impact]:
    """Open the order as a draft; return it with its impact. Raises Refusal naming the fields."""
    now = at or timezone.now()
    found = assess_impact(wish.target_kind, wish.action, wish.values, viewer, now)
    owner = Organization.objects.get(pk=viewer.organization)
    receivers = list(Organization.objects.filter(pk__in=wish.receivers, is_active=True))
    _validate(wish, found, receivers)
    campaign = Campaign.objects.filter(ref=wish.campaign).first() if wish.campaign else None
    evidence = {
        "target_kind": wish.target_kind,
        "action": wish.action,
        "subjects": tuple(one.value for one in found.targets),
        "campaign": campaign.ref if campaign else None,
        "scope": wish.scope or localize(DEFAULT_SCOPE),
        "reason": wish.reason,
        "hits": found.hits,
        "spared": len(found.left_out),
        "expires_at": to_ms(wish.expires_at),
        "receivers": tuple(to_party(one) for one in receivers),
        "notice_withheld_until": to_ms(wish.notice_withheld_until) if wish.notice_withheld_until else None,
        "withholding_document": wish.withholding_document or None,
    }
    given = {name: value for name, value in evidence.items() if value is not None}
    about = About(campaign=campaign.ref if campaign else "", title=order_title(found))
    about = replace(about, simulated=is_simulated(owner, about))
    with recorded():
        made = open_process(PROCESS, "draft", owner, to_actor(viewer), given, about=about, at=now)
        if campaign is not None:
            _mark_campaign_ordered(campaign, viewer, made.ref)
    return made, found


def order_title(found: Impact) -> str:
    """Return what an order is called in lists: its first target, masked, and how many more there are."""
    first = found.targets[0]
    more = f" +{found.hits - 1}" if found.hits > 1 else ""
    return f"{mask_value(first.kind, first.value)}{more}"[:200]


def campaign_targets(ref: str) -> tuple[str, dict[str, str]]:
    """Return the kind of target that most subjects of a campaign are, and these; victims are not among them."""
    rows = Placement.objects.filter(campaign__ref=ref, is_victim=False).order_by("-top_score", "-pk")
    return _largest_group(rows.values_list("subject__ref", "subject__kind", "subject__value")[:MOST_TARGETS])


def subject_targets(refs: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the kind of target that most of some subjects are, by their refs, and these."""
    return _largest_group(Subject.objects.filter(ref__in=list(refs)).values_list("ref", "kind", "value"))


def _largest_group(rows: Iterable[tuple[str, str, str]]) -> tuple[str, dict[str, str]]:
    """Return a kind of target, and the values of its subjects by their refs."""
    found: dict[str, dict[str, str]] = {}
    for ref, kind, value in rows:
        if kind in TARGET_KINDS:
            found.setdefault(TARGET_KINDS[kind], {})[ref] = value
    return max(found.items(), key=lambda one: len(one[1]), default=("number", {}))


def receiver_kinds(target_kind: str) -> list[str]:
    """Return the kinds of organisation that may carry out something on a kind of target."""
    found = {
        by: None
        for (kind, _), (action, _) in DRAFT_ACTIONS.items()
        if kind == target_kind
        for by in ACTION_SPECS[action].by
    }
    return list(found)


def _validate(wish: OrderDraft, found: Impact, receivers: list[Organization]) -> None:
    faults: dict[str, Words] = {}
    if found.action is None:
        faults["action"] = NO_SUCH_ACTION
    elif not found.targets:
        faults["subjects"] = found.victims[0].why if found.victims else NO_TARGETS
    elif found.hits > MOST_TARGETS:
        faults["subjects"] = _TOO_MANY
    elif found.not_understood:
        faults["subjects"] = not_understood_words(found.not_understood)
    wrong = [one for one in receivers if found.action and not may_receive(found.action, one.kind)]
    if wrong:
        faults["receivers"] = not_authorized_words(wrong[0])
    elif not receivers:
        faults["receivers"] = Words("请选择接收单位", "choose who is to carry it out")
    if wish.expires_at <= timezone.now():
        faults["expires_at"] = Words("到期时间须在将来", "it must end in the future")
    if faults:
        raise Refusal(Reason.EVIDENCE, Words("指令不能起草", "the order cannot be drafted"), fields=faults)


def _mark_campaign_ordered(campaign: Campaign, viewer: Viewer, ref: str) -> None:
    """Say on one's own campaign that it was ordered on."""
    rows = Campaign.objects.filter(pk=campaign.pk, owner=viewer.organization)
    rows = rows.exclude(state__in=(CampaignState.CLEARED, CampaignState.MERGED))
    rows.update(state=CampaignState.ORDERED, process=ref, snoozed_until=None, revision=F("revision") + 1)
