"""Begin tracebacks, and end those that were answered. The process has the other steps."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.call_traceback.checks import PROCESS
from fanzha.command.call_traceback.links import full_name
from fanzha.command.call_traceback.messages import is_refusal, last_answers_taken
from fanzha.command.call_traceback.models import HopState, MessageState, Traceback, TracebackHop, TracebackMessage
from fanzha.command.call_traceback.numbers import mask_number
from fanzha.command.call_traceback.schemas import TracebackIn
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.selectors import find_instances, to_actor
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM

if TYPE_CHECKING:
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("tracebacks are ended for the operators that answered")
_ENDS = ("origin_found", "dead_end")
UNREACHABLE = "unreachable"


def begin_traceback(viewer: Viewer, body: TracebackIn, *, simulated: bool = False) -> Traceback:
    """Begin to trace a call that ended in the own network. Raise Refusal naming the fields."""
    owner = get_organization(viewer.organization)
    called_at = to_ms(body.called_at)
    given: dict[str, Any] = {
        "calling": body.calling.strip(),
        "duration": body.duration_s,
        "clock_ahead": max(body.clock_offset_ms, 0) or None,
        "clock_behind": max(-body.clock_offset_ms, 0) or None,
        "trunk": body.trunk.strip(),
    }
    evidence = {name: value for name, value in given.items() if value not in (None, "")} | {
        "called": body.called.strip(),
        "called_at": called_at,
        "purpose": body.purpose,
        "reason": body.reason.strip(),
    }
    about = About(title=mask_number(body.called), simulated=simulated or owner.simulated)
    with recorded():
        instance = open_process(PROCESS, "open", owner, to_actor(viewer), evidence, about=about)
        return _UNSCOPED.rows(Traceback).get(process=instance.ref)


def finish_answered(now: datetime) -> int:
    """End the tracebacks whose result reached who asked; return how many. The operator of the origin still acts."""
    origins = _UNSCOPED.rows(TracebackHop).filter(number=F("traceback__hop"), state=HopState.ORIGIN)
    rows = _UNSCOPED.rows(Traceback).filter(asker__isnull=False, ended_at=None, searched_at__isnull=False)
    ended = find_instances(_UNSCOPED).filter(ref=OuterRef("process"), state__in=_ENDS)
    rows = rows.exclude(pk__in=origins.values("traceback")).filter(Exists(ended))
    ready = {row.process: row for row in rows.order_by("pk")[:500]}
    taken = last_answers_taken([row.pk for row in ready.values()])
    finished = 0
    for ref, row in ready.items():
        if row.pk in taken:
            fire(ref, "report_result", SYSTEM, {}, at=now)
            finished += 1
    return finished


def end_unreachable(now: datetime) -> int:
    """End the tracebacks whose request was given up; return how many."""
    dead = _UNSCOPED.rows(TracebackMessage).filter(state=MessageState.DEAD, kind="request", traceback__ended_at=None)
    ended = 0
    open_hops = _UNSCOPED.rows(TracebackHop).filter(
        traceback=OuterRef("traceback"), number=OuterRef("traceback__hop") + 1, state=HopState.WAITING
    )
    for message in dead.filter(Exists(open_hops)).select_related("traceback", "link__partner").order_by("pk")[:100]:
        row = message.traceback
        hops = _UNSCOPED.rows(TracebackHop).filter(traceback=row, number=row.hop + 1, state=HopState.WAITING)
        with recorded():
            reason = "refused" if is_refusal(message.problem) else UNREACHABLE
            if not hops.update(state=HopState.ENDED, reason=reason):
                continue
            evidence = {"operator": full_name(message.link.partner), "reason": reason, "hop": row.hop + 1}
            fire(row.process, "end_reported", SYSTEM, evidence, at=now)
            ended += 1
    return ended
