"""Let the owner of a number dispute its tags with a code from a counter, and another organisation decide."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.number_tags.models import Tag, TagDispute, TagOutcome
from fanzha.command.number_tags.services import (
    PHONE,
    canonical_value,
    find_operator_signals,
    hash_for,
    refresh_shown,
    settle_tags,
)
from fanzha.command.organizations.selectors import (
    active_organizations,
    current_memberships,
    explain_foreign_numbers,
)
from fanzha.command.web.roles import Kind
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person

_UNSCOPED = unscoped("an owner's code opens a dispute, whoever took the tags in")
CODE_DAYS = timedelta(days=14)
#: How long after the decision a code still shows it.
LOOKUP_DAYS = timedelta(days=90)
#: Wrong codes for a number after which its codes are void: too many to void the codes of others by chance, too few to
#: guess one of 10^8 codes.
MOST_FAILURES = 1_000
#: Kinds of organisations that decide disputes.
DECIDERS = (Kind.CENTRE, Kind.REGULATOR)


#: Not in the table of the operator: what to do about it, and the other way of proof.
NOT_IN_TABLE = Words(
    "该号码属于本企业，但不在本企业的“号码状态”表（number_signals）中。可由管理员或业务受理员在“导入”中补充、审核员"
    "批准；或现在在客户系统中核对该号码的现机主，并勾选“已在客户系统中核对现机主”。",
    "You run this number, but it is not in your table “Signals of numbers” (number_signals). An administrator or clerk "
    "brings it in under Imports and a reviewer approves it; or look the present holder up in your customer system now, "
    "and tick that you did.",
)
_SHOP = Words("请机主到该企业的营业厅领取异议码。", "Send the holder to that operator: its shop gives the code.")


def give_code(
    owner: Organization, value: str, person: Person, *, is_in_customer_system: bool = False
) -> tuple[TagDispute, str]:
    """Give a code to a person who proved at a counter to hold a number; return it once, with its row.

    The operator runs the number and has it in its own table of signals, or `is_in_customer_system`: the clerk looked
    the present holder up there. Raise Malformed, and Refusal which says what is missing and what to do.
    """
    canonical, now = canonical_value(PHONE, value), timezone.now()
    proof = _find_proof(owner, canonical, now, is_in_customer_system=is_in_customer_system)
    code = f"{secrets.randbelow(10**8):08d}"
    with recorded() as log:
        row = _UNSCOPED.rows(TagDispute).create(
            owner=owner,
            kind=PHONE,
            value=canonical,
            code_hash=hash_for("code", f"{canonical} {code}"),
            given_by=person,
            given_at=now,
        )
        log.add(Draft("tag_code_given", to_ms(now), person.ref, owner.ref, about=row.ref, facts={"proof": proof}))
    return row, code


def _find_proof(owner: Organization, canonical: str, now: datetime, *, is_in_customer_system: bool) -> str:
    """Return by what the number is the operator's own. Raise Refusal."""
    if find_operator_signals(canonical, now, owner.ref) is not None:
        return "table"
    (foreign,) = explain_foreign_numbers(owner, [canonical], now)
    if foreign is None and is_in_customer_system:
        return "customer_system"
    words = NOT_IN_TABLE if foreign is None else Words(f"{foreign.zh}。{_SHOP.zh}", f"{foreign.en}. {_SHOP.en}")
    raise Refusal(Reason.EVIDENCE, words, fields={"number": words})


def dispute_tags(value: str, code: str, statement: str) -> bool:
    """Dispute the tags of a number with a code: they are hidden at once. Return whether the code was valid."""
    try:
        canonical = canonical_value(PHONE, value)
    except Malformed:
        return False
    now, given = timezone.now(), hash_for("code", f"{canonical} {code.strip()}")
    rows = _UNSCOPED.rows(TagDispute).filter(kind=PHONE, value=canonical, disputed_at=None)
    rows = rows.filter(given_at__gt=now - CODE_DAYS, failures__lt=MOST_FAILURES)
    row = next((one for one in rows.select_related("owner") if hmac.compare_digest(one.code_hash, given)), None)
    if row is None:
        with recorded():  # a wrong code may have been meant for any dispute of the number, also for a look-up
            every = _UNSCOPED.rows(TagDispute).filter(kind=PHONE, value=canonical, failures__lt=MOST_FAILURES)
            every.update(failures=F("failures") + 1)
        return False
    with recorded() as log:
        decider = choose_decider(row)
        fields = {"disputed_at": now, "statement": statement.strip()[:400], "decider": decider}
        if not _UNSCOPED.rows(TagDispute).filter(pk=row.pk, disputed_at=None).update(**fields):
            return False  # the code was used meanwhile
        facts = {"decider": decider.ref}
        log.add(Draft("tags_disputed", to_ms(now), "", row.owner.ref, about=row.ref, facts=facts))
        refresh_shown([(PHONE, canonical)], now)
    return True


