"""Create, pause, resume and end subscriptions, and change their keys. Each action is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.selectors import last_place
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import responsible_person
from fanzha.command.processes.selectors import load_processes
from fanzha.command.web.scoping import unscoped
from fanzha.command.webhooks.addresses import validate_url
from fanzha.command.webhooks.models import Subscription
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import ApiKey, Organization, Person


_UNSCOPED = unscoped("subscriptions of the owner, locked for update")

#: Maximum number of subscriptions of an organisation.
MAX_SUBSCRIPTIONS = 20

#: The actor; None for the command line.
SubscriptionActor: TypeAlias = "Person | ApiKey | None"


def subscribe(owner: Organization, url: str, processes: Sequence[str], actor: SubscriptionActor) -> Subscription:
    """Subscribe a URL to future events. Raise Refusal."""
    address = validate_url(url)
    if set(processes) - load_processes().keys():
        words = Words("没有这个流程", "there is no such process")
        raise Refusal(Reason.EVIDENCE, words, fields={"processes": words})
    with recorded() as log:
        if _UNSCOPED.rows(Subscription).filter(owner=owner, removed_at=None).count() >= MAX_SUBSCRIPTIONS:
            raise Refusal(
                Reason.STATE, Words(f"至多 {MAX_SUBSCRIPTIONS} 个", f"at most {MAX_SUBSCRIPTIONS} are possible")
            )
        subscription = _UNSCOPED.rows(Subscription).create(
            owner=owner,
            url=address,
            processes=sorted(set(processes)),
            cursor=last_place(),
            made_by=responsible_person(actor),
        )
        log.add(_draft("subscribed", subscription, actor, {"processes": subscription.processes}))
    return subscription


def set_active(subscription: Subscription, active: bool, actor: SubscriptionActor) -> None:
    """Pause or resume a subscription. Events during a pause are sent when it is resumed."""
    _change(subscription, "subscription_resumed" if active else "subscription_paused", actor, is_active=active)


def change_key(subscription: Subscription, actor: SubscriptionActor) -> None:
    """Sign with a new key. The previous key also signs."""
    _change(subscription, "subscription_key_changed", actor, generation=subscription.generation + 1)


def cancel_subscription(subscription: Subscription, actor: SubscriptionActor) -> None:
    """End a subscription."""
    _change(subscription, "subscription_ended", actor, removed_at=timezone.now())


def _change(subscription: Subscription, kind: str, actor: SubscriptionActor, **values: bool | int | datetime) -> None:
    with recorded() as log:
        row = _UNSCOPED.rows(Subscription).filter(pk=subscription.pk, removed_at=None)
        if not row.update(**values):
            raise Refusal(Reason.STATE, Words("此订阅已结束", "this subscription has ended"))
        log.add(_draft(kind, subscription, actor, {}))
    subscription.refresh_from_db()


def _draft(kind: str, subscription: Subscription, actor: SubscriptionActor, facts: dict[str, object]) -> Draft:
    actor_ref = actor.ref if actor else ""
    return Draft(kind, to_ms(timezone.now()), actor_ref, subscription.owner.ref, about=subscription.ref, facts=facts)
