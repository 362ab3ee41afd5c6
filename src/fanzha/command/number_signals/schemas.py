"""API schemas of number signals."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from fanzha.command.number_signals.models import SignalBasis


class SignalBasisOut(Schema):
    """A document of basis: who answers which bank, with which services, until when."""

    ref: str
    owner: str = Field(description="reference of the organisation whose data it is")
    client: str = Field(description="reference of the bank")
    services: list[str]
    document: str
    legal_basis: str
    purpose: str
    quota_per_day: int
    recorded_at: datetime
    approved_at: datetime | None
    until: datetime
    ended_at: datetime | None
    paused_until: datetime | None

    @classmethod
    def of(cls, basis: SignalBasis) -> "SignalBasisOut":
        """Build the schema from a basis. Select its organisations with it."""
        plain = {name: getattr(basis, name) for name in cls.model_fields if name not in ("owner", "client")}
        return cls(**plain, owner=basis.owner.ref, client=basis.client.ref)


class SignalBasisIn(Schema):
    """A document of basis to record. `client` is the reference of the bank."""

    client: str = Field(min_length=1, max_length=26)
    services: list[str] = Field(min_length=1, max_length=20)
    document: str = Field(min_length=1, max_length=120)
    legal_basis: str = Field(min_length=1, max_length=20)
    purpose: str = "dpv:FraudPreventionAndDetection"
    until: AwareDatetime
    quota_per_day: int = Field(ge=1, le=10_000_000)
    certificate: str = Field(default="", max_length=95)


class IndicatorFeedbackIn(Schema):
    """What the bank found: `indicator` as it was given, and the amount in yuan that was stopped, if any."""

    indicator: str = Field(min_length=1, max_length=600)
    outcome: Literal["confirmed", "false"]
    stopped_cny: Decimal | None = Field(default=None, ge=0, max_digits=16, decimal_places=2)


class GradePrecisionOut(Schema):
    """How often banks confirmed a grade, with the 95 % interval (Clopper-Pearson, or Wilson above 5,000 reports)."""

    grade: str
    n: int
    confirmed: int
    share: float | None
    low: float
    high: float
    stopped_cny: float
    amounts: int
