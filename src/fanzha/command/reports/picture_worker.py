"""Read the pictures of reports in the background, where an impact assessment is on record.

The text is scored as that of a report is, and proposed to the desk with the numbers and links in it. Nothing of it
reaches the reporter, and nothing goes to receivers unless somebody of the desk passes it on.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import fire
from fanzha.command.reports.models import PictureText, Report, ReportState
from fanzha.command.reports.picture_basis import owners_with_basis
from fanzha.command.reports.picture_text import UnreadablePicture, is_installed, read_text
from fanzha.command.reports.report_findings import ReportedCount, submit_report_findings
from fanzha.command.reports.report_processes import hide_contact
from fanzha.command.reports.screenshot_store import find_screenshot
from fanzha.command.reports.text_scores import score_texts
from fanzha.command.reports.text_values import find_values
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

_UNSCOPED = unscoped("a worker reads the pictures of organisations that assessed it")
#: Reports whose pictures one run reads: each picture takes some seconds.
MOST_REPORTS = 10
#: What the intake let through; the rest waits until it does.
SETTLED = (ReportState.OPENED, ReportState.JOINED)
#: From this likeness to fraud on a text counts for the thing that is reported.
LIKE_FRAUD = 0.5
GONE = Words("图片已删除", "the picture is gone")
NO_PROCESS = Words("此举报尚未立案", "no process handles this report yet")
NO_TEXT = Words("图片中没有可转出的文字", "the picture has no text that could be passed on")


def read_pictures(owner: int, now: datetime) -> int:
    """Read pictures of an organisation (primary key) that were not read yet; return how many.

    A run that is killed leaves each report with all of its pictures read, or with none.
    """
    if not is_installed() or owner not in owners_with_basis(now):
        return 0
    read = 0
    for report in find_unread(owner)[:MOST_REPORTS]:
        read += len(read_pictures_of(report))
    return read


def find_unread(owner: int) -> QuerySet[Report]:
    """Return the reports of an organisation with unread pictures, in the order of reading.

    Only opened or joined reports are read, so a flood that the intake holds back costs no reading. Networks take turns.
    """
    rows = _UNSCOPED.rows(Report).select_related("owner")
    was_read = Exists(_UNSCOPED.rows(PictureText).filter(report=OuterRef("pk")))
    rows = rows.filter(~Q(screenshots=[]), Q(has_new_picture=True) | ~was_read, owner=owner, state__in=SETTLED)
    turn = Window(RowNumber(), partition_by=[F("block")], order_by=[F("pk").asc()])
    return rows.annotate(turn=turn).order_by("turn", "pk")


def read_pictures_of(report: Report) -> list[PictureText]:
    """Read the unread pictures of a report, then store their texts, or why they cannot be read, in one transaction."""
    before = set(_UNSCOPED.rows(PictureText).filter(report=report).values_list("number", flat=True))
    names = {number: name for number, name in enumerate(report.screenshots, 1) if number not in before}
    found = {number: _read(name) for number, name in names.items()}
    with recorded():
        same = _UNSCOPED.rows(Report).filter(pk=report.pk, screenshots=report.screenshots)  # none came meanwhile
        same.update(has_new_picture=False)
        return [store_text(report, number, text, problem) for number, (text, problem) in found.items()]


def _read(name: str) -> tuple[str, str]:
    """Return the text of a picture, and why it cannot be read."""
    path = find_screenshot(name)
    try:
        if path is None:
            raise UnreadablePicture(GONE)
        return read_text(path), ""
    except UnreadablePicture as unreadable:
        return "", f"{unreadable.words.zh} · {unreadable.words.en}"


def store_text(report: Report, number: int, text: str, problem: str = "") -> PictureText:
    """Store what was read in a picture, score it and let the detectors know; `problem` says why nothing was read."""
    (scored,) = score_texts([text]) if text else (None,)
    values = [value._asdict() for value in find_values(text)]
    score = scored.score if scored is not None else None
    now = timezone.now()
    with recorded() as log:
        row, _is_new = _UNSCOPED.rows(PictureText).update_or_create(
            report=report,
            number=number,
            defaults={
                "owner": report.owner,
                "text": text,
                "found": values,
                "problem": problem,
                "score": score,
                "read_at": now,
            },
        )
        facts = {"picture": number, "values": len(values), "is_read": not problem}
        log.add(Draft("picture_read", to_ms(now), "", report.owner.ref, about=report.ref, facts=facts))
    if scored is not None:
        _feed_detectors(report, scored.score, scored.fraud_type)
    return row


def _feed_detectors(report: Report, score: float, fraud_type: str) -> None:
    """Let the text of a picture count as the text of its report does, if it is more like fraud."""
    if score <= (report.score or 0.0):
        return
    was_like_fraud = (report.score or 0.0) >= LIKE_FRAUD
    report.score, report.fraud_type = score, fraud_type or report.fraud_type
    _UNSCOPED.rows(Report).filter(pk=report.pk).update(score=report.score, fraud_type=report.fraud_type)
    if score >= LIKE_FRAUD and not was_like_fraud and report.value and report.process:
        submit_report_findings(report.owner, [ReportedCount(report, 1)], LIKE_FRAUD)


def pass_text_on(viewer: Viewer, report: Report, number: int) -> None:
    """Add the text of a picture to the facts of the process, as a person of the desk. Raise Refusal."""
    row = _UNSCOPED.rows(PictureText).filter(report=report, number=number).first()
    if row is None or not row.text:
        raise Refusal(Reason.STATE, NO_TEXT)
    if not report.process:
        raise Refusal(Reason.STATE, NO_PROCESS)
    fire(report.process, "add_facts", to_actor(viewer), {"facts": hide_contact(row.text, report.contact)})
    _UNSCOPED.rows(PictureText).filter(pk=row.pk).update(passed_on_at=timezone.now())
