"""Receive reports of the public, and let the reporter follow, add and object by the receipt code.

The request only stores a report. `intake_worker` classifies it, finds duplicates and opens the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.app_samples.services import FoundFile, SampleOriginKind, take_found_sample
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import active_organizations, find_organization
from fanzha.command.organizations.services import Candidate, DisclosurePool, DisclosureRequest, record_disclosure
from fanzha.command.processes.services import fire
from fanzha.command.reports.models import Report, ReportState
from fanzha.command.reports.networks import hash_block, hash_wide_block, keyed_hash
from fanzha.command.reports.receipts import hash_receipt, make_receipt
from fanzha.command.reports.report_processes import (
    REPLY,
    gave_text,
    hide_contact,
    is_reopened,
    open_question,
    reporter_actor,
    takes_facts,
    times_fired,
)
from fanzha.command.reports.report_settings import load_report_settings
from fanzha.command.reports.screenshot_store import PictureSender, picture_name, read_screenshot, store_screenshot
from fanzha.command.reports.targets import read_link, read_thing
from fanzha.command.subjects.services import canonicalize
from fanzha.command.web.roles import Kind
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("a reporter is nobody on the site: the receipt code is what lets them in")
#: Kinds of organisation that may own a report.
OWNERS = (Kind.REGULATOR, Kind.CENTRE, Kind.POLICE, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM)
#: How often one reporter may add facts, and object, to one process.
MOST_FACTS, MOST_OBJECTIONS = 3, 2
#: How long ago what is reported may have happened, and how far the reporter's clock may be ahead.
LONGEST_AGO, MOST_AHEAD = timedelta(days=5 * 366), timedelta(minutes=10)
LONGEST_TEXT = 5_000
#: Of a question, in what is passed on with its answer.
LONGEST_QUESTION = 4_000
LONGEST_CONTACT = 120
#: Of one report.
MOST_PICTURES = 4
MAX_LOSS = 10**12
TOO_OFTEN = Words("已多次提交，请等待办理", "You have done so several times; wait for the answer")
PICTURE_ADDED = Words("举报人补充了第{number}张截图。", "The reporter added picture {number}.")
TOO_MANY_PICTURES = Words("一件举报最多四张截图", "a report has four pictures at the most")
TAKES_NOTHING = Words("此举报现在不能再补充", "nothing can be added to this report now")
NO_REPLY = Words("请填写答复", "Write your answer")
NOTHING_ASKED = Words("目前没有需要您补充的问题", "You are asked nothing at the moment")
NOT_YET = Words("此举报尚未转办，请稍后再试", "this report has not been passed on yet; try again later")


@dataclass(frozen=True)
class Submission:
    """What somebody reports, as typed. `nonce` identifies the form: what is sent twice is stored once.

    `attachments` are packages of apps, which go into the quarantine. `happened_at`: when the call, text or page came.
    """

    category: str
    nonce: str
    thing: str = ""
    text: str = ""
    contact: str = ""
    is_paid: bool = False
    is_nuisance: bool = False
    loss: int | None = None
    channel: str = "web"
    screenshots: Sequence[str] = ()
    is_worked: bool = False
    work: int = 0
    attachments: Sequence[FoundFile] = ()
    happened_at: datetime | None = None


def find_intake_organization() -> Organization | None:
    """Return the organisation that receives the reports of the public pages; None if there is none.

    It is the one that the settings name, else the only active centre.
    """
    if name := load_report_settings().organization:
        named = find_organization(name)
        return named if named is not None and named.kind in OWNERS else None
    centres = list(active_organizations().filter(kind=Kind.CENTRE)[:2])
    return centres[0] if len(centres) == 1 else None


def submit_report(
    owner: Organization, submission: Submission, address: str, now: datetime | None = None, *, taker: str = ""
) -> str:
    """Store a report and return its receipt code. The call is idempotent by the nonce of the form.

    `taker` is the reference of the person or key that takes the report in, "" for the public.
    """
    now = now or timezone.now()
    code = make_receipt(submission.nonce)
    thing = read_thing(submission.category, submission.thing, submission.text)
    typed = submission.thing.strip() if not thing.value else ""
    text = "\n".join(part for part in (typed, submission.text.strip()) if part)[:LONGEST_TEXT]
    host = thing.value if thing.subject_kind == "website" else ""
    contact = canonical_contact(submission.contact)[:LONGEST_CONTACT]
    has_address = submission.channel in ("web", "app", "mail")
    block = hash_block(address) if has_address else keyed_hash(f"caller:{contact or submission.nonce}")
    wide_block = hash_wide_block(address) if has_address else block
    report = Report(
        owner=owner,
        channel=submission.channel,
        category=submission.category,
        grade="paid" if submission.is_paid else "nuisance" if submission.is_nuisance else "fraud",
        target_kind=thing.target_kind,
        subject_kind=thing.subject_kind,
        value=thing.value,
        link=read_link(submission.thing, submission.text, host),
        text=text,
        loss=min(submission.loss, MAX_LOSS) if submission.loss is not None else None,
        contact=contact,
        reporter=keyed_hash(f"contact:{contact}") if contact else block,
        block=block,
        wide_block=wide_block,
        taker=taker,
        text_key=text_key(text),
        receipt=hash_receipt(code),
        is_worked=submission.is_worked,
        work=submission.work if submission.is_worked else 0,
        screenshots=list(submission.screenshots),
        simulated=owner.simulated,
        happened_at=submission.happened_at if may_have_happened(submission.happened_at, now) else None,
        received_at=now,
    )
    try:
        with recorded() as log, transaction.atomic():
            report.save(force_insert=True)
            facts = {"channel": report.channel, "category": report.category, "grade": report.grade}
            log.add(Draft("report_received", to_ms(now), taker, owner.ref, about=report.ref, facts=facts))
    except IntegrityError:  # the same form again; the first time may have ended before the attachments
        if (stored := find_by_receipt(code)) is None:
            return code
        report = stored
    for file in submission.attachments:
        take_found_sample(owner, file, SampleOriginKind.REPORT, report.ref)
    return code


def may_have_happened(at: datetime | None, now: datetime) -> bool:
    """Return whether what is reported may have happened at a moment: neither in the future nor years ago."""
    return at is not None and now - LONGEST_AGO <= at <= now + MOST_AHEAD


def canonical_contact(contact: str) -> str:
    """Return a contact in one spelling: a phone number in E.164, else small letters without spaces."""
    try:
        return canonicalize("phone_number", contact).value
    except Malformed:
        return "".join(contact.casefold().split())


def text_key(text: str) -> str:
    """Return the digest of the words of a text: texts that differ in numbers and punctuation share it; "" without."""
    try:
        return canonicalize("message", text[:2000]).value if text else ""
    except Malformed:
        return ""


def find_by_receipt(code: str) -> Report | None:
    """Return the report of a receipt code, or None."""
    return _UNSCOPED.rows(Report).select_related("owner").filter(receipt=hash_receipt(code)).first() if code else None


def disclose_contact(viewer: Viewer, report: Report, purpose: str) -> str:
    """Return how to reach the reporter. It is charged and logged with its purpose; raise DisclosureRefused."""
    candidates = [Candidate("reporter", report.ref)]
    record_disclosure(viewer, DisclosureRequest("reporter", DisclosurePool.UNMASKED, candidates, purpose, report.ref))
    return report.contact


def disclose_picture(viewer: Viewer, report: Report, number: int, purpose: str) -> bytes | None:
    """Return a picture of a report by its number from 1, None if there is none. Raise DisclosureRefused."""
    names = report.screenshots[number - 1 : number] if number > 0 else []
    picture = read_screenshot(names[0]) if names else None
    if picture is not None:
        candidates = [Candidate("picture", names[0])]
        request = DisclosureRequest("picture", DisclosurePool.UNMASKED, candidates, purpose, report.ref)
        record_disclosure(viewer, request)
    return picture


def is_received(nonce: str) -> bool:
    """Return whether the form with a nonce was sent before: its page may be sent again by going back."""
    return _UNSCOPED.rows(Report).filter(receipt=hash_receipt(make_receipt(nonce))).exists()


def add_facts(report: Report, facts: str) -> None:
    """Add what the reporter writes later; the same text again is not added again.

    Raise Refusal if the report waits or is closed, or after too many.
    """
    text = hide_contact(facts.strip()[:LONGEST_TEXT], report.contact)
    if not gave_text(report, "add_facts", "facts", text):
        _fire(report, "add_facts", {"facts": text}, MOST_FACTS)


def check_picture_room(report: Report) -> None:
    """Raise Refusal if no picture can be added to a report: ask before one is stored, which takes of the day's room."""
    if len(report.screenshots) >= MOST_PICTURES:
        raise Refusal(Reason.STATE, TOO_MANY_PICTURES)
    _check_times(report, "add_facts", MOST_FACTS)
    if not takes_facts(report):
        raise Refusal(Reason.STATE, TAKES_NOTHING)


