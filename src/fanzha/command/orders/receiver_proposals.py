"""Propose the receivers of an order: who runs a number, holds a site, distributes apps or has an account.

Numbers are found by the tables of ported numbers and allocated ranges, sites by the inventories of access providers,
the allocation of addresses and the table of registrars, apps by the stores that take notices here. People may change
what is proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from fanzha.base.words import Words
from fanzha.command.hosting.selectors import find_holders, find_registrars
from fanzha.command.orders.models import Endpoint
from fanzha.command.orders.targets import may_receive
from fanzha.command.organizations.selectors import (
    SOURCE_WORDS,
    active_organizations,
    find_number_owners,
    find_operator_organization,
)
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import ACTION_SPECS, Action, Target
from fanzha.kinds.account import PLATFORMS

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("the endpoints of all receivers tell who blocks names and who distributes apps")

_NUMBERS = ("phone_number", "short_code")
_SITES = ("website", "host")
#: Actions that every organisation with a channel carries out, not only the holder of the target.
_BY_CHANNEL = {
    Action.BLOCK_ACCESS: ("response_zone", Words("其解析服务器加载阻断区", "its resolvers load the zone of this site")),
    Action.REMOVE_APP: ("store_notice", Words("接收下架通知的应用商店", "a store that takes notices from this site")),
}  # fmt: skip
_HOLDS = Words("接入网站清单或地址分配表", "inventory of hosted sites, or table of addresses")
_REGISTERED = Words("域名注册机构表（接入单位未知）", "table of registrars, for no host is known")
_HAS_ACCOUNT = Words("账号所属平台", "the platform of the account")
_NOBODY = {
    **dict.fromkeys(_NUMBERS, Words("号段分配表未指明本平台的单位", "no table of numbers names an organisation here")),
    **dict.fromkeys(
        _SITES,
        Words(
            "接入清单、地址分配表和域名注册机构表均未指明单位",
            "no inventory and no table names one",
        ),
    ),
    "app": Words("没有在本平台接收下架通知的应用商店", "no store takes notices from this site"),
    "account": Words("账号所属平台不在本平台", "the platform of the account takes no part here"),
}
_NO_TABLE = Words("没有可据以确定接收单位的表", "no table says who can act on it")


class TargetHolder(NamedTuple):
    """The organisation that holds a target, and by what that is known."""

    organization: Organization
    why: Words


class ReceiverProposal(NamedTuple):
    """A proposed receiver: how many targets it would get, and why."""

    organization: Organization
    targets: int
    why: tuple[Words, ...]


class ProposedReceivers(NamedTuple):
    """The proposed receivers, and how many targets have none for which reason."""

    receivers: tuple[ReceiverProposal, ...]
    missing: tuple[tuple[Words, int], ...]


def find_target_holders(actions: Mapping[Target, Action], at: datetime) -> dict[Target, list[TargetHolder]]:
    """Return who holds targets, where it is known and the law lets that organisation act.

    What is carried out by a channel is held by all who have it.
    """
    found: dict[Target, list[TargetHolder]] = {}
    for action in set(actions.values()) & _BY_CHANNEL.keys():
        holders = [TargetHolder(owner, _BY_CHANNEL[action][1]) for owner in _find_by_channel(action)]
        if holders:
            found |= dict.fromkeys((target for target in actions if actions[target] is action), holders)
    for target, holder in _find_single_holders([target for target in actions if target not in found], at):
        if may_receive(actions[target], holder.organization.kind):
            found[target] = [holder]
    return found


def _find_single_holders(targets: list[Target], at: datetime) -> Iterator[tuple[Target, TargetHolder]]:
    """Yield who runs a number, holds a site, or has an account."""
    numbers = [target for target in targets if target.kind in _NUMBERS]
    for target, owner in zip(numbers, find_number_owners([target.value for target in numbers], at), strict=True):
        if owner.organization is not None:
            yield target, TargetHolder(owner.organization, SOURCE_WORDS[owner.source])
    sites = [(target.kind, target.value) for target in targets if target.kind in _SITES]
    pks = find_holders(sites, at) if sites else {}
    organizations = active_organizations().in_bulk(set(pks.values()))
    for (kind, value), pk in pks.items():
        if pk in organizations:
            yield Target(kind, value), TargetHolder(organizations[pk], _HOLDS)
    hosts = [target.value for target in targets if target.kind == "website" and ("website", target.value) not in pks]
    registrars = find_registrars(hosts, at) if hosts else {}
    organizations = active_organizations().in_bulk(set(registrars.values()))
    for host, pk in registrars.items():
        if pk in organizations:
            yield Target("website", host), TargetHolder(organizations[pk], _REGISTERED)
    accounts = {target: target.value.partition(":")[0] for target in targets if target.kind == "account"}
    platforms = {name: _find_platform(name) for name in set(accounts.values())}
    for target, name in accounts.items():
        if (platform := platforms[name]) is not None:
            yield target, TargetHolder(platform, _HAS_ACCOUNT)


def propose_receivers(actions: Mapping[Target, Action], at: datetime) -> ProposedReceivers:
    """Return the receivers of an order on targets, each with the reason."""
    holders = find_target_holders(actions, at)
    organizations: dict[int, Organization] = {}
    counts, missing = Counter[int](), Counter[Words]()
    reasons: dict[int, dict[Words, None]] = {}
    for target in actions:
        for holder in holders.get(target, ()):
            pk = holder.organization.pk
            organizations[pk] = holder.organization
            counts[pk] += 1
            reasons.setdefault(pk, {})[holder.why] = None
        if target not in holders:
            missing[_NOBODY.get(target.kind, _NO_TABLE)] += 1
    receivers = [ReceiverProposal(organizations[pk], count, tuple(reasons[pk])) for pk, count in counts.items()]
    return ProposedReceivers(tuple(receivers), tuple(missing.most_common()))


def _find_by_channel(action: Action) -> list[Organization]:
    """Return the organisations that may do an action and have the channel that carries it everywhere."""
    channel = _BY_CHANNEL[action][0]
    owners = _UNSCOPED.rows(Endpoint).filter(channel=channel, is_active=True).values("owner")
    rows = active_organizations().filter(pk__in=owners, kind__in=ACTION_SPECS[action].by)
    return list(rows.order_by("pk"))


def _find_platform(name: str) -> Organization | None:
    """Return the organisation of a platform, by its code or its names."""
    words = PLATFORMS.get(name)
    names: Iterable[str] = (name, *(words or ()))
    found = (find_operator_organization(candidate) for candidate in names)
    return next((organization for organization in found if organization is not None), None)
