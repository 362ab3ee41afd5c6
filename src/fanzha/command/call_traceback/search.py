"""Search the own call records for a traced call, and take the step that the result allows.

The result of the search and the step are one transaction. What the records do not decide waits for a person.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from fanzha.base.clock import from_ms, to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.call_traceback.links import find_joined_link, full_name
from fanzha.command.call_traceback.matching import CallMatch, CallQuestion, canonical_number, match_call
from fanzha.command.call_traceback.models import (
    CustomerClass,
    Traceback,
    TracebackHop,
    TrunkParty,
    TrunkPartyKind,
)
from fanzha.command.call_traceback.trunks import find_trunk_party
from fanzha.command.processes.selectors import to_party
from fanzha.command.processes.services import fire
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM
from fanzha.processes.refusal import Refusal
from fanzha.store.call_records import UnreadableRecords, find_calls, has_records
from fanzha.store.traceback_settings import TracebackSettings, load_traceback_settings

log = logging.getLogger(__name__)
_UNSCOPED = unscoped("records are searched for the operators that were asked")
#: How an operator's own mobile subscribers come in.
_OWN_ACCESS = "mobile"
_MOST = 50
_DAY = timedelta(days=1)


class HopConclusion(NamedTuple):
    """The event that the system fires, with its evidence."""

    event: str
    evidence: dict[str, Any]


NEED_PERSON = HopConclusion("need_person", {})


def search_due(now: datetime) -> int:
    """Search the records for the tracebacks that wait for it; return for how many."""
    rows = _UNSCOPED.rows(Traceback).filter(searched_at=None).select_related("owner", "asker").order_by("pk")
    searched = 0
    for row in rows[:_MOST]:
        search_records(row, now)
        searched += 1
    return searched


def search_records(row: Traceback, now: datetime) -> None:
    """Search the records for one traceback, and take the step."""
    settings = load_traceback_settings()
    try:
        match, is_covered = _find_match(row, settings)
        step = _decide(row, match, settings, is_covered=is_covered)
    except (OSError, UnreadableRecords):
        log.exception("the records for the traceback %s cannot be read", row.ref)
        match, step = CallMatch(), NEED_PERSON
    with recorded():
        if not _UNSCOPED.rows(Traceback).filter(pk=row.pk, searched_at=None).update(searched_at=now):
            return
        _store_match(row, match, settings)
        try:
            fire(row.process, step.event, SYSTEM, step.evidence, at=now)
        except Refusal as refused:  # a person was faster
            log.info("traceback %s: %s", row.ref, refused)


def _find_match(row: Traceback, settings: TracebackSettings) -> tuple[CallMatch, bool]:
    """Return the match, and whether the records cover the time of the call."""
    at = to_ms(row.called_at) - row.clock_offset_ms + settings.clock_offset_ms
    tolerance = round(settings.tolerance_seconds * 1_000)
    called = canonical_number(row.called)
    records = find_calls(row.owner.ref, called, at - tolerance, at + tolerance)
    question = CallQuestion(called, row.calling, at, row.duration_ms, row.call_id)
    match = match_call(question, records, round(settings.duration_tolerance_seconds * 1_000))
    return match, match.candidates > 0 or has_records(row.owner.ref, at)


def _store_match(row: Traceback, match: CallMatch, settings: TracebackSettings) -> None:
    values: dict[str, Any] = {"matched_by": match.matched_by, "candidates": match.candidates}
    if (record := match.record) is not None:
        values |= {
            "trunk": record.trunk[:64],
            "call_id": record.call_id[:200],
            "recorded_at": from_ms(record.at),
            "clock_offset_ms": settings.clock_offset_ms,
            "caller": record.caller[:120],
            "caller_changed": match.caller_changed,
        }
    _UNSCOPED.rows(TracebackHop).filter(traceback=row, number=row.hop).update(**values)


def _decide(row: Traceback, match: CallMatch, settings: TracebackSettings, *, is_covered: bool) -> HopConclusion:
    if row.asker is not None and (not row.asker.answers_alone or _is_over_budget(row, settings)):
        return NEED_PERSON
    others = _UNSCOPED.rows(Traceback).filter(owner=row.owner_id, trace=row.trace, pk__lt=row.pk)
    if others.exists():
        return _end("loop")
    known_trunk = row.trunk if row.asker is None else ""  # by who began it; another operator names its own trunk
    trunk, ingress = (match.record.trunk, match.record.ingress) if match.record else (known_trunk, "")
    if match.record is None and not trunk:
        return NEED_PERSON if match.candidates else _end("not_matched" if is_covered else "no_records")
    party = find_trunk_party(row.owner_id, trunk, row.called_at) if trunk else None
    if party is None:
        return _own_subscriber(trunk) if ingress == _OWN_ACCESS else NEED_PERSON
    return _ask(row, party, settings)


def _is_over_budget(row: Traceback, settings: TracebackSettings) -> bool:
    """Return whether the operator asked so much within a day that people must look."""
    asked = _UNSCOPED.rows(Traceback).filter(asker=row.asker_id, asked_at__gt=row.asked_at - _DAY, pk__lte=row.pk)
    return asked.count() > settings.questions_a_day


def _ask(row: Traceback, party: TrunkParty, settings: TracebackSettings) -> HopConclusion:
    """Return the step for who is behind the trunk of the call."""
    if party.kind == TrunkPartyKind.CUSTOMER:
        evidence = {"customer_class": party.customer_class, "gateway": party.name, "trunk": party.trunk}
        return HopConclusion("find_origin", evidence)
    if party.kind == TrunkPartyKind.FOREIGN or party.operator is None:
        name = f"{party.name} ({party.country})" if party.country else party.name
        return _end("foreign", name, party.trunk)
    if row.hop >= settings.max_hops:
        return _end("too_far", full_name(party.operator), party.trunk)
    if find_joined_link(row.owner_id, party.operator.pk) is None:
        return _end("not_joined", full_name(party.operator), party.trunk)
    return HopConclusion("ask_upstream", {"upstream": to_party(party.operator), "trunk": party.trunk})


def _own_subscriber(trunk: str) -> HopConclusion:
    evidence = {"customer_class": CustomerClass.SUBSCRIBER.value, "gateway": _OWN_ACCESS}
    return HopConclusion("find_origin", evidence | ({"trunk": trunk} if trunk else {}))


def _end(reason: str, operator: str = "", trunk: str = "") -> HopConclusion:
    evidence = {"reason": reason, "operator": operator, "trunk": trunk}
    return HopConclusion("end_here", {name: value for name, value in evidence.items() if value})
