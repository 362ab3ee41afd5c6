"""API schemas of notices and appeals."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from fanzha.command.notices.appeal_entry import LONGEST_STATEMENT
from fanzha.command.notices.models import LimitNotice
from fanzha.command.notices.selectors import NoticeFigures
from fanzha.command.reviews.schemas import MarkedShareOut

Check = Literal["identity_card", "passport", "service_password", "licence", "agent"]


class LimitNoticeOut(Schema):
    """The notice of one limit: masked thing, state of its delivery, and its texts in public words."""

    ref: str
    owner: str
    process: str
    kind: str
    shown: str
    state: str
    route: str
    route_due_at: datetime | None
    written_at: datetime
    delivered_at: datetime | None
    lifted_at: datetime | None
    fact_zh: str
    fact_en: str

    @classmethod
    def of(cls, notice: LimitNotice) -> "LimitNoticeOut":
        """Build the schema from a notice."""
        return cls(
            ref=notice.ref,
            owner=notice.owner.ref,
            process=notice.instance.ref,
            kind=notice.kind,
            shown=notice.shown,
            state=notice.state,
            route=notice.route,
            route_due_at=notice.route_due_at,
            written_at=notice.written_at,
            delivered_at=notice.delivered_at,
            lifted_at=notice.lifted_at,
            fact_zh=notice.fact.zh,
            fact_en=notice.fact.en,
        )


class FindIn(Schema):
    """Which notice somebody comes with: its code, or a number or account with the purpose of the look-up."""

    query: str = Field(min_length=1, max_length=200)
    purpose: str = Field(min_length=4, max_length=200)


class FindOut(Schema):
    """The notices that were found."""

    notices: list[LimitNoticeOut]


class DeliveryIn(Schema):
    """How a notice was delivered; `checked` names what the identity was checked by, never a number."""

    result: Literal["shop", "hotline", "letter_sent", "letter", "no_answer"]
    checked: Check | Literal[""] = ""
    note: str = Field("", max_length=200)


class PrintIn(Schema):
    """Whether the code before is lost; it opens nothing any more then."""

    replaces: bool = False


class NoticeCodeOut(Schema):
    """Code of a notice and the digits that go with it ("": the last four characters of the number)."""

    code: str
    pin: str


class LimitAppealIn(Schema):
    """The appeal of a person, as a clerk takes it in; `checked` names what the identity was checked by."""

    channel: Literal["shop", "hotline", "letter"]
    checked: Check
    text: str = Field(min_length=1, max_length=LONGEST_STATEMENT)


class AppealReceiptOut(Schema):
    """The receipt code of an appeal. It is the person's; the site stores only a hash of it."""

    receipt: str


class HeardAppealOut(Schema):
    """An appeal that is being heard: process, its state, owner and deadline."""

    ref: str
    process: str
    state: str
    owner: str
    title: str
    due_at: datetime | None


class NoticeFiguresOut(Schema):
    """Figures of notices and appeals; shares have their 95 % interval, times are medians in hours."""

    notices: int
    by_state: dict[str, int]
    delivered: MarkedShareOut
    hours_to_delivery: float | None
    appeals: int
    appealed: MarkedShareOut
    decided: int
    upheld: MarkedShareOut
    hours_to_decision: float | None
    restored: int
    hours_to_restore: float | None

    @classmethod
    def of(cls, figures: NoticeFigures) -> "NoticeFiguresOut":
        """Build the schema from figures."""
        shares = {name: MarkedShareOut.of(getattr(figures, name)) for name in ("delivered", "appealed", "upheld")}
        return cls(**{**figures._asdict(), **shares})
