"""API schemas of research."""

from datetime import datetime
from typing import Any, Literal, Self

from ninja import Schema
from pydantic import Field

from fanzha.command.research.models import PartnerModel, ResearchAgreement, ResearchTable, ShadowRun
from fanzha.command.research.services import AgreementDraft, ModelDraft
from fanzha.command.research.table_services import TableDraft
from fanzha.command.web.api import Moment


class AgreementIn(Schema):
    """An agreement to record; a second person approves it."""

    partner: str = Field(min_length=1, max_length=26)
    number: str = Field(min_length=2, max_length=80)
    document: str = Field(min_length=2, max_length=200)
    document_sha256: str = Field(min_length=64, max_length=64)
    purpose: str = Field(min_length=4, max_length=300)
    valid_until: Moment
    allows_models: bool = False
    allows_tables: bool = False
    least_cell: int = Field(0, ge=0, le=1_000, description="0: that of the site")
    table_budget: int = Field(20, ge=1, le=1_000)

    def to_draft(self) -> AgreementDraft:
        """Return it as the service takes it."""
        return AgreementDraft(**self.dict(exclude={"partner"}))


class AgreementOut(Schema):
    """An agreement of the organisation, as owner of the data or as partner."""

    ref: str
    owner: str
    partner: str
    number: str
    document: str
    document_sha256: str
    purpose: str
    allows_models: bool
    allows_tables: bool
    least_cell: int
    table_budget: int
    valid_until: datetime
    is_in_force: bool

    @classmethod
    def of(cls, row: ResearchAgreement) -> Self:
        """Build the schema from a row with both parties."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in ("owner", "partner")}
        return cls(**plain, owner=row.owner.ref, partner=row.partner.ref)


class PartnerModelIn(Schema):
    """A model to submit under an agreement, with its ONNX file or the address of its endpoint."""

    agreement: str = Field(min_length=1, max_length=26)
    name: str = Field(min_length=1, max_length=80)
    version: str = Field(min_length=1, max_length=40)
    licence: str = Field(min_length=1, max_length=120)
    transport: Literal["onnx", "json", "arrow"]
    kind: str = Field(min_length=1, max_length=20)
    features: str = Field(min_length=1, max_length=4_000, description="published columns in order, with commas between")
    valid_until: Moment
    url: str = Field("", max_length=300)
    sha256: str = Field("", max_length=64, description="of the container image; of a file the site computes it")

    def to_draft(self, body: bytes) -> ModelDraft:
        """Return it as the service takes it."""
        values = self.dict(exclude={"agreement", "features"})
        features = tuple(name.strip() for name in self.features.split(",") if name.strip())
        return ModelDraft(**values, features=features, body=body)


class PartnerModelOut(Schema):
    """A model of a partner."""

    ref: str
    agreement: str
    name: str
    version: str
    licence: str
    transport: str
    url: str
    sha256: str
    kind: str
    features: list[str]
    valid_until: datetime
    state: str
    problem_zh: str
    problem_en: str
    run_at: datetime | None

    @classmethod
    def of(cls, row: PartnerModel) -> Self:
        """Build the schema from a row with its agreement."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "agreement"}
        return cls(**plain, agreement=row.agreement.ref)


class ShadowRunOut(Schema):
    """One run of a model beside ours; `comparison` is empty without a result."""

    ref: str
    began_at: datetime
    ended_at: datetime | None
    rows: int
    seconds: float
    comparison: dict[str, Any]
    problem_zh: str
    problem_en: str

    @classmethod
    def of(cls, row: ShadowRun) -> Self:
        """Build the schema from a row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class ModelDecisionIn(Schema):
    """The decision of the second person on a model."""

    approve: bool
    note: str = Field("", max_length=300)


class ResearchTableIn(Schema):
    """A table to ask for; months are such as 2026-03, the last included."""

    agreement: str = Field(min_length=1, max_length=26)
    dimensions: list[Literal["month", "fraud_type", "ingress", "province", "city", "outcome"]] = Field(
        default=[], max_length=3
    )
    measure: Literal["count", "rate"] = "count"
    kind: str = Field("phone_number", max_length=20)
    first: str = Field(min_length=7, max_length=7)
    last: str = Field(min_length=7, max_length=7)
    purpose: str = Field(min_length=4, max_length=300)

    def to_draft(self) -> TableDraft:
        """Return it as the service takes it."""
        values = self.dict(exclude={"agreement", "dimensions"})
        return TableDraft(dimensions=tuple(self.dimensions), **values)


class ResearchTableOut(Schema):
    """A table that was asked for."""

    ref: str
    agreement: str
    dimensions: list[str]
    measure: str
    kind: str
    since: datetime
    until: datetime
    purpose: str
    state: str
    refused_zh: str
    refused_en: str
    sha256: str

    @classmethod
    def of(cls, row: ResearchTable) -> Self:
        """Build the schema from a row with its agreement."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "agreement"}
        return cls(**plain, agreement=row.agreement.ref)


class TableDecisionIn(Schema):
    """The decision of the second person on a table."""

    release: bool


class ReleasedTableOut(Schema):
    """A released table: what it counts by, the cell below which lines are missing, and the lines."""

    dimensions: list[str]
    measure: str
    least_cell: int
    lines_withheld: bool
    lines: list[dict[str, str | int | float]]
    notes: list[str]


class ColumnOut(Schema):
    """A published column that a model may take."""

    name: str
    title_zh: str
    title_en: str
