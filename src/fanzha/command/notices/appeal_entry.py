"""File the appeal of the holder of a limited thing, by the person or by a clerk; the process decides it later.

The process decides who may hear it, by when, and what upholding it restores. The person acts as the party concerned,
or, where a process takes appeals in by an office alone, by the office of the owner; that actor is a key, which the
engine lets decide nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.notices.models import LimitAppeal, LimitNotice
from fanzha.command.notices.notice_codes import hash_appeal_receipt, make_appeal_receipt
from fanzha.command.notices.registry import HIGHER, WITHDRAWALS
from fanzha.command.orders.selectors import APPEAL_PROCESS, PROCESS
from fanzha.command.organizations.selectors import organizations_by_ref
from fanzha.command.processes.selectors import find_instances, list_offers, role_table_kind
from fanzha.command.processes.services import About, fire, open_process, store_for_organization
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import Actor, PartyRole
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.processes.situation import Offer

_UNSCOPED = unscoped("the holder of a notice code appeals in the process that limits")
#: How the reference of a holder begins, as an actor.
_HOLDER = "notice:"
ANSWER, QUESTION = "answer_question", "ask_person"
LONGEST_STATEMENT = 5_000
MOST_PAPERS = 3
NOT_NOW = Words(
    "现在不能提出申诉：限制已解除，或申诉正在办理",
    "There is nothing to appeal against now: the limit has ended, or an appeal is being heard.",
)
NOT_THIS = Words("现在不能办理此项", "This cannot be done now.")


@dataclass(frozen=True)
class Statement:
    """What a person says in an appeal: text, pictures of papers (stripped), and where it was taken in."""

    text: str
    papers: Sequence[bytes] = ()
    channel: str = "online"


def holder_actor(notice: LimitNotice) -> Actor:
    """Return the person as an actor of the process that limits; the reference says nothing of the person."""
    owner, person = notice.owner, f"{_HOLDER}{notice.ref}"
    if notice.instance.process != PROCESS:
        return Actor(person=person, organization=owner.ref, party_roles=frozenset({PartyRole.SUBJECT}))
    return Actor(
        person=person,
        organization=owner.ref,
        kind=role_table_kind(owner),
        roles=frozenset({"clerk"}),
        is_key=True,
    )


def is_holder(actor: Actor) -> bool:
    """Return whether an actor is the holder of a notice, by the code of the notice."""
    return actor.person.startswith(_HOLDER)


def find_appeal(notice: LimitNotice) -> LimitAppeal | None:
    """Return the latest appeal of a notice, None if there is none."""
    return notice.appeals.select_related("instance__version", "instance__owner").order_by("-number").first()


def can_appeal(notice: LimitNotice, actor: Actor | None = None) -> bool:
    """Return whether an appeal can be filed now: the limit holds, and none is being heard."""
    if notice.instance.process == PROCESS:
        latest = find_appeal(notice)
        return notice.lifted_at is None and not (latest and latest.instance.ended_at is None)
    return bool(_appeal_offers(notice, actor or holder_actor(notice)))


def file_appeal(notice: LimitNotice, statement: Statement, now: datetime, actor: Actor | None = None) -> str:
    """File an appeal and return its receipt code. `actor` is the clerk who takes it in, None for the person.

    Raise Refusal if nothing can be appealed against now.
    """
    by = actor or holder_actor(notice)
    if not can_appeal(notice, by):
        raise Refusal(Reason.STATE, NOT_NOW)
    with recorded():
        instance = _file(notice, statement, by, now)
        number = (notice.appeals.aggregate(last=Max("number"))["last"] or 0) + 1
        code = make_appeal_receipt(notice.ref, number)
        LimitAppeal.objects.create(
            notice=notice,
            instance=instance,
            number=number,
            receipt=hash_appeal_receipt(code),
            channel=statement.channel,
            filer=actor.person if actor else "",
            filed_at=now,
        )
    return code


def appeal_higher(appeal: LimitAppeal, statement: Statement, now: datetime, actor: Actor | None = None) -> None:
    """Take a rejected appeal to the regulator. Raise Refusal if that is not possible now."""
    _fire(appeal, HIGHER, statement, now, actor)


def answer_question(appeal: LimitAppeal, statement: Statement, now: datetime, actor: Actor | None = None) -> None:
    """Answer what the reviewer asked. Raise Refusal if nothing was asked."""
    _fire(appeal, frozenset({ANSWER}), statement, now, actor)


def withdraw_appeal(appeal: LimitAppeal, statement: Statement, now: datetime, actor: Actor | None = None) -> None:
    """Withdraw an appeal that is being heard. Raise Refusal if that is not possible now."""
    _fire(appeal, WITHDRAWALS, statement, now, actor)


def allowed_events(appeal: LimitAppeal) -> frozenset[str]:
    """Return what the person may do with an appeal now: withdraw it, answer, or take it to the regulator."""
    wanted = HIGHER | WITHDRAWALS | {ANSWER}
    offers = _offers(appeal.instance, holder_actor(appeal.notice))
    return frozenset(offer.event for offer in offers if offer.event in wanted)


def find_by_receipt(code: str) -> LimitAppeal | None:
    """Return the appeal of a receipt code, None if there is none."""
    rows = LimitAppeal.objects.select_related(
        "notice__owner", "notice__instance", "instance__version", "instance__owner"
    )
    return rows.filter(receipt=hash_appeal_receipt(code)).first() if code else None


def _file(notice: LimitNotice, statement: Statement, actor: Actor, now: datetime) -> ProcessInstance:
    if notice.instance.process == PROCESS:
        evidence = {
            "order": notice.instance.ref,
            "targets": (notice.place,),
            "channel": statement.channel,
            **_evidence(statement, actor, ("text", "papers")),
        }
        about = About(title=notice.shown, simulated=notice.simulated)
        with unscoped("the process is opened for its owner, whoever takes the appeal in"):
            return open_process(APPEAL_PROCESS, "appeal", notice.owner, actor, evidence, about=about, at=now)
    offer = next(iter(_appeal_offers(notice, actor)), None)
    if offer is None:  # another appeal was filed since it was asked
        raise Refusal(Reason.STATE, NOT_NOW)
    fire(notice.instance.ref, offer.event, actor, _evidence(statement, actor, offer.evidence), at=now)
    return notice.instance


def _fire(
    appeal: LimitAppeal, events: frozenset[str], statement: Statement, now: datetime, actor: Actor | None
) -> None:
    """Fire the one of some events that is possible now. Raise Refusal if none is."""
    by = actor or holder_actor(appeal.notice)
    offer = next((offer for offer in _offers(appeal.instance, by) if offer.event in events), None)
    if offer is None:
        raise Refusal(Reason.STATE, NOT_THIS)
    fire(appeal.instance.ref, offer.event, by, _evidence(statement, by, offer.evidence), at=now)
    appeal.refresh_from_db()


def _offers(instance: ProcessInstance, actor: Actor) -> list[Offer]:
    with unscoped("the holder of a notice code follows the own process"):
        current = find_instances(_UNSCOPED).select_related("version").get(pk=instance.pk)
        return [offer for offer in list_offers(current, actor) if offer.why_not is None and not offer.leg]


def _appeal_offers(notice: LimitNotice, actor: Actor) -> list[Offer]:
    """Return the appeals that the process allows now; the one to the regulator continues an appeal."""
    events = notice.instance.version.process.events
    offers = _offers(notice.instance, actor)
    return [offer for offer in offers if events[offer.event].appeal and offer.event not in HIGHER]


def _evidence(statement: Statement, actor: Actor, fields: Any) -> dict[str, Any]:
    """Return what a person says as the evidence of an event: those of its fields that a person can give."""
    text = statement.text.strip()[:LONGEST_STATEMENT]
    given: dict[str, Any] = {"text": text, "statement": text, "reason": text, "answer": text}
    given["channel"] = statement.channel
    if statement.papers:
        owner = organizations_by_ref([actor.organization])[actor.organization].pk
        given["papers"] = tuple(store_for_organization(paper, owner) for paper in statement.papers[:MOST_PAPERS])
    return {name: value for name, value in given.items() if name in fields}
