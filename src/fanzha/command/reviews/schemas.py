"""API schemas of samples, items, marks and figures."""

from datetime import datetime
from typing import Any, Literal, Self

from ninja import Schema
from pydantic import Field, model_validator

from fanzha.command.reviews.models import ReviewSample
from fanzha.command.reviews.selectors import DetectorPrecision, GoldenAgreement, MarkedShare, OpenItem, SampleProgress
from fanzha.command.reviews.services import MAX_SIZE, Place, SampleRequest
from fanzha.learn.sample_review import ReviewResult


class SampleIn(Schema):
    """The findings to draw from: found in [since, until), score in [score_from, score_to]."""

    size: int = Field(ge=10, le=MAX_SIZE)
    since: datetime
    until: datetime
    detector: str = Field("", max_length=80, description="empty for all")
    kind: str = Field("", max_length=20, description="empty for all")
    score_from: float = Field(0.0, ge=0, le=1)
    score_to: float = Field(1.0, ge=0, le=1)
    golden: int = Field(0, ge=0, le=100, description="golden cases to mix in: both markers agreed on them before")

    @model_validator(mode="after")
    def check_zone(self) -> Self:
        """Refuse times without a zone."""
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("times need a zone")
        return self

    def to_request(self) -> SampleRequest:
        """Return the request."""
        return SampleRequest(**self.dict())


class MarkIn(Schema):
    """The mark of one item."""

    item: str = Field(min_length=1, max_length=20)
    mark: Literal["fraud", "innocent", "unclear"]


class MarksIn(Schema):
    """The caller's marks. They may be changed until his last item is marked."""

    marks: list[MarkIn] = Field(min_length=1, max_length=MAX_SIZE)


class PlaceIn(Schema):
    """A place of a sample."""

    place: Place


class SampleStratumOut(Schema):
    """A stratum: detector, number of the score band, findings and rows drawn."""

    detector: str
    band: int
    population: int
    drawn: int


class MarkedShareOut(Schema):
    """A share with its 95 % interval; null where fewer than 30 findings are marked."""

    marked: int
    counted: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, share: MarkedShare) -> "MarkedShareOut":
        """Build the schema from a share."""
        return cls(**share._asdict())


class PrecisionOut(Schema):
    """The precision of a detector, in one score band or ("") in all."""

    detector: str
    band: str
    population: int
    precision: MarkedShareOut

    @classmethod
    def of(cls, figure: DetectorPrecision) -> "PrecisionOut":
        """Build the schema from a figure."""
        plain = figure._asdict() | {"precision": MarkedShareOut.of(figure.precision)}
        return cls(**plain)


class SampleOut(Schema):
    """A sample. People are named by reference. Detector, scores and strata are hidden until both markers are done."""

    ref: str
    seed: int
    detector: str | None = Field(description="empty for all; null until both markers are done")
    kind: str
    since: datetime
    until: datetime
    score_from: float | None
    score_to: float | None
    simulated: bool
    strata: list[SampleStratumOut]
    drawn_by: str
    drawn_at: datetime
    first: str
    second: str
    third: str
    first_at: datetime | None
    second_at: datetime | None
    settled_at: datetime | None

    @classmethod
    def of(cls, sample: ReviewSample) -> "SampleOut":
        """Build the schema from a sample."""
        people: dict[str, Any] = {
            name: person.ref if (person := getattr(sample, name)) else "" for name in ("drawn_by", *Place)
        }
        plain: dict[str, Any] = {name: getattr(sample, name) for name in SampleOut.model_fields if name not in people}
        if not sample.is_marked_twice:
            plain |= {"detector": None, "score_from": None, "score_to": None, "strata": []}
        return SampleOut(**plain, **people)


class GoldenOut(Schema):
    """How many golden cases a marker judged as they had been settled before."""

    person: str
    agreed: int
    cases: int


class SampleDetailOut(SampleOut):
    """A sample with its progress, and once both markers are done its figures."""

    drawn: int
    left_out: int
    marked: dict[str, int]
    agreed: int | None = None
    kappa: float | None = None
    kappa_low: float | None = None
    kappa_high: float | None = None
    differing: int | None = None
    golden: list[GoldenOut] = Field([], description="how far each marker agrees with the golden cases")
    precision: list[PrecisionOut] = Field([], description="empty until every difference is settled")

    @classmethod
    def build(
        cls,
        sample: ReviewSample,
        progress: SampleProgress,
        result: ReviewResult | None,
        figures: list[DetectorPrecision],
        golden: list[GoldenAgreement],
    ) -> "SampleDetailOut":
        """Build the schema."""
        measured: dict[str, Any] = {}
        if result:
            agreement = result.agreement
            measured = {
                "agreed": agreement.agreed,
                "kappa": agreement.kappa,
                "kappa_low": agreement.low,
                "kappa_high": agreement.high,
                "differing": result.differing,
            }
        return cls(
            **SampleOut.of(sample).dict(),
            drawn=progress.drawn,
            left_out=progress.left_out,
            marked={place.value: count for place, count in progress.marked.items()},
            golden=[GoldenOut(**row._asdict()) for row in golden],
            precision=[PrecisionOut.of(figure) for figure in figures],
            **measured,
        )


class SampleItemOut(Schema):
    """An item that the caller still marks: kind, masked subject and what happened."""

    item: str
    kind: str
    subject: str
    content: str

    @classmethod
    def of(cls, row: OpenItem) -> "SampleItemOut":
        """Build the schema from an item."""
        return cls(item=row.item, kind=row.content.kind, subject=row.content.subject, content=row.content.text)
