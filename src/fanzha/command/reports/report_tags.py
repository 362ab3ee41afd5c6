"""Let reports of the public tag what they are about, and let the result of their process settle these tags.

A report tags once a process was opened for it or it joined one: what is held back as a flood tags nothing. Made-up
reports of exercises tag nothing, since tags are shown to the public.
"""

from datetime import datetime, timedelta

from fanzha.base.errors import Malformed
from fanzha.command.number_tags.services import KINDS, Tagging, TagOutcome, add_tag, find_tag_sources, settle_tags
from fanzha.command.processes.selectors import find_steps
from fanzha.command.reports.models import Report, ReportState
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("reports of all organisations tag, and their results settle tags")
PROCESS = "public_report"
#: How far back each run looks, so that a site that stood still for a day misses nothing.
SPAN = timedelta(days=2)
MOST_REPORTS = 2_000  # of one run
#: What the last result says of the tags; a rejection because nothing could be checked says nothing.
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


def tag_reports(now: datetime) -> int:
    """Add the tags of reports that were opened or joined; return how many were added. A report tags once."""
    rows = _UNSCOPED.rows(Report).filter(
        state__in=(ReportState.OPENED, ReportState.JOINED),
        processed_at__gt=now - SPAN,
        simulated=False,
        subject_kind__in=KINDS,
    )
    latest = {(row.reporter, *row.thing): row for row in rows.exclude(value="").select_related("owner").order_by("pk")}
    done = find_tag_sources(row.ref for row in latest.values())
    added = 0
    for row in [row for row in latest.values() if row.ref not in done][:MOST_REPORTS]:
        try:
            add_tag(row.owner, _to_tagging(row), row.received_at)
            added += 1
        except Malformed:  # too long, or a number of a public service
            continue
    return added


def settle_reported_tags(now: datetime) -> int:
    """Settle the tags of what processes that ended lately were about; return how many tags were settled."""
    ends = find_steps(_UNSCOPED).filter(
        instance__process=PROCESS, instance__simulated=False, leg="", event__in=_END_EVENTS, at__gt=now - SPAN
    )
    settled = 0
    for end in ends.select_related("instance").order_by("at", "pk"):
        results = find_steps(_UNSCOPED).filter(instance=end.instance_id, leg="", event__in=_RESULT_EVENTS)
        last = results.order_by("-number").first()
        evidence = last.evidence if last else {}
        outcome = _RESULTS.get(str(evidence.get("outcome") or evidence.get("ground") or ""))
        if outcome is not None:
            reports = _UNSCOPED.rows(Report).filter(process=end.instance.ref, subject_kind__in=KINDS).exclude(value="")
            for kind, value in reports.order_by().values_list("subject_kind", "value").distinct():
                settled += settle_tags(kind, value, outcome, now, before=end.at)
    return settled


def tag_and_settle(now: datetime) -> None:
    """Add the tags of new reports, then settle those whose process has ended."""
    tag_reports(now)
    settle_reported_tags(now)


def _to_tagging(row: Report) -> Tagging:
    category = "other" if row.grade == "nuisance" else "fraud"
    return Tagging(row.subject_kind, row.value, category, row.reporter, row.block, row.text, row.ref)
