"""Take in what the sites of other operators ask and answer: verified, each once, in one transaction each."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import Recorder, recorded
from fanzha.command.call_traceback.checks import PROCESS
from fanzha.command.call_traceback.links import full_name
from fanzha.command.call_traceback.models import HopState, Traceback, TracebackHop, TracebackLink
from fanzha.command.call_traceback.numbers import mask_number
from fanzha.command.call_traceback.schemas import HopAnswer, TracebackAnswerIn, TracebackRequestIn
from fanzha.command.processes.selectors import find_instances, role_table_kind
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import IncomingMessage
from fanzha.dispose.signed_webhook import verified_id
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import SYSTEM, Actor
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.traceback_settings import load_traceback_settings

_UNSCOPED = unscoped("messages are taken in for the operator whose link they came by")
_WAITING_STATES = ("asked", "overdue")
#: Times of the operator that we asked, which we measure ourselves.
_OUR_CLOCK = ("asked_at", "due_at", "answered_at")
NOT_SAID = "–"
WRONG_HOP = Words("答复须自被询问的一跳开始", "an answer begins with the hop that was asked")


class Receipt(NamedTuple):
    """Our part of the traceback, and whether a message changed anything."""

    traceback: Traceback
    is_new: bool


def verify_message(link: TracebackLink, message: IncomingMessage, now: datetime) -> str:
    """Return the id of a signed message. Raise UnverifiedMessage."""
    return verified_id(message, tuple(link.their_keys.split()), to_ms(now))


def find_link(ref: str, partner: int) -> TracebackLink | None:
    """Return the link by which an operator (primary key) talks to us, None if it has none."""
    rows = _UNSCOPED.rows(TracebackLink).select_related("owner", "partner")
    return rows.filter(ref=ref, partner=partner, is_active=True).first()


def receive_request(link: TracebackLink, body: TracebackRequestIn, now: datetime | None = None) -> Receipt:
    """Open our part of a traceback that another operator asks for. A repeat changes nothing. Raise Refusal."""
    now = now or timezone.now()
    with recorded() as log:
        _UNSCOPED.rows(TracebackLink).select_for_update().get(pk=link.pk)
        existing = _UNSCOPED.rows(Traceback).filter(asker=link, request=body.request).first()
        if existing is not None:
            return Receipt(existing, False)
        evidence = {
            "called": body.called,
            "called_at": to_ms(body.called_at),
            "purpose": body.purpose,
            "reason": f"{body.initiator}: {body.trace}",
            "asked_by": full_name(link.partner),
            "reference": body.request,
            "due_by": to_ms(body.due_at),
        } | ({"calling": body.calling} if body.calling else {})
        about = About(title=mask_number(body.called), simulated=body.simulated)
        instance = open_process(PROCESS, "open", link.owner, _link_actor(link), evidence, about=about, at=now)
        rows = _UNSCOPED.rows(Traceback).filter(process=instance.ref)
        rows.update(
            trace=body.trace,
            hop=body.hop,
            asker=link,
            request=body.request,
            initiator=body.initiator,
            clock_offset_ms=body.clock_offset_ms,
            duration_ms=body.duration_ms,
            trunk=body.trunk,
            call_id=body.call_id,
            due_at=body.due_at,
        )
        row = rows.get()
        _UNSCOPED.rows(TracebackHop).filter(traceback=row).update(number=body.hop, due_at=body.due_at)
        _log(log, "traceback_request_received", link, row, now, hop=body.hop)
    return Receipt(row, True)


def receive_answer(link: TracebackLink, body: TracebackAnswerIn, now: datetime | None = None) -> Receipt | None:
    """Record what an upstream operator answers; return None if it was not asked. Raise Refusal.

    An answer whose revision is not above the last one changes nothing.
    """
    now = now or timezone.now()
    with recorded() as log:
        rows = _UNSCOPED.rows(Traceback).select_for_update().filter(owner=link.owner, ref=body.request)
        row = rows.first()
        if row is None or not _was_asked(row, link):
            return None
        if body.revision <= row.heard:
            return Receipt(row, False)
        if body.hops[0].number != row.hop + 1:
            raise Refusal(Reason.EVIDENCE, WRONG_HOP, fields={"hops": WRONG_HOP})
        rows.update(heard=body.revision)
        is_open = find_instances(_UNSCOPED).get(ref=row.process).state in _WAITING_STATES
        facts = {"revision": body.revision, "hops": len(body.hops), "used": is_open, "sha256": _digest(body)}
        _log(log, "traceback_answer_received", link, row, now, **facts)
        if is_open:  # what comes after the end is on record and changes nothing
            stored, answered = _store_hops(row, body.hops, now)
            _fire_answer(row, stored[-1], answered, now)
    return Receipt(row, is_open)


def _digest(body: TracebackAnswerIn) -> str:
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()


def _was_asked(row: Traceback, link: TracebackLink) -> bool:
    hops = _UNSCOPED.rows(TracebackHop).filter(traceback=row, number=row.hop + 1, operator=link.partner)
    return hops.exists()


def _store_hops(row: Traceback, answers: list[HopAnswer], now: datetime) -> tuple[list[HopAnswer], list[HopAnswer]]:
    """Write the hops from the next one on, without gaps and up to the largest number of hops.

    Return what was written, and what of it is answered for the first time.
    """
    most = load_traceback_settings().max_hops
    rows = _UNSCOPED.rows(TracebackHop).filter(traceback=row)
    done = set(rows.exclude(state=HopState.WAITING).values_list("number", flat=True))
    expected, stored, new = row.hop + 1, list[HopAnswer](), list[HopAnswer]()
    for answer in answers:
        if answer.number != expected or (stored and answer.number > most):
            break
        expected += 1
        stored.append(answer)
        values = answer.model_dump(exclude={"number", "operator"})
        if answer.number == row.hop + 1:  # its clock is ours
            values = {name: value for name, value in values.items() if name not in _OUR_CLOCK}
            if answer.state != "waiting" and answer.number not in done:
                values["answered_at"] = now
        defaults = values if answer.number == row.hop + 1 else values | {"operator_name": answer.operator}
        _UNSCOPED.rows(TracebackHop).update_or_create(
            traceback=row, number=answer.number, defaults=defaults, create_defaults=defaults | {"owner": row.owner}
        )
        if answer.state != "waiting" and answer.number not in done:
            new.append(answer)
    return stored, new


def _fire_answer(row: Traceback, last: HopAnswer, answered: list[HopAnswer], now: datetime) -> None:
    """Fire what the last hop says: it found the origin, it cannot go on, or it asked the next one."""
    if last.state == "origin":
        customer = last.customer_class or "other"
        evidence = _without_empty({"operator": last.operator, "customer_class": customer, "gateway": last.gateway})
        fire(row.process, "origin_reported", SYSTEM, evidence | {"hop": last.number}, at=now)
    elif last.state == "ended":
        why = {"operator": last.operator, "reason": last.reason or NOT_SAID}
        fire(row.process, "end_reported", SYSTEM, {**why, "hop": last.number}, at=now)
    else:
        for hop in answered:
            passed = {"operator": hop.operator, "upstream": hop.upstream or NOT_SAID}
            changed = {"hop": hop.number, "caller_changed": hop.caller_changed}
            fire(row.process, "hop_answered", SYSTEM, {**passed, **changed}, at=now)


def _without_empty(evidence: dict[str, str]) -> dict[str, object]:
    return {name: value for name, value in evidence.items() if value}


def _link_actor(link: TracebackLink) -> Actor:
    """Return the actor of a message: the system of the operator, by the link that it agreed on."""
    return Actor(
        person=f"link:{link.ref}",
        organization=link.owner.ref,
        kind=role_table_kind(link.owner),
        roles=frozenset({"liaison"}),
        is_key=True,
    )


def _log(log: Recorder, kind: str, link: TracebackLink, row: Traceback, now: datetime, **facts: object) -> None:
    log.add(
        Draft(
            kind,
            to_ms(now),
            f"link:{link.ref}",
            link.owner.ref,
            process=row.process,
            about=row.ref,
            facts={"from": link.partner.ref, "trace": row.trace, **facts},
        )
    )
