"""Collect the cases behind the figures of a bulletin from what is on record: legs, steps, deadlines, false disposals.

Everything is counted as it stood at one moment: steps are never changed, so the same moment gives the same cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from fanzha.command.bulletins.measures import CaseFacts, CaseKind
from fanzha.command.orders.selectors import APPROVAL_EVENTS, find_targets
from fanzha.command.processes.selectors import (
    find_false_disposals,
    find_instances,
    find_legs,
    find_steps,
    load_processes,
    missed_on_leg,
)
from fanzha.command.web.scoping import unscoped
from fanzha.processes.effects import Effect
from fanzha.processes.process import Event, Process

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("a bulletin counts the cases of every company that its owner supervises")
_CHUNK = 2_000
_REPORT, _ORDER, _WARNING = "public_report", "order", "dissuasion"
#: States of a target that was approved, and the one of a target that was restored.
_APPROVED, _RESTORED = ("approved", "appealed", "restored", "ended"), "restored"
#: Steps of a report's leg by what they say of it, and the deadlines that its receiver must not miss.
_FOUND_TRUE = ("find_true", "report_disposed")
_CHECKED = (*_FOUND_TRUE, "find_unfounded")
_HANDLED = ("report_disposed", "find_unfounded")
_AGAIN = ("recheck",)
_PASSED_ON = ("pass_on",)
_REPORT_DEADLINES = ("acknowledge", "check", "dispose")
#: The same of an order's leg; legs with one of the last steps say nothing of whether it was carried out in time.
_EXECUTED = ("report_executed",)
_ORDER_DEADLINES = ("acknowledge", "answer_at_all", "execute")
_NOT_COUNTED = ("forward", "excuse", "cancel", "refuse")
#: Steps of a warning after which the person was reached.
_REACHED = ("reach", "refuse_to_listen", "says_wrong", "report_paid", "confirm_dissuaded", "confirm_loss")


class CaseSpan(NamedTuple):
    """Which cases count: of some companies (primary keys), begun in [`began_at`, `ended_at`), as they stood `as_of`."""

    companies: Collection[int]
    began_at: datetime
    ended_at: datetime
    as_of: datetime
    simulated: bool = False


def collect_cases(span: CaseSpan) -> Iterator[CaseFacts]:
    """Yield every case of a span."""
    yield from _report_cases(span)
    yield from _order_cases(span)
    yield from _limit_cases(span)
    yield from _appeal_cases(span)
    yield from _warning_cases(span)


def _report_cases(span: CaseSpan) -> Iterator[CaseFacts]:
    rows = _legs(span, _REPORT, _PASSED_ON).annotate(
        is_checked=_has_step(_CHECKED, span.as_of),
        is_true=_has_step(_FOUND_TRUE, span.as_of),
        is_handled=_has_step(_HANDLED, span.as_of),
        is_again=_has_step(_AGAIN, span.as_of),
        is_late=missed_on_leg(_REPORT_DEADLINES, span.as_of),
    )
    names = (*_LEG, "is_checked", "is_true", "is_handled", "is_again", "is_late")
    for company, process, leg, began_at, checked, true, handled, again, late in _values(rows, *names):
        yield CaseFacts(
            company,
            CaseKind.REPORT,
            process,
            leg,
            began_at,
            is_checked=checked,
            is_true=true,
            is_handled=handled,
            is_due=handled or late,
            is_in_time=handled and not late,
            is_reversed=handled and again,
        )


def _order_cases(span: CaseSpan) -> Iterator[CaseFacts]:
    rows = _legs(span, _ORDER, _NOT_COUNTED).annotate(
        is_handled=_has_step(_EXECUTED, span.as_of), is_late=missed_on_leg(_ORDER_DEADLINES, span.as_of)
    )
    for company, process, leg, began_at, handled, late in _values(rows, *_LEG, "is_handled", "is_late"):
        yield CaseFacts(
            company,
            CaseKind.ORDER,
            process,
            leg,
            began_at,
            is_handled=handled,
            is_due=handled or late,
            is_in_time=handled and not late,
        )


def _limit_cases(span: CaseSpan) -> Iterator[CaseFacts]:
    """Yield the limits that companies set in the span: targets of their own orders, and other processes that limit."""
    yield from _target_cases(span)
    entering = find_steps(_UNSCOPED).filter(_enters_limit(load_processes()), instance=OuterRef("pk"), leg="")
    rows = _find_processes(span).annotate(
        limited_at=Subquery(entering.order_by("number").values("at")[:1]),
        is_wrong=Exists(find_false_disposals(_UNSCOPED).filter(instance=OuterRef("pk"), at__lt=span.as_of)),
    )
    rows = rows.filter(limited_at__gte=span.began_at, limited_at__lt=span.ended_at).exclude(process=_ORDER)
    for company, process, limited_at, wrong in _values(rows, "owner", "ref", "limited_at", "is_wrong"):
        yield CaseFacts(company, CaseKind.LIMIT, process, "", limited_at, is_reversed=wrong)


def _target_cases(span: CaseSpan) -> Iterator[CaseFacts]:
    """Yield the targets of orders of companies that were first approved in the span."""
    approvals = find_steps(_UNSCOPED).filter(instance=OuterRef("instance"), event__in=APPROVAL_EVENTS, leg="")
    rows = find_targets(_UNSCOPED).filter(
        instance__owner__in=list(span.companies),
        instance__simulated=span.simulated,
        instance__changed_at__gte=span.began_at,
        state__in=_APPROVED,
    )
    rows = rows.annotate(ordered_at=Subquery(approvals.order_by("at").values("at")[:1]))
    rows = rows.filter(ordered_at__gte=span.began_at, ordered_at__lt=span.ended_at)
    names = ("instance__owner", "instance__ref", "place", "ordered_at", "state", "changed_at")
    for company, process, place, ordered_at, state, changed_at in _values(rows, *names):
        wrong = state == _RESTORED and changed_at < span.as_of
        yield CaseFacts(company, CaseKind.LIMIT, process, f"target {place + 1}", ordered_at, is_reversed=wrong)


def _appeal_cases(span: CaseSpan) -> Iterator[CaseFacts]:
    """Yield the decisions on appeals against limits of companies; one a step."""
    deciding = _deciding_events(load_processes())
    condition = Q(pk=None)
    for process, events in deciding.items():
        condition |= Q(instance__process=process, event__in=list(events))
    rows = find_steps(_UNSCOPED).filter(
        condition,
        leg="",
        instance__owner__in=list(span.companies),
        instance__simulated=span.simulated,
        at__gte=span.began_at,
        at__lt=span.ended_at,
    )
    names = ("instance__owner", "instance__ref", "at", "instance__process", "event")
    for company, ref, at, process, event in _values(rows, *names):
        yield CaseFacts(company, CaseKind.APPEAL, ref, "", at, is_reversed=deciding[process][event])


def _warning_cases(span: CaseSpan) -> Iterator[CaseFacts]:
    reached = find_steps(_UNSCOPED).filter(instance=OuterRef("pk"), leg="", event__in=_REACHED, at__lt=span.as_of)
    rows = _find_processes(span).filter(process=_WARNING, opened_at__gte=span.began_at, opened_at__lt=span.ended_at)
    rows = rows.annotate(is_reached=Exists(reached))
    for company, process, opened_at, is_reached in _values(rows, "owner", "ref", "opened_at", "is_reached"):
        yield CaseFacts(company, CaseKind.WARNING, process, "", opened_at, is_handled=is_reached)


_LEG = ("receiver", "instance__ref", "name", "opened_at")


def _legs(span: CaseSpan, process: str, not_counted: Iterable[str]) -> QuerySet[Any]:
    """Return the legs of companies of a process that were opened in a span, without those with certain steps."""
    rows = find_legs(_UNSCOPED).filter(
        instance__process=process,
        instance__simulated=span.simulated,
        receiver__in=list(span.companies),
        opened_at__gte=span.began_at,
        opened_at__lt=span.ended_at,
    )
    return rows.exclude(_has_step(not_counted, span.as_of))


def _find_processes(span: CaseSpan) -> QuerySet[ProcessInstance]:
    """Return the processes that companies own and that were opened before the end of a span."""
    rows = find_instances(_UNSCOPED).filter(owner__in=list(span.companies), opened_at__lt=span.ended_at)
    return rows.filter(simulated=span.simulated, changed_at__gte=span.began_at)


def _has_step(events: Iterable[str], before: datetime) -> Exists:
    """Return the condition that a leg had one of some events before a moment."""
    steps = find_steps(_UNSCOPED).filter(instance=OuterRef("instance"), leg=OuterRef("name"))
    return Exists(steps.filter(event__in=list(events), at__lt=before))


def _values(rows: QuerySet[Any], *names: str) -> Iterator[tuple[Any, ...]]:
    return rows.order_by("pk").values_list(*names).iterator(chunk_size=_CHUNK)


def _enters_limit(processes: dict[str, Process]) -> Q:
    """Return the condition of steps by which somebody comes into a limit."""
    condition = Q(pk=None)
    for process in processes.values():
        limiting = [name for name, state in process.states.items() if state.limiting]
        if limiting:
            condition |= Q(instance__process=process.name, after__in=limiting) & ~Q(before__in=limiting)
    return condition


def _deciding_events(processes: dict[str, Process]) -> dict[str, dict[str, bool]]:
    """Return the events that decide an appeal by process, each with whether it upholds the appeal."""
    found: dict[str, dict[str, bool]] = {}
    for process in processes.values():
        for name, event in process.events.items():
            if event.decides_appeal:
                found.setdefault(process.name, {})[name] = _upholds(process, event)
    return found


def _upholds(process: Process, event: Event) -> bool:
    """Return whether an event upholds an appeal: it records a false disposal, or somebody is free again by it."""
    if Effect.RECORD_FALSE_DISPOSAL in event.effects:
        return True
    was_limited = any(process.states[state].limiting for state in event.sources)
    return was_limited and bool(event.to) and not process.states[event.to].limiting
