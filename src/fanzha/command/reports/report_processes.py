"""Open the process of a report, or let it join a running one; concurrent workers settle each report once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.processes.selectors import (
    current_situation,
    find_instances,
    find_steps,
    role_table_kind,
    to_party,
)
from fanzha.command.processes.services import About, fire, is_simulated, open_process, store_for_organization
from fanzha.command.reports.models import Report, ReportState
from fanzha.command.reports.routing import find_route
from fanzha.command.reports.screenshot_store import read_screenshot
from fanzha.command.reports.targets import UNKNOWN
from fanzha.command.subjects.selectors import mask_value
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import SYSTEM, Actor, PartyRole

_UNSCOPED = unscoped("reports are settled for the organisation that received them")
PROCESS = "public_report"
#: The owner asks the reporter something; the reporter, or a clerk by phone, answers.
QUESTION, REPLY = "ask_reporter", "answer_question"
#: What identifies a report: kind and value of its thing, or "text" and the digest of its words; and whether money was
#: paid.
ReportKey = tuple[str, str, bool]
#: States of a process that a further report joins: what is decided already is no answer to a new report.
JOINABLE = ("received", "assigned", "to_answer", "reopened")
#: States of a process in which a question to the reporter can be answered.
MAY_REPLY = ("received", "assigned", "to_answer", "reopened")
#: States of a process in which the reporter may add facts and pictures.
MAY_ADD = ("received", "assigned", "to_answer", "answered", "to_call_back", "reopened")
#: How many texts of joined reports a process takes; further ones are counted.
MOST_JOINED_TEXTS = 5
#: Replaces the reporter's own number in a text that is passed on.
HIDDEN = "[…]"
_CHANNELS = {"web", "phone", "app", "feed", "api", "mail"}
_OPEN = (ReportState.WAITING, ReportState.HELD)


def report_key(report: Report) -> ReportKey | None:
    """Return what identifies a report: its thing, else the words of its text; None without both.

    A report that says that money was paid joins no report that does not: the police hear of it, and its clock runs.
    """
    is_paid = report.grade == "paid"
    if report.value:
        return (*report.thing, is_paid)
    return ("text", report.text_key, is_paid) if report.text_key else None


def find_joinable(owner: int, reports: Sequence[Report]) -> dict[ReportKey, str]:
    """Return the refs of the processes of an organisation (primary key) that reports may join, by their keys."""
    values = {report.value for report in reports if report.value}
    texts = {report.text_key for report in reports if not report.value and report.text_key}
    rows = _UNSCOPED.rows(Report).filter(owner=owner, state=ReportState.OPENED).exclude(process="").order_by("pk")
    same = [
        *rows.filter(value__in=in_list(list(values), "text")),
        *rows.filter(value="", text_key__in=in_list(list(texts), "text")),
    ]
    found = {key: report.process for report in same if (key := report_key(report)) is not None}
    instances = find_instances(_UNSCOPED).filter(
        ref__in=in_list(list(found.values()), "text"), ended_at=None, state__in=JOINABLE
    )
    running = set(instances.values_list("ref", flat=True))
    return {key: ref for key, ref in found.items() if ref in running}


def reporter_actor(report: Report) -> Actor:
    """Return the reporter as a party of the process; the reference says nothing of the person."""
    return Actor(person=f"reporter:{report.ref}", party_roles=frozenset({PartyRole.REPORTER}))


def open_question(report: Report) -> str:
    """Return what the owner asks the reporter and nobody has answered yet, "" if nothing.

    Who joined the report of another is not asked: the question is about what the first one wrote.
    """
    if report.state != ReportState.OPENED or not report.process:
        return ""
    if not find_instances(_UNSCOPED).filter(ref=report.process, state__in=MAY_REPLY).exists():
        return ""
    steps = find_steps(_UNSCOPED).filter(instance__ref=report.process, leg="", event__in=(QUESTION, REPLY))
    last = steps.order_by("-number").first()
    return str(last.evidence.get("question", "")) if last is not None and last.event == QUESTION else ""


def hide_contact(text: str, contact: str) -> str:
    """Return a text that is passed on, without the number or address that the reporter left."""
    if not contact:
        return text
    digits = contact.removeprefix("+86")
    if not digits.lstrip("+").isdigit():
        return re.sub(re.escape(contact), HIDDEN, text, flags=re.IGNORECASE)
    spelled = r"[\s-]*".join(map(re.escape, digits))
    return re.sub(rf"(?<!\d)(?:\+?86[\s-]*)?{spelled}(?!\d)", HIDDEN, text)


class JoinResult(Enum):
    """Whether a report joined a process; if not, it was settled meanwhile, or the process was decided meanwhile."""

    JOINED = "joined"
    SETTLED = "settled"
    DECIDED = "decided"


def join_report(report: Report, process: str, now: datetime) -> JoinResult:
    """Join a report to a process that is not decided yet, and add its text."""
    with recorded():
        if _lock(report) is None:
            return JoinResult.SETTLED
        running = find_instances(_UNSCOPED).filter(ref=process, ended_at=None, state__in=JOINABLE)
        if not running.select_for_update(of=("self",)).exists():
            return JoinResult.DECIDED
        _mark(report, ReportState.JOINED, process, now)
        texts = find_steps(_UNSCOPED).filter(instance__ref=process, leg="", event="add_facts").count()
        facts = _joined_facts(report)
        if facts and texts < MOST_JOINED_TEXTS:
            fire(process, "add_facts", reporter_actor(report), {"facts": facts}, at=now)
    return JoinResult.JOINED


def _joined_facts(report: Report) -> str:
    """Return what a report adds to the process that it joins: when it happened, and its text."""
    text = hide_contact(report.text, report.contact)
    if report.happened_at is None:
        return text
    return f"[{timezone.localtime(report.happened_at):%Y-%m-%d %H:%M}] {text}".strip()


def open_unopened(report: Report, now: datetime) -> Report:
    """Open the process of a report that waits, was held back or failed; return the report as it is then."""
    open_report(report, now)
    return _UNSCOPED.rows(Report).select_related("owner").get(pk=report.pk)


def open_report(report: Report, now: datetime) -> str:
    """Open the process of a report and pass it on if the owner is known. Return its ref, "" for a settled report."""
    with recorded() as log:
        if _lock(report) is None:
            return ""
        about = About(title=mask_value(*report.thing) if report.value else "", simulated=report.simulated)
        about = About(title=about.title, simulated=is_simulated(report.owner, about))
        event = "receive_paid" if report.grade == "paid" else "receive"
        ref = open_process(
            PROCESS, event, report.owner, report_clerk(report), _evidence(report), about=about, at=now
        ).ref
        _mark(report, ReportState.OPENED, ref, now)
        log.add(Draft("report_opened", to_ms(now), report.taker, report.owner.ref, process=ref, about=report.ref))
        route = find_route(report, now)
        if route is not None and route.handlers:
            handlers = tuple(to_party(handler) for handler in route.handlers)
            found_by = f"{route.found_by.zh} · {route.found_by.en}"
            fire(ref, "route", SYSTEM, {"handlers": handlers, "found_by": found_by}, at=now)
    return ref


def mark_failed(report: Report, problem: str, now: datetime) -> None:
    """Mark a report for which no process could be opened; the desk shows why, and may try again."""
    rows = _UNSCOPED.rows(Report).filter(pk=report.pk, state__in=_OPEN)
    rows.update(state=ReportState.FAILED, problem=problem[:300], processed_at=now)


def times_fired(process: str, event: str, report: Report) -> int:
    """Return how often the reporter of a report fired an event of a process."""
    instance = find_instances(_UNSCOPED).get(ref=process)
    person = reporter_actor(report).person
    return sum(step.event == event and step.person == person for step in current_situation(instance).history)


def gave_text(report: Report, event: str, field: str, text: str) -> bool:
    """Return whether the reporter of a report gave a text by an event before: a page may be sent twice."""
    person = reporter_actor(report).person
    rows = find_steps(_UNSCOPED).filter(instance__ref=report.process, leg="", event=event, actor=person)
    return any(personal.get(field) == text for personal in rows.values_list("personal", flat=True))


def takes_facts(report: Report) -> bool:
    """Return whether the process of a report is in a state in which its reporter may add something."""
    return find_instances(_UNSCOPED).filter(ref=report.process, state__in=MAY_ADD).exists()


def is_reopened(report: Report) -> bool:
    """Return whether the process of a report was opened again and is not handled yet."""
    return find_instances(_UNSCOPED).filter(ref=report.process, state="reopened").exists()


def _lock(report: Report) -> Report | None:
    """Lock a report that is not settled yet, within a transaction; None if it is settled."""
    rows = _UNSCOPED.rows(Report).select_for_update(of=("self",))
    return rows.filter(pk=report.pk, state__in=(*_OPEN, ReportState.FAILED)).first()


def _mark(report: Report, state: ReportState, process: str, now: datetime) -> None:
    report.state, report.process, report.processed_at, report.problem = state, process, now, ""
    _UNSCOPED.rows(Report).filter(pk=report.pk).update(state=state, process=process, processed_at=now, problem="")


def report_clerk(report: Report) -> Actor:
    """Return who takes a report in: the call-taker or key, else the report itself, in the office of a clerk."""
    return Actor(
        person=report.taker or f"report:{report.ref}",
        organization=report.owner.ref,
        kind=role_table_kind(report.owner),
        roles=frozenset({"clerk"}),
        is_key=not report.taker or report.taker.startswith("key:"),
    )


def _evidence(report: Report) -> dict[str, Any]:
    pictures = (read_screenshot(name) for name in report.screenshots)
    stored = tuple(store_for_organization(data, report.owner_id) for data in pictures if data is not None)
    evidence: dict[str, Any] = {
        "grade": report.grade,
        "channel": report.channel if report.channel in _CHANNELS else "web",
        "category": report.category,
        "target_kind": report.target_kind if report.value else UNKNOWN,
        "content": hide_contact(report.text, report.contact),
        "happened_at": to_ms(report.happened_at) if report.happened_at is not None else None,
        "loss": report.loss,
        "screenshots": stored,
    }
    return evidence | ({"targets": (report.value,)} if report.value else {})