def add_picture(report: Report, data: bytes, facts: str = "") -> None:
    """Store a stripped picture and add it to a report that is being handled, with what the reporter writes beside it.

    It counts as facts that were added; the same picture again is not added again, what is written beside it is. Raise
    Refusal if the report takes no picture now, UnusableScreenshot if the room of the day is used up.
    """
    name, now = picture_name(data), timezone.now()
    with recorded():  # with the report locked, so that nothing is stored that is not taken
        row = _UNSCOPED.rows(Report).select_for_update(of=("self",)).get(pk=report.pk)
        if name in row.screenshots:
            if facts.strip():
                add_facts(report, facts)
            return
        check_picture_room(row)
        store_screenshot(data, now, PictureSender(row.owner_id, block=row.block, wide_block=row.wide_block))
        pictures = [*row.screenshots, name]
        added = PICTURE_ADDED.format(number=len(pictures))
        add_facts(report, facts.strip() or f"{added.zh} {added.en}")
        _UNSCOPED.rows(Report).filter(pk=row.pk).update(
            screenshots=pictures, has_new_picture=True, picture_added_at=now
        )
    report.screenshots = pictures


def reply_to_question(report: Report, reply: str) -> None:
    """Answer what the owner asks the reporter; receivers get question and answer. Raise Refusal if nothing is asked."""
    question, text = open_question(report), hide_contact(reply.strip()[:LONGEST_TEXT], report.contact)
    if not question:
        raise Refusal(Reason.STATE, NOTHING_ASKED)
    if not text:
        raise Refusal(Reason.EVIDENCE, NO_REPLY)
    fire(report.process, REPLY, reporter_actor(report), {"facts": f"{question[:LONGEST_QUESTION]}\n{text}"})


def object_to_answer(report: Report, objection: str) -> None:
    """Have the report opened again, as its reporter asks; the same text again changes nothing while it is open.

    Raise Refusal if it is not possible now, or after too many. Who joined the process of another report objects once.
    """
    text = objection.strip()[:LONGEST_TEXT]
    if is_reopened(report) and gave_text(report, "reopen", "objection", text):
        return
    most = 1 if report.state == ReportState.JOINED else MOST_OBJECTIONS
    _fire(report, "reopen", {"objection": text}, most)


def _check_times(report: Report, event: str, most: int) -> None:
    """Raise Refusal if a report waits, or its reporter did something too often."""
    if not report.process:
        raise Refusal(Reason.STATE, NOT_YET)
    if times_fired(report.process, event, report) >= most + (report.state == ReportState.JOINED and event != "reopen"):
        raise Refusal(Reason.STATE, TOO_OFTEN)


def _fire(report: Report, event: str, evidence: dict[str, str], most: int) -> None:
    _check_times(report, event, most)
    fire(report.process, event, reporter_actor(report), evidence)
