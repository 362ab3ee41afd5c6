"""Who hands calls over at an ingress trunk: entered by people, read at the time of a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.call_traceback.links import OPERATORS
from fanzha.command.call_traceback.models import CustomerClass, TrunkParty, TrunkPartyKind
from fanzha.command.organizations.selectors import get_actor_ref, get_organization
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.kinds.trunk import KIND as TRUNK
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("trunks of one operator")
_NO_TRUNK = Words("请填写中继名称", "name the trunk")


@dataclass(frozen=True)
class TrunkPartyDraft:
    """Who is behind a trunk from `since` on, now if it is None."""

    trunk: str
    kind: TrunkPartyKind
    operator: Organization | None = None
    name: str = ""
    country: str = ""
    customer_class: str = ""
    since: datetime | None = None


def save_trunk_party(viewer: Viewer, draft: TrunkPartyDraft) -> TrunkParty:
    """Enter who is behind a trunk; an entry of the same moment is replaced. Raise Refusal naming the fields."""
    owner, now = get_organization(viewer.organization), timezone.now()
    trunk = _check(owner, draft)
    values = {
        "kind": draft.kind,
        "operator": draft.operator if draft.kind == TrunkPartyKind.OPERATOR else None,
        "name": "" if draft.kind == TrunkPartyKind.OPERATOR else draft.name.strip(),
        "country": draft.country if draft.kind == TrunkPartyKind.FOREIGN else "",
        "customer_class": draft.customer_class if draft.kind == TrunkPartyKind.CUSTOMER else "",
        "entered_by_id": viewer.person,
    }
    with recorded() as log:
        rows = _UNSCOPED.rows(TrunkParty)
        party, _ = rows.update_or_create(owner=owner, trunk=trunk, since=draft.since or now, defaults=values)
        facts = {"trunk": trunk, "kind": party.kind, "operator": draft.operator.ref if draft.operator else ""}
        actor = get_actor_ref(viewer, owner.ref)
        log.add(Draft("traceback_trunk_changed", to_ms(now), actor, owner.ref, facts=facts))
    return party


def find_trunk_party(owner: int, trunk: str, at: datetime) -> TrunkParty | None:
    """Return who was behind a trunk at a moment, None if no entry counts for it."""
    rows = _UNSCOPED.rows(TrunkParty).filter(owner=owner, trunk=trunk).select_related("operator")
    return rows.filter(since__lte=at).order_by("-since").first()


def _check(owner: Organization, draft: TrunkPartyDraft) -> str:
    """Return the trunk's canonical name."""
    faults: dict[str, Words] = {}
    trunk = ""
    try:
        trunk = TRUNK.normalise(draft.trunk)
    except Malformed:
        faults["trunk"] = _NO_TRUNK
    if draft.kind == TrunkPartyKind.OPERATOR:
        if draft.operator is None or draft.operator.pk == owner.pk or draft.operator.kind not in OPERATORS:
            faults["operator"] = Words("请选择境内其他电信企业", "choose another operator of the country")
    elif not draft.name.strip():
        faults["name"] = Words("请填写境外企业或网关名称", "name the foreign operator or the gateway")
    if draft.kind == TrunkPartyKind.CUSTOMER and draft.customer_class not in CustomerClass.values:
        faults["customer_class"] = Words("请选择用户类别", "choose the class of the customer")
    if faults:
        raise Refusal(Reason.EVIDENCE, Words("信息不全", "Something is missing"), fields=faults)
    return trunk
