"""Let reports of the public tag what they are about, and let checks and results of their process weigh these tags.

A report tags once a process was opened for it or it joined one: what is held back as a flood tags nothing. Made-up
reports of exercises tag nothing, since tags are shown to the public. Each report knows how far it has come, so that
nothing is missed however long the site stood still.
"""

from datetime import datetime

from fanzha.command.number_tags.services import (
    KINDS,
    ProofMethod,
    Tagging,
    TagOutcome,
    add_tags,
    prove_number,
    settle_tags,
)
from fanzha.command.processes.selectors import find_instances, find_steps
from fanzha.command.reports.models import Report, ReportState, TagState
from fanzha.command.reports.reporter_weights import record_outcomes
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

_UNSCOPED = unscoped("reports of all organisations tag, and their results settle tags")
PROCESS = "public_report"
MOST_REPORTS = 2_000  # of one run
#: Outcomes of tags by the last result; a rejection because nothing could be checked has none.
_RESULTS = {
    "confirmed": TagOutcome.CONFIRMED,
    "partly": TagOutcome.CONFIRMED,
    "unfounded": TagOutcome.REFUTED,
    "untrue": TagOutcome.REFUTED,
    "false_tag": TagOutcome.REFUTED,
    "lawful": TagOutcome.REFUTED,
}
_RESULT_EVENTS = ("answer", "answer_drawn", "propose_rejection")
_END_EVENTS = ("finish", "close_rejected")
#: Methods by which a leg proves a number when it confirms a report; a visit or the content of a text prove nothing.
_PROOFS = {
    "records": ProofMethod.RECORDS,
    "callback": ProofMethod.CALLBACK,
    "owner": ProofMethod.SUBSCRIBER,
}
#: Channels by which an organisation passes many reports on: all of them are one source.
_BULK = ("feed", "api")
_UNSETTLED = (TagState.TAGGED, TagState.PROVEN)


def tag_reports(now: datetime) -> int:
    """Add the tags of reports that were opened or joined; return how many were added. A report tags once."""
    waiting = _UNSCOPED.rows(Report).filter(
        state__in=(ReportState.OPENED, ReportState.JOINED), tag_state=TagState.WAITING
    )
    rows = list(waiting.select_related("owner").order_by("pk")[:MOST_REPORTS])
    tagging = [row for row in rows if not row.simulated and row.subject_kind in KINDS and row.value]
    latest = {(row.reporter, *row.thing): row for row in tagging}
    added = add_tags((row.owner, _to_tagging(row), min(row.received_at, now)) for row in latest.values())
    tagged = [row.pk for row in tagging]
    _UNSCOPED.rows(Report).filter(pk__in=in_list(tagged)).update(tag_state=TagState.TAGGED)
    others = [row.pk for row in rows if row.pk not in set(tagged)]
    _UNSCOPED.rows(Report).filter(pk__in=in_list(others)).update(tag_state=TagState.ENDED)
    return added


def prove_reported_numbers(now: datetime) -> int:
    """Prove the reported numbers that their own operator checked and found true; return how many reports that was."""
    reports = _UNSCOPED.rows(Report).filter(tag_state=TagState.TAGGED, subject_kind="phone_number")
    steps = find_steps(_UNSCOPED).filter(
        instance__process=PROCESS, event="find_true", instance__ref__in=reports.order_by().values("process").distinct()
    )
    proven = 0
    for step in steps.select_related("instance", "organization").order_by("at", "pk"):
        method = _PROOFS.get(str(step.evidence.get("method", "")))
        found = reports.filter(process=step.instance.ref)
        if method is None or step.organization is None:
            continue
        for value in found.order_by().values_list("value", flat=True).distinct():
            try:
                prove_number(step.organization, value, method, step.at, source=step.instance.ref)
            except Refusal:  # it was checked by somebody who does not run the number
                continue
            proven += found.filter(value=value).update(tag_state=TagState.PROVEN)
    return proven


def settle_reported_tags(now: datetime) -> int:
    """Settle the tags of what processes that have ended were about; return how many tags were settled."""
    reports = _UNSCOPED.rows(Report).filter(tag_state__in=_UNSETTLED)
    ended = find_instances(_UNSCOPED).filter(
        ref__in=reports.order_by().values("process").distinct(), ended_at__isnull=False
    )
    settled = 0
    for instance in ended.order_by("ended_at", "pk"):
        steps = find_steps(_UNSCOPED).filter(instance=instance.pk, leg="")
        last = steps.filter(event__in=_RESULT_EVENTS).order_by("-number").first()
        end = steps.filter(event__in=_END_EVENTS).order_by("-number").first()
        evidence = last.evidence if last else {}
        outcome = _RESULTS.get(str(evidence.get("outcome") or evidence.get("ground") or ""))
        own = reports.filter(process=instance.ref)
        if outcome is not None and end is not None:
            for kind, value in own.order_by().values_list("subject_kind", "value").distinct():
                settled += settle_tags(kind, value, outcome, now, before=end.at)
        own.update(tag_state=TagState.ENDED)
    return settled


def tag_and_settle(now: datetime) -> None:
    """Add the tags of new reports, prove their numbers, then settle those whose process has ended.

    The results of ended processes count for the reporters, too.
    """
    tag_reports(now)
    prove_reported_numbers(now)
    record_outcomes(now)
    settle_reported_tags(now)


def _to_tagging(row: Report) -> Tagging:
    category = "other" if row.grade == "nuisance" else "fraud"
    is_mail = row.channel == "mail"  # anybody can write any sender on a mail: all mails are one voice
    block = "mail" if is_mail else row.block
    return Tagging(
        row.subject_kind, row.value, category, row.reporter, block, row.text, row.ref, is_bulk=row.channel in _BULK
    )
