"""API schemas of education."""

from datetime import date, datetime
from typing import Literal, Self

from ninja import Schema
from pydantic import Field

from fanzha.command.education.forms import LONGEST_BODY
from fanzha.command.education.models import EducationItem, EducationVersion
from fanzha.command.education.services import VersionDraft
from fanzha.command.education.text_checks import find_faults, find_warnings, measure_version

_FRAUD_TYPE = "code of the taxonomy, or empty"
_BODY = "markup: ## heading, - list, 1. steps"


class TextIn(Schema):
    """The texts of a version, and what its item is."""

    title_zh: str = Field(max_length=80)
    title_en: str = Field(max_length=120)
    summary_zh: str = Field("", max_length=200)
    summary_en: str = Field("", max_length=300)
    body_zh: str = Field(max_length=LONGEST_BODY, description=_BODY)
    body_en: str = Field(max_length=LONGEST_BODY, description=_BODY)
    situation: Literal[
        "", "police_call", "refund", "commission", "investment", "loan", "credit", "boss", "romance", "game",
        "shopping", "link", "lend_account",
    ] = ""  # fmt: skip
    fraud_type: str = Field("", max_length=20, description=_FRAUD_TYPE)
    audience: Literal["everybody", "old", "pupils", "students", "shop_staff", "overseas"] = "everybody"
    teaches: str = Field("", max_length=60, description="address of the item that a quiz measures")
    urgency: Literal["usual", "urgent"] = "usual"

    def to_draft(self, kind: str, slug: str = "") -> VersionDraft:
        """Return the texts as a draft."""
        return VersionDraft(kind=kind, slug=slug, **self.dict(exclude={"kind", "slug"}))


class EducationItemIn(TextIn):
    """A new item with its first version."""

    kind: Literal["column", "case", "quiz", "sheet", "poster"]
    slug: str = Field("", max_length=60, pattern=r"^[-a-zA-Z0-9_]*$")


class PaperIn(Schema):
    """The period of a white paper, both days included."""

    begins: date
    ends: date


class SetCheckIn(Schema):
    """What the second person checked in the shipped set."""

    checked: str = Field(min_length=4, max_length=2000)


class ItemCountOut(Schema):
    """How many items a step changed."""

    count: int


class LevelOut(Schema):
    """The reading level of a version, what must be put right, and where it is harder than suits its audience."""

    sentence: float
    rare: float
    grade: float
    faults: list[str]
    warnings: list[str]


class EducationVersionOut(Schema):
    """One version of an item."""

    item: str
    slug: str
    kind: str
    number: int
    state: str
    process: str
    title_zh: str
    title_en: str
    level: LevelOut
    shown_at: datetime | None

    @classmethod
    def of(cls, item: EducationItem, version: EducationVersion) -> Self:
        """Return a version."""
        level = measure_version(item, version)
        return cls(
            item=item.ref,
            slug=item.slug,
            kind=item.kind,
            number=version.number,
            state=version.state,
            process=version.process,
            title_zh=version.title_zh,
            title_en=version.title_en,
            level=LevelOut(
                sentence=level.sentence,
                rare=level.rare,
                grade=level.grade,
                faults=[words.en for words in find_faults(item, version)],
                warnings=[words.en for words in find_warnings(item, level)],
            ),
            shown_at=version.shown_at,
        )
