"""Create webhook events from process steps. Events carry references; details are read through the API."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from fanzha.base.clock import iso
from fanzha.command.audit.selectors import all_entries
from fanzha.command.organizations.selectors import build_viewer
from fanzha.command.processes.selectors import steps_readable_by
from fanzha.command.processes.services import STEP_ENTRY_KIND
from fanzha.command.web.scoping import unscoped
from fanzha.command.webhooks.models import Delivery, Subscription

if TYPE_CHECKING:
    from fanzha.command.audit.models import LogEntry

_UNSCOPED = unscoped("events are queued for all subscribers")

TYPE = "fanzha.step.v1"
#: Log entries per chunk and subscriber.
CHUNK = 1_000
_FACT_NAMES = ("process", "number", "leg", "event", "before", "after")


class QueueResult(NamedTuple):
    """The number of log entries read, and of events queued for the subscriber."""

    entries: int
    queued: int


def queue_events(subscription: Subscription, now: datetime) -> QueueResult:
    """Queue the events since the subscription's cursor, in the order of the log.

    Call it in a transaction. The log has the order of commits, so no entry appears before the cursor later.
    """
    entries = list(all_entries(_UNSCOPED).filter(place__gt=subscription.cursor).order_by("place")[:CHUNK])
    if not entries:
        return QueueResult(0, 0)
    events = list(_readable(subscription, [entry for entry in entries if entry.kind == STEP_ENTRY_KIND]))
    _UNSCOPED.rows(Delivery).bulk_create(
        [
            Delivery(owner=subscription.owner, subscription=subscription, place=p, body=b, next_at=now)
            for p, b in events
        ],
        ignore_conflicts=True,
    )
    subscription.cursor = entries[-1].place
    _UNSCOPED.rows(Subscription).filter(pk=subscription.pk).update(cursor=subscription.cursor)
    return QueueResult(len(entries), len(events))


def _readable(subscription: Subscription, entries: "Iterable[LogEntry]") -> Iterator[tuple[int, str]]:
    """Yield place and body of the steps that the subscriber's organisation may read."""
    candidates = [(entry, msgspec.json.decode(entry.facts)) for entry in entries]
    if subscription.processes:
        candidates = [(entry, facts) for entry, facts in candidates if facts["process"] in subscription.processes]
    steps = steps_readable_by(build_viewer(subscription.owner, frozenset(), None))
    refs = {entry.process for entry, _ in candidates}
    find_steps = set(steps.filter(instance__ref__in=refs).values_list("instance__ref", "number"))
    for entry, facts in candidates:
        if (entry.process, facts["number"]) in find_steps:
            yield entry.place, _body(entry, facts)


def _body(entry: "LogEntry", facts: dict[str, object]) -> str:
    data = {"instance": entry.process} | {name: facts[name] for name in _FACT_NAMES}
    event = {"type": TYPE, "timestamp": iso(entry.at), "data": data}
    return msgspec.json.encode(event).decode()
