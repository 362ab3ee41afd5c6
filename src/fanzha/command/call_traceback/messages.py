"""Messages to the sites of other operators: written with the step that causes them, sent until they are taken.

A message has one id in all its attempts, so that a repeat changes nothing at the receiver. Messages of a link go out
one after the other; one that the receiver refuses does not hold up the others.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.db.models import F, Max, Q
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.base.outgoing_request import RequestFailed, post
from fanzha.command.audit.services import recorded
from fanzha.command.call_traceback.links import address_policy, read_link_secret, signing_keys
from fanzha.command.call_traceback.models import (
    MessageState,
    Traceback,
    TracebackHop,
    TracebackLink,
    TracebackMessage,
)
from fanzha.command.call_traceback.schemas import HopAnswer, TracebackAnswerIn, TracebackRequestIn
from fanzha.command.processes.services import DeliveryPool, PendingDelivery
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import ChannelEndpoint
from fanzha.dispose.signed_webhook import signed_headers
from fanzha.processes.log.entry import Draft

_UNSCOPED = unscoped("one worker sends the messages of all operators")
LEASE = timedelta(minutes=2)
#: Waits between attempts (s); the last one is repeated until a week is over.
_DELAYS = (2, 4, 8, 30, 120, 600, 1_800)
MAX_ATTEMPTS = len(_DELAYS) + 2 * 24 * 7
#: A day of attempts, after which a receiver that refuses is asked no more.
MAX_REFUSALS = len(_DELAYS) + 2 * 24
MAX_MESSAGES = 100


def queue_request(
    row: Traceback, own: TracebackHop, link: TracebackLink, due_at: datetime, now: datetime
) -> TracebackMessage:
    """Queue the question to the upstream operator: what is needed to find the call, who asks, and why."""
    values = {
        "trace": row.trace,
        "request": row.ref,
        "hop": row.hop + 1,
        "called": row.called,
        "calling": own.caller or row.calling,
        "called_at": own.recorded_at or row.called_at,
        "clock_offset_ms": own.clock_offset_ms if own.recorded_at else row.clock_offset_ms,
        "duration_ms": row.duration_ms,
        "trunk": own.trunk,
        "call_id": own.call_id,
        "purpose": row.purpose,
        "initiator": row.initiator,
        "due_at": due_at,
        "simulated": row.simulated,
    }
    body = TracebackRequestIn.model_validate(values)
    return _queue(row, link, "request", body.model_dump_json(), now)


def queue_answer(row: Traceback, now: datetime) -> TracebackMessage:
    """Queue the answer to who asks: the own hop and all that is known from there on."""
    assert row.asker is not None
    _UNSCOPED.rows(Traceback).filter(pk=row.pk).update(revision=F("revision") + 1)
    row.refresh_from_db(fields=["revision"])
    hops = _UNSCOPED.rows(TracebackHop).filter(traceback=row, number__gte=row.hop).order_by("number")
    body = TracebackAnswerIn(request=row.request, revision=row.revision, hops=[HopAnswer.of(hop) for hop in hops])
    return _queue(row, row.asker, "answer", body.model_dump_json(), now)


def drop_requests(row: Traceback, reason: str) -> None:
    """Cancel the questions of a traceback that have not been sent yet."""
    waiting = _UNSCOPED.rows(TracebackMessage).filter(traceback=row, kind="request", state=MessageState.WAITING)
    waiting.update(state=MessageState.DEAD, problem=reason)


def _queue(row: Traceback, link: TracebackLink, message_kind: str, body: str, now: datetime) -> TracebackMessage:
    with recorded() as log:
        message = _UNSCOPED.rows(TracebackMessage).create(
            owner=row.owner, link=link, traceback=row, kind=message_kind, body=body, next_at=now
        )
        numbers = body.count('"caller_changed":true')  # other calling numbers that an answer gives away
        facts = {"message": message.ref, "kind": message_kind, "to": link.partner.ref, "hop": row.hop}
        facts["numbers"] = numbers
        log.add(
            Draft("traceback_message", to_ms(now), "", row.owner.ref, process=row.process, about=row.ref, facts=facts)
        )
    return message


def send_due(now: datetime, pool: DeliveryPool | None = None) -> int:
    """Send due messages in the pool and return 0; without a pool, send them here and return how many were taken."""
    due = _UNSCOPED.rows(TracebackMessage).filter(state=MessageState.WAITING, next_at__lte=now)
    links = sorted(set(due.values_list("link", flat=True)))
    if pool is None:
        return sum(send_to(link, now) for link in links)
    busy = pool.delivery_ids()
    for link in links:
        if link not in busy:
            pool.submit(link, PendingDelivery(frozenset({f"traceback:{link}"}), partial(_send_in_pool, link)))
    return 0


def _send_in_pool(link: int) -> None:
    send_to(link, timezone.now())


def send_to(link: int, now: datetime) -> int:
    """Send the due messages of one link, the oldest first; return how many were taken.

    A lease ensures that one worker at a time sends to a site. Stop when the site is not reached.
    """
    row = _UNSCOPED.rows(TracebackLink).filter(pk=link, is_active=True)
    is_free = Q(held_until=None) | Q(held_until__lt=timezone.now())
    held_until = timezone.now() + LEASE
    if not row.filter(is_free).update(held_until=held_until):
        return 0
    taken, deadline = 0, monotonic() + LEASE.total_seconds() / 2
    try:
        due = _UNSCOPED.rows(TracebackMessage).filter(link=link, state=MessageState.WAITING, next_at__lte=now)
        for message in due.select_related("link__owner", "link__partner").order_by("pk")[:MAX_MESSAGES]:
            problem = _attempt(message, now)
            taken += not problem
            if monotonic() > deadline or (problem and not problem.startswith("HTTP 4")):
                break
    finally:
        row.filter(held_until=held_until).update(held_until=None)
    return taken


def is_refusal(problem: str) -> bool:
    """Return whether the other site answered that it does not take the message."""
    return problem.startswith("HTTP 4") and problem[5:] not in ("408", "425", "429")


def _attempt(message: TracebackMessage, now: datetime) -> str:
    """Send one message; return the problem, "" if it was taken."""
    row = _UNSCOPED.rows(TracebackMessage).filter(pk=message.pk, state=MessageState.WAITING)
    attempts = message.attempts + 1
    try:
        send(message)
    except (RequestFailed, UsageError, ValueError) as failed:
        problem = str(failed)[:400] or type(failed).__name__
        wait = timedelta(seconds=_DELAYS[min(attempts, len(_DELAYS)) - 1])
        is_over = attempts > (MAX_REFUSALS if is_refusal(problem) else MAX_ATTEMPTS)
        state = MessageState.DEAD if is_over else MessageState.WAITING
        row.update(attempts=attempts, state=state, next_at=now + wait, problem=problem)
        return problem
    row.update(attempts=attempts, state=MessageState.DONE, done_at=timezone.now(), problem="")
    return ""


def send(message: TracebackMessage) -> None:
    """Send one message, signed, with the key of the other site's API. Raise RequestFailed or UsageError."""
    link, body = message.link, message.body.encode()
    url = f"{link.url.rstrip('/')}/{message.kind}s"
    endpoint = ChannelEndpoint(url=url, signing_keys=signing_keys(link))
    headers = signed_headers(f"traceback-{message.ref}", body, endpoint, to_ms(timezone.now()))
    post(url, headers | {"Authorization": f"Bearer {read_link_secret(link)}"}, body, address_policy())


def last_answers_taken(rows: list[int]) -> set[int]:
    """Return which tracebacks (primary keys) have no answer on its way."""
    messages = _UNSCOPED.rows(TracebackMessage).filter(traceback__in=rows, kind="answer")
    last = messages.values("traceback").annotate(last=Max("pk")).values("last")
    return set(messages.filter(pk__in=last, state=MessageState.DONE).values_list("traceback", flat=True))