def find_dispute(value: str, code: str) -> TagDispute | None:
    """Return the dispute that was made with a number and its code, None if there is none.

    A code opens it no more after `LOOKUP_DAYS` since the decision, or after too many wrong ones.
    """
    try:
        canonical = canonical_value(PHONE, value)
    except Malformed:
        return None
    given = hash_for("code", f"{canonical} {code.strip()}")
    rows = _UNSCOPED.rows(TagDispute).filter(kind=PHONE, value=canonical, disputed_at__isnull=False)
    is_recent = Q(decided_at=None) | Q(decided_at__gt=timezone.now() - LOOKUP_DAYS)
    rows = rows.filter(is_recent, failures__lt=MOST_FAILURES).select_related("owner", "decider")
    return next((row for row in rows if hmac.compare_digest(row.code_hash, given)), None)


def choose_decider(dispute: TagDispute) -> Organization:
    """Return who decides a dispute: a centre or regulator that neither gave the code nor took one of the tags in.

    Those of the operator's province come first, then those of the whole country. Who decided on this number before is
    asked last. Where every centre and regulator took tags in, a regulator decides; where there is none, another unit of
    the operator.
    """
    tags = _UNSCOPED.rows(Tag).filter(kind=dispute.kind, value=dispute.value)
    publishers = {dispute.owner_id, *tags.order_by().values_list("owner", flat=True).distinct()}
    earlier = _UNSCOPED.rows(TagDispute).filter(kind=dispute.kind, value=dispute.value, decided_at__isnull=False)
    decided = set(earlier.values_list("decider", flat=True))

    def preference(organization: Organization) -> tuple[bool, bool, int, bool, int]:
        distance = (dispute.owner.province, "").index(organization.province)
        is_regulator = organization.kind == Kind.REGULATOR
        return organization.pk in publishers, organization.pk in decided, distance, is_regulator, organization.pk

    provinces = {dispute.owner.province, ""}
    found = active_organizations().filter(kind__in=DECIDERS, province__in=provinces).exclude(pk=dispute.owner_id)
    candidates = [one for one in found if one.pk not in publishers or one.kind == Kind.REGULATOR]
    return min(candidates, key=preference, default=dispute.owner)


def decide_dispute(dispute: TagDispute, person: Person, *, upheld: bool) -> None:
    """Decide a dispute: upheld, the tags are refuted and proofs withdrawn; else they are shown again.

    Raise Refusal for who gave the code; where the operator itself must decide, also for their unit.
    """
    if dispute.given_by_id == person.pk:
        raise Refusal(
            Reason.SAME_PERSON, Words("须由发码人以外的人决定", "somebody other than who gave the code decides")
        )
    if dispute.decider_id in (None, dispute.owner_id) and _is_same_unit(dispute, person):
        raise Refusal(
            Reason.SAME_PERSON,
            Words("须由发码人所在部门以外的部门决定", "another unit than that of who gave the code decides"),
        )
    now = timezone.now()
    with recorded() as log:
        rows = _UNSCOPED.rows(TagDispute).filter(pk=dispute.pk, upheld=None, disputed_at__isnull=False)
        if not rows.update(upheld=upheld, decided_by=person, decided_at=now):
            raise Refusal(Reason.STATE, Words("已决定，或尚未提出异议", "it was decided, or nothing was disputed"))
        facts = {"upheld": upheld}
        log.add(Draft("tag_dispute_decided", to_ms(now), person.ref, dispute.owner.ref, about=dispute.ref, facts=facts))
        if upheld:
            settle_tags(dispute.kind, dispute.value, TagOutcome.REFUTED, now, actor=person.ref)
        refresh_shown([(dispute.kind, dispute.value)], now)


def _is_same_unit(dispute: TagDispute, person: Person) -> bool:
    """Return whether a person works in the unit of who gave the code; a unit without a name is no unit of its own."""
    rows = current_memberships().filter(organization=dispute.owner_id)
    units = set(rows.filter(person=dispute.given_by_id).values_list("unit", flat=True))
    own = set(rows.filter(person=person.pk).values_list("unit", flat=True))
    return bool(units & own - {""})
