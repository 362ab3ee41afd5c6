"""Sendings of legs: one row per item of the outbox, leg and action, its attempts, and what was sent on record."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.orders.digest_tables import SENDINGS
from fanzha.command.orders.exchange_folder import write_outgoing
from fanzha.command.orders.models import Endpoint, Sending, SendingState
from fanzha.command.processes.services import RETRY_DELAYS
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Dispatch, file_digest
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, OutboxItem

_UNSCOPED = unscoped("one worker sends the legs of all processes")

#: Kind of the entry that says what was sent to a receiver.
LEG_SENT = "leg_sent"
_ATTEMPT_FIELDS = ("problem", "last_at", "attempts")


class Sent(NamedTuple):
    """What was sent: its bytes, and the HTTP status of the receipt (0 without one)."""

    content: bytes
    status: int = 0


def attempt_sending(sending: Sending, item: OutboxItem, leg: Leg, send: Callable[[], Sent]) -> None:
    """Send, and store the outcome. Raise any error of the sending, which is given up after the last attempt."""
    try:
        sent = send()
    except Exception as problem:
        is_final = item.attempts + 1 > len(RETRY_DELAYS)
        update_sending(
            sending, SendingState.DEAD if is_final else SendingState.WAITING, f"{type(problem).__name__}: {problem}"
        )
        raise
    _record_sent(sending, leg, sent)


def get_or_create_sending(
    item: OutboxItem, leg: Leg, endpoint: Endpoint, *, is_undo: bool, action: str = ""
) -> Sending:
    """Return the sending of a leg for an item of the outbox; create it for the first attempt.

    An order sends a leg once for each `action`. Rows of older versions have none. A retry goes to the present endpoint,
    unless its numbered file was stored for the former one.
    """
    rows = _UNSCOPED.rows(Sending).filter(item=item, leg=leg.name, action__in=("", action))
    sending = rows.select_related("endpoint").first()
    if sending is not None:
        if sending.state != SendingState.SENT and not sending.file_name and sending.endpoint_id != endpoint.pk:
            with recorded() as log:
                sending.endpoint, sending.channel = endpoint, endpoint.channel
                sending.save(update_fields=["endpoint", "channel"])
                log.digest(SENDINGS.model, [sending.pk])
        return sending
    now = timezone.now()
    with recorded() as log:
        sending, _ = _UNSCOPED.rows(Sending).get_or_create(
            item=item,
            leg=leg.name,
            action=action,
            defaults={
                "instance": leg.instance,
                "receiver": leg.receiver,
                "endpoint": endpoint,
                "channel": endpoint.channel,
                "is_undo": is_undo,
                "began_at": now,
                "last_at": now,
            },
        )
        log.digest(SENDINGS.model, [sending.pk])
    return sending


def count_earlier(sending: Sending) -> int:
    """Count the earlier sendings of the same leg, action and direction."""
    rows = _UNSCOPED.rows(Sending).filter(instance=sending.instance_id, leg=sending.leg, action=sending.action)
    return rows.filter(is_undo=sending.is_undo, pk__lt=sending.pk).count()


def update_sending(sending: Sending, state: SendingState, problem: str = "") -> None:
    """Store the outcome of an attempt. A new state is on record."""
    is_same = sending.state == state
    sending.state, sending.problem, sending.last_at = state, problem[:400], timezone.now()
    sending.attempts += 1
    if is_same:
        sending.save(update_fields=_ATTEMPT_FIELDS)
        return
    with recorded() as log:
        sending.save(update_fields=["state", *_ATTEMPT_FIELDS])
        log.digest(SENDINGS.model, [sending.pk])


def _record_sent(sending: Sending, leg: Leg, sent: Sent) -> None:
    """Store the success, and record in the log what was sent to which receiver."""
    now = timezone.now()
    sending.state, sending.problem, sending.last_at, sending.sent_at = SendingState.SENT, "", now, now
    sending.content_digest = sha256(sent.content).hexdigest()
    sending.attempts += 1
    facts = {
        "leg": sending.leg,
        "action": sending.action,
        "channel": sending.channel,
        "endpoint": sending.endpoint.ref if sending.endpoint else "",
        "undo": sending.is_undo,
        "content": sending.content_digest,
        "status": sent.status,
    }
    with recorded() as log:
        sending.save(update_fields=["state", *_ATTEMPT_FIELDS, "sent_at", "content_digest"])
        log.digest(SENDINGS.model, [sending.pk])
        log.add(Draft(LEG_SENT, to_ms(now), "", leg.receiver.ref, leg.instance.ref, facts=facts))


def write_numbered_file(sending: Sending, build: Callable[[Endpoint], Dispatch]) -> Sent:
    """Store the numbered file before writing it to the outgoing folder, so that a retry writes the same file.

    `build` gets the endpoint, whose numbers are locked.
    """
    assert sending.endpoint is not None
    if not sending.file_name:
        with recorded() as log:
            endpoint = _UNSCOPED.rows(Endpoint).select_for_update().get(pk=sending.endpoint.pk)
            dispatch = build(endpoint)
            endpoint.sent_sequence, endpoint.sent_digest = endpoint.sent_sequence + 1, file_digest(dispatch.body)
            endpoint.save(update_fields=["sent_sequence", "sent_digest"])
            sending.file_name, sending.file_body = dispatch.file_name, dispatch.body
            sending.save(update_fields=["file_name", "file_body"])
            log.digest(SENDINGS.model, [sending.pk])
    if not sending.file_body:
        raise ValueError("what the file held was erased with the data of the person")
    write_outgoing(sending.endpoint, sending.file_name, bytes(sending.file_body))
    return Sent(bytes(sending.file_body))


def erase_files(person: str, **_sent: object) -> None:
    """Blank the stored files of all legs about a person (PIPL Art. 47). Receives `person_erased`.

    Files that the receiver has fetched are the receiver's. The digest of what was sent stays.
    """
    rows = _UNSCOPED.rows(Sending).exclude(file_name="")
    keys = list((rows.filter(instance__ref=person) | rows.filter(instance__about=person)).values_list("pk", flat=True))
    with recorded() as log:
        _UNSCOPED.rows(Sending).filter(pk__in=keys).update(file_body=b"")
        log.digest(SENDINGS.model, keys)
