"""API schemas of public reports."""

from base64 import b64encode
from datetime import datetime
from typing import Literal, Self

from ninja import Schema
from pydantic import AwareDatetime, Field

from fanzha.command.reports.models import PictureBasis, Report
from fanzha.command.reports.presenters import mask_reported_value, process_title
from fanzha.command.reports.report_looks import NO_PAGE
from fanzha.command.reports.services import LONGEST_CONTACT, LONGEST_TEXT, MAX_LOSS, Submission


class ReportIn(Schema):
    """One report that another centre or an app took in. `number` is its number there: sent again it is used once."""

    number: str = Field(min_length=1, max_length=64)
    category: Literal["call", "text", "link", "app", "account", "payment", "iot"]
    thing: str = Field("", max_length=2_000, description="number, link, app or account as written")
    text: str = Field("", max_length=LONGEST_TEXT)
    contact: str = Field("", max_length=LONGEST_CONTACT, description="how to reach the reporter; it is not passed on")
    paid: bool = False
    nuisance: bool = Field(False, description="nuisance or advertising, no fraud")
    loss: int | None = Field(None, ge=0, le=MAX_LOSS, description="CNY")
    happened_at: AwareDatetime | None = Field(None, description="when the call, text or page came")

    def to_submission(self, organization: str, channel: str) -> Submission:
        """Return the report as one of an organisation (a ref)."""
        return Submission(
            category=self.category,
            nonce=f"feed:{organization}:{self.number}",
            thing=self.thing,
            text=self.text,
            contact=self.contact,
            is_paid=self.paid,
            is_nuisance=self.nuisance,
            loss=self.loss,
            happened_at=self.happened_at,
            channel=channel,
            is_worked=True,
        )


class ContactIn(Schema):
    """Why the caller needs to reach a reporter; it is recorded."""

    purpose: str = Field(min_length=4, max_length=200)


class ContactOut(Schema):
    """How to reach a reporter, "" if nothing was left."""

    contact: str


class PictureOut(Schema):
    """A picture of a report, in base 64."""

    media_type: Literal["image/png", "image/jpeg"]
    data: str

    @classmethod
    def of(cls, picture: bytes) -> Self:
        """Return a picture."""
        media_type: Literal["image/png", "image/jpeg"] = "image/png" if picture[:1] == b"\x89" else "image/jpeg"
        return cls(media_type=media_type, data=b64encode(picture).decode())


class AssessmentIn(Schema):
    """An impact assessment of reading the text of pictures."""

    document: str = Field(min_length=1, max_length=120)
    need: str = Field(min_length=1, max_length=2000)
    risks: str = Field(min_length=1, max_length=2000)
    measures: str = Field(min_length=1, max_length=2000)
    until: AwareDatetime


class AssessmentOut(Schema):
    """An impact assessment and its state."""

    ref: str
    document: str
    is_approved: bool
    until: datetime

    @classmethod
    def of(cls, basis: PictureBasis) -> Self:
        """Return an impact assessment."""
        approved = basis.approved_at is not None
        return cls(ref=basis.ref, document=basis.document, is_approved=approved, until=basis.until)


class ReceiptOut(Schema):
    """The receipt code of a report. It is the reporter's; the site stores only a hash of it."""

    receipt: str


class ReportOut(Schema):
    """One report without what leads to its reporter. `reported` is masked, `look` the ref of the look at its page."""

    ref: str
    category: str
    grade: str
    state: str
    reported: str
    process: str
    process_state: str
    look: str
    happened_at: datetime | None
    received_at: datetime

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return a report."""
        return cls(
            ref=report.ref,
            category=report.category,
            grade=report.grade,
            state=report.state,
            reported=mask_reported_value(report),
            process=report.process,
            process_state=process_title(report),
            look=report.look if report.look != NO_PAGE else "",
            happened_at=report.happened_at,
            received_at=report.received_at,
        )
