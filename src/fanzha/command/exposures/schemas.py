"""API schemas of exposures."""

from datetime import datetime
from typing import Literal, Self

from ninja import Schema
from pydantic import AwareDatetime, Field

from fanzha.command.exposures.bases import MOST_DAYS, MOST_PEOPLE
from fanzha.command.exposures.models import ExposureBasis, ExposureFile
from fanzha.command.exposures.selectors import ExposedPerson, ExposureCase


class ExposureBasisIn(Schema):
    """A basis for reading one source. `document_sha256` are 64 hexadecimal digits."""

    kind: Literal["law", "order", "consent"]
    document: str = Field(min_length=1, max_length=200)
    document_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    source: str = Field(min_length=1, max_length=120)
    source_kind: Literal["resolver", "texts", "visits"]
    purpose: str = Field(min_length=1, max_length=400)
    valid_from: AwareDatetime
    valid_until: AwareDatetime
    look_back_days: int = Field(ge=1, le=MOST_DAYS)
    keep_days: int = Field(ge=1, le=MOST_DAYS)
    most_people: int = Field(ge=1, le=MOST_PEOPLE)
    is_automatic: bool = False


class ExposureBasisOut(Schema):
    """A basis and its state."""

    ref: str
    kind: str
    document: str
    document_sha256: str
    source: str
    source_kind: str
    purpose: str
    valid_from: datetime
    valid_until: datetime
    look_back_days: int
    keep_days: int
    most_people: int
    is_automatic: bool
    confirmed_at: datetime | None
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, basis: ExposureBasis) -> Self:
        """Present a basis."""
        return cls(**{name: getattr(basis, name) for name in cls.model_fields})


class ExposureFileOut(Schema):
    """A file: how many rows were read, rejected by reason and matched, and how many people were found.

    `state` is waiting, running, done, refused (no valid basis, nothing was read), stopped or failed (nothing was kept).
    """

    ref: str
    file_name: str
    sha256: str
    state: str
    read: int
    rejected: int
    rejects: dict[str, int]
    matched: int
    people: int
    problem_zh: str
    problem_en: str
    handed_in_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, file: ExposureFile) -> Self:
        """Present a file."""
        return cls(**{name: getattr(file, name) for name in cls.model_fields})


class ExposureCaseOut(Schema):
    """A case: its sites, how many people and visits, and the warnings by state."""

    ref: str
    names: list[str]
    people: int
    visits: int
    unwarned: int
    first_at: datetime
    last_at: datetime
    warnings: dict[str, int]

    @classmethod
    def of(cls, case: ExposureCase) -> Self:
        """Present a case."""
        return cls(**case._asdict() | {"names": list(case.names), "unwarned": case.unwarned})


class ExposurePurposeIn(Schema):
    """For which purpose the masked numbers of a case are shown."""

    purpose: str = Field(min_length=4, max_length=200)


class ExposedPersonOut(Schema):
    """One person of a case with a masked number."""

    number: str
    host: str
    first_at: datetime
    last_at: datetime
    visits: int
    source: str

    @classmethod
    def of(cls, person: ExposedPerson) -> Self:
        """Present a person."""
        return cls(
            number=person.shown, **{name: getattr(person, name) for name in cls.model_fields if name != "number"}
        )


class ExposureWarningsOut(Schema):
    """How many people will be warned."""

    people: int
