"""Public facts about a blocked host, for the page to which a resolver or gateway leads plain HTTP.

They are those of the notice to the person concerned (ATF Art. 32): who decided, on which basis, since and until when.
What has no notice yet, because the police withhold it, is unknown here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from fanzha.base.errors import Malformed
from fanzha.base.ids import digest, short_code
from fanzha.base.words import Words
from fanzha.command.orders.models import OrderTarget, TargetState
from fanzha.command.orders.public_facts import find_facts
from fanzha.command.processes.selectors import find_subject_notices
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Action
from fanzha.kinds.host import KIND as HOST
from fanzha.kinds.website import KIND as WEBSITE
from fanzha.kinds.website import is_address, registrable

_UNSCOPED = unscoped("everybody may read why a site is blocked")
LONGEST_HOST = 2_000
_HASH = re.compile(r"[0-9a-f]{32}")
_ACTIONS = (Action.BLOCK_ACCESS, Action.TAKE_DOWN)
_IN_FORCE = (TargetState.APPROVED, TargetState.APPEALED)


class BlockedHost(NamedTuple):
    """Why a host is blocked, in public words. `host` is ASCII, so that letters of other scripts show."""

    host: str
    order: str
    decided_by: Words
    fact: Words
    basis: Words
    remedy: Words
    since: datetime
    until: datetime | None
    is_appealed: bool


def find_blocked_host(host: str) -> BlockedHost | None:
    """Return the order in force on the host of an address, or on a domain above it; None if none is known here."""
    candidates = {digest(kind, value): (kind, value) for kind, value in _candidates(host)}
    return _find(list(candidates))


def find_blocked_hash(text: str) -> BlockedHost | None:
    """Return the order in force on a host by the digest of its kind and value (`fanzha.base.ids.digest`)."""
    return _find([text]) if _HASH.fullmatch(text) else None


def host_hash(host: str) -> str:
    """Return the digest of a website's host, by which a gateway may ask instead. Raise Malformed."""
    return digest("website", WEBSITE.normalise(host))


def _candidates(host: str) -> Iterator[tuple[str, str]]:
    """Yield kinds and values that an order on this host may name, the host itself first."""
    try:
        name = WEBSITE.normalise(host[:LONGEST_HOST].strip())
    except Malformed:
        return
    if is_address(name):
        yield "website", name
        yield "host", HOST.normalise(name)
        return
    top = registrable(name)
    while name and top:
        yield "website", name
        if name == top:
            return
        name = name.partition(".")[2]


def _find(things: list[str]) -> BlockedHost | None:
    rows = _UNSCOPED.rows(OrderTarget).filter(
        thing__in=things,
        kind__in=("website", "host"),
        action__in=_ACTIONS,
        state__in=_IN_FORCE,
        instance__ended_at=None,
    )
    rows = rows.exclude(value="").exclude(instance__simulated=True, instance__owner__simulated=False)
    by_order = {row.instance_id: row for row in rows.order_by("pk")}
    notices = find_subject_notices(_UNSCOPED).filter(instance__in=list(by_order))
    notice = notices.select_related("owner", "instance").order_by("written_at", "pk").first()
    if notice is None:
        return None
    target, owner = by_order[notice.instance_id], notice.owner
    facts = find_facts(owner, [(target.kind, target.thing)])
    return BlockedHost(
        host=target.value,
        order=short_code(notice.instance.ref),
        decided_by=Words(owner.name_zh, owner.name_en or owner.name_zh),
        fact=facts[target.thing],
        basis=Words(notice.basis_zh, notice.basis_en),
        remedy=Words(notice.remedy_zh, notice.remedy_en),
        since=notice.written_at,
        until=notice.until,
        is_appealed=target.state == TargetState.APPEALED,
    )
