"""Open the door of a notice by its code and proof, find notices at a desk, hand them over and print their codes."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.notices.deliveries import Attempt, record_attempt
from fanzha.command.notices.models import DeliveryOutcome, DeliveryRoute, LimitNotice
from fanzha.command.notices.notice_codes import (
    hash_notice_code,
    hash_proof,
    make_notice_code,
    make_pin,
    read_notice_code,
)
from fanzha.command.notices.registry import count_wrong_proof, find_things, replace_code
from fanzha.command.notices.selectors import find_by_code, find_by_value
from fanzha.command.organizations.services import Candidate, DisclosurePool, DisclosureRequest, record_disclosure
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.request_rates import RequestRate, counter, hash_network
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("the holder of a limited thing is nobody on the site: code and proof let them in")
_KEY = "notice-codes"
#: Wrong codes and proofs of one network (of one process of the site). Above the total of all networks each of them has
#: `FEW_TRIES`, so that no network locks out the others.
NETWORK_TRIES = RequestRate("notice tries", 30, 600.0)  # a shop's Wi-Fi has one address
ALL_TRIES = RequestRate("notice tries in total", 2_000, 600.0)
FEW_TRIES = 3
#: Wrong proofs after which a code opens nothing until a clerk replaces it.
MOST_WRONG_PROOFS = 10


def is_over_tries(address: str, *, counts: bool = False) -> bool:
    """Return whether a network tried too many wrong codes; with `counts` a wrong one is added.

    While all together try too many, a network has fewer tries, and one without a wrong try is never stopped.
    """
    network = hash_network(_KEY, address)
    is_attack = counter.is_over(ALL_TRIES, "", counts=counts)
    rate = NETWORK_TRIES._replace(most=FEW_TRIES) if is_attack else NETWORK_TRIES
    return counter.is_over(rate, network, counts=counts)


def open_notice(written_code: str, written_proof: str, now: datetime) -> LimitNotice | None:
    """Return the notice of a code and its proof, None for a wrong code or proof: the answer does not say which.

    That the holder read it proves the delivery.
    """
    code = hash_notice_code(read_notice_code(written_code))
    rows = _UNSCOPED.rows(LimitNotice).select_related("owner", "notice", "instance__version", "instance__owner")
    row = rows.filter(code=code).first()
    proof = hash_proof(row.ref if row else "", written_proof)
    if row is None or row.wrong_proofs >= MOST_WRONG_PROOFS:
        return None
    if not hmac.compare_digest(proof, row.proof):
        count_wrong_proof(row)
        return None
    record_attempt(row, Attempt(f"opened:{row.notice_id}:{row.pk}", DeliveryRoute.PAGE, DeliveryOutcome.OPENED), now)
    return row


def find_at_desk(viewer: Viewer, written: str, purpose: str) -> list[LimitNotice]:
    """Return the notices of a code, or of a number or account, that a viewer may read.

    Looking a number up is charged and logged with its purpose; raise DisclosureRefused above the budget.
    """
    if read_notice_code(written) and (by_code := list(find_by_code(written)[:1])):
        return by_code
    things, rows = find_by_value(written)
    if not things:
        return []
    candidates = [
        Candidate("notice", thing, weight=int(place == 0), text=things[0]) for place, thing in enumerate(things)
    ]
    record_disclosure(viewer, DisclosureRequest("notices", DisclosurePool.VALUES, candidates, purpose))
    return list(rows.order_by("lifted_at", "-pk")[:20])


def hand_over(viewer: Viewer, notice: LimitNotice, attempt: Attempt, by: Organization, now: datetime) -> None:
    """Record what a clerk did to deliver a notice."""
    record_attempt(notice, attempt._replace(key=f"desk:{secrets.token_hex(16)}"), now, actor=to_actor(viewer), by=by)


def print_code(viewer: Viewer, notice: LimitNotice, *, replaces: bool, now: datetime) -> tuple[str, str]:
    """Return code and digits of a notice for its holder, "" for digits that the holder knows; it is logged.

    `replaces`: the code before is lost or was tried too often, and opens nothing any more.
    """
    actor = to_actor(viewer)
    with recorded() as log:
        if replaces or notice.wrong_proofs >= MOST_WRONG_PROOFS:
            things = find_things(notice.instance, is_limited=notice.lifted_at is None)
            thing = next((thing for thing in things if thing.place == notice.place), None)
            if thing is not None:
                replace_code(notice, thing)
        facts = {"generation": notice.generation}
        log.add(
            Draft("notice_code_printed", to_ms(now), actor.person, actor.organization, about=notice.ref, facts=facts)
        )
    pin = make_pin(notice.ref, notice.generation) if notice.has_pin else ""
    return make_notice_code(notice.ref, notice.generation), pin
