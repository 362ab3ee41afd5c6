"""API schemas of bulletins."""

from datetime import datetime
from typing import Any, Self

from ninja import Schema
from pydantic import Field

from fanzha.command.bulletins.models import Bulletin, BulletinCase


class MonthIn(Schema):
    """The month of a bulletin that is to be drafted."""

    month: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="such as 2026-10; it must be over")


class SectionWordingIn(Schema):
    """The wording of a section in one language. Figures are slots in braces; typed figures are refused."""

    body: str = Field(min_length=1, max_length=4_000)


class FigureOut(Schema):
    """One measure of one company (`company` is its ref), or of all together (""), with its 95 % interval.

    `best_place` and `worst_place` are the places that its interval allows among the `ranked`; null if it is not ranked.
    `change_low` and `change_high` bound the difference to the month before.
    """

    company: str
    measure: str
    part: int
    whole: int
    share: float | None
    low: float | None
    high: float | None
    before_part: int
    before_whole: int
    change_low: float | None
    change_high: float | None
    best_place: int | None
    worst_place: int | None
    ranked: int


class BulletinOut(Schema):
    """A bulletin: to its owner and who supervises it with all figures, to a company with its own."""

    ref: str
    owner: str
    month: str
    state: str
    as_of: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    digest: str
    figures: list[FigureOut]

    @classmethod
    def of(cls, bulletin: Bulletin, state: str, figures: list[dict[str, Any]]) -> Self:
        """Return a bulletin in a state of its process, with some of its figures."""
        return cls(
            ref=bulletin.ref,
            owner=bulletin.owner.ref,
            month=f"{bulletin.month:%Y-%m}",
            state=state,
            as_of=bulletin.as_of,
            published_at=bulletin.published_at,
            withdrawn_at=bulletin.withdrawn_at,
            digest=bulletin.digest,
            figures=[FigureOut(**row) for row in figures],
        )


class BulletinRefOut(Schema):
    """A bulletin in a list."""

    ref: str
    owner: str
    month: str
    published_at: datetime | None

    @classmethod
    def of(cls, bulletin: Bulletin) -> Self:
        """Return a bulletin."""
        return cls(
            ref=bulletin.ref,
            owner=bulletin.owner.ref,
            month=f"{bulletin.month:%Y-%m}",
            published_at=bulletin.published_at,
        )


class BulletinCaseOut(Schema):
    """One case behind a figure; `process` is its ref, `leg` the leg of the company, "" for a process of its own."""

    company: str
    kind: str
    process: str
    leg: str
    began_at: datetime
    is_checked: bool
    is_true: bool
    is_handled: bool
    is_due: bool
    is_in_time: bool
    is_reversed: bool

    @classmethod
    def of(cls, case: BulletinCase) -> Self:
        """Return a case."""
        return cls(
            company=case.organization.ref,
            kind=case.kind,
            process=case.process,
            leg=case.leg,
            began_at=case.began_at,
            is_checked=case.is_checked,
            is_true=case.is_true,
            is_handled=case.is_handled,
            is_due=case.is_due,
            is_in_time=case.is_in_time,
            is_reversed=case.is_reversed,
        )
