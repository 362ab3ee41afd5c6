"""What an order says: action, scope, reason, end and targets, for its page and for the forms of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from fanzha.base.clock import from_ms
from fanzha.command.orders.models import OrderTarget, TargetState
from fanzha.command.orders.presenters import action_words
from fanzha.command.orders.targets import may_receive
from fanzha.command.processes.selectors import current_situation, find_legs, find_steps
from fanzha.command.subjects.selectors import mask_value
from fanzha.command.web.components import FactItem
from fanzha.command.web.i18n import localize, localize_text
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import ACTION_SPECS, Action

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, ProcessInstance

#: How many targets a form names.
_NAMED = 20


def order_facts(order: ProcessInstance) -> list[FactItem]:
    """Return the action, scope, reason and end of an order, in one query."""
    draft = find_steps().filter(instance=order, leg="").order_by("number").first()
    said: Mapping[str, Any] = draft.evidence if draft else {}
    ends_at = current_situation(order).facts.get("expires_at")
    scope, reason = (localize_text(str(said.get(name) or "")) for name in ("scope", "reason"))
    return [
        FactItem(_("Measure"), localize(action_words(order, order.version.process))),
        *([FactItem(_("Scope"), scope)] if scope else []),
        FactItem(_("Reason"), reason),
        *([FactItem(_("Ends"), from_ms(ends_at))] if isinstance(ends_at, int) else []),
    ]


def describe_order_step(order: ProcessInstance, leg: str, _viewer: Viewer) -> list[FactItem]:
    """Return what an order says and its targets, of a leg those that its receiver acts on, with masked values."""
    row = find_legs().filter(instance=order, name=leg).select_related("receiver").first() if leg else None
    targets = OrderTarget.objects.filter(instance=order).exclude(value="").exclude(state=TargetState.SENT_BACK)
    concerned = [target for target in targets.order_by("place") if row is None or _acts_on(row, target)]
    shown = [mask_value(target.kind, target.value) for target in concerned[:_NAMED]]
    more = len(concerned) - len(shown)
    if more:
        shown.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    facts = order_facts(order)
    if row is not None and (actions := dict.fromkeys(target.action for target in concerned if target.action)):
        titles = [localize(ACTION_SPECS[Action(action)].title) for action in actions]
        facts[0] = FactItem(_("Measure"), pgettext("list", ", ").join(titles))
    words = ngettext("%(count)s target", "%(count)s targets", len(concerned)) % {"count": len(concerned)}
    return [*facts, FactItem(words, pgettext("list", ", ").join(shown))]


def _acts_on(leg: Leg, target: OrderTarget) -> bool:
    return bool(target.action) and may_receive(Action(target.action), leg.receiver.kind)
