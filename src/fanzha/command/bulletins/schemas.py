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
    """One figure of one company (`company` is its ref), or of all together (""), with its 95 % interval.

    `measure` names the key figure, `part` and `whole` are its numerator and denominator, and values are in its `unit`.
    `best_place` and `worst_place` are the places that its interval allows among the `ranked`; null if it is not ranked.
    `before_value` is of the bulletin of the month before; `change_low` and `change_high` bound the difference.
    """

    company: str
    measure: str
    version: int
    unit: str
    part: int | None
    whole: int | None
    n: int
    value: float | None
    low: float | None
    high: float | None
    before_n: int | None
    before_value: float | None
    before_low: float | None
    before_high: float | None
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
    """One row behind a figure; `process` is its ref, `detail` the leg of the company or the place of a target.

    `is_part`: the numerator counts it; `is_whole`: the denominator does.
    """

    company: str
    table: str
    process: str
    detail: str
    at: datetime
    is_part: bool
    is_whole: bool

    @classmethod
    def of(cls, case: BulletinCase) -> Self:
        """Return a row."""
        return cls(
            company=case.organization.ref,
            table=case.table,
            process=case.process,
            detail=case.detail,
            at=case.at,
            is_part=case.is_part,
            is_whole=case.is_whole,
        )
