"""Schemas of the API of figures, numbers from outside and statutory forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from ninja import Field, Schema

from fanzha.command.statistics.figures import Figure
from fanzha.command.statistics.form_values import FormRow
from fanzha.command.statistics.outside_values import MOST


class IntervalOut(Schema):
    """The bounds of a 95 % interval, in the unit of the figure."""

    low: float
    high: float


class MissingNumberOut(Schema):
    """A number from outside that an organisation has not entered."""

    number: str
    organization: str = Field(description="ref of the organisation")


class KeyFigureOut(Schema):
    """A figure of organisations together for a period. Do not rank by it or show its value unless `is_enough`."""

    name: str
    version: int
    title_zh: str
    title_en: str
    period: str
    unit: str
    value: float | None = Field(description="in the unit; null if it cannot be computed")
    numerator: float | None
    denominator: float | None
    n: int
    is_enough: bool = Field(description="n is at least the minimum of the definition")
    interval: IntervalOut | None
    pair: str = Field(description="the figure that is always shown beside it")
    missing: list[MissingNumberOut]

    @staticmethod
    def of(figure: Figure) -> KeyFigureOut:
        """Return the schema of a figure."""
        title, bounds = figure.definition.title, figure.interval
        return KeyFigureOut(
            name=figure.name,
            version=figure.definition.version,
            title_zh=title.zh,
            title_en=title.en,
            period=figure.lineage.period,
            unit=figure.unit.value,
            value=figure.value,
            numerator=figure.numerator,
            denominator=figure.denominator,
            n=figure.n,
            is_enough=figure.is_enough,
            interval=IntervalOut(low=bounds.low, high=bounds.high) if bounds else None,
            pair=figure.pair,
            missing=[MissingNumberOut(number=name, organization=ref) for name, ref in figure.missing],
        )


class OutsideValueIn(Schema):
    """A number of a month that the platform cannot count."""

    name: str = Field(max_length=40)
    month: str = Field(max_length=7, description="such as 2026-10")
    value: int = Field(ge=0, le=MOST)
    source: str = Field(min_length=1, max_length=200)


class FormFieldOut(Schema):
    """A field of a statutory form with its value, two decimals."""

    field: str
    title_zh: str
    title_en: str
    value: Decimal | None
    computed: Decimal | None = Field(description="the value of the platform, if it has rows or a number for it")
    reason: str


class FormValueIn(Schema):
    """A value of a field; null takes the platform's value back. A value needs its source or the reason of a change."""

    value: Decimal | None = Field(default=None, max_digits=22, decimal_places=2)
    reason: str = Field(default="", max_length=300)


class SheetIn(Schema):
    """A firm's own spreadsheet, xlsx or csv."""

    file_name: str = Field(min_length=1, max_length=200)
    content: str = Field(max_length=2_800_000, description="base64")


class SheetOut(Schema):
    """The comparison of a spreadsheet with a form."""

    equal: int
    differences: list[list[str | None]] = Field(description="field, value of the spreadsheet, value of the form")
    unknown: list[str] = Field(description="rows that name no field")


class PublicationIn(Schema):
    """A proposal to publish a figure of a period."""

    figure: str = Field(max_length=60)
    period: str = Field(max_length=8)
    reason: str = Field(min_length=1, max_length=300)


class PublicationDecisionIn(Schema):
    """What is decided of a publication."""

    decision: Literal["publish", "refuse", "withdraw"]


class PublicationOut(Schema):
    """A decision to publish a figure."""

    ref: str
    figure: str
    period: str
    state: str


class StatisticalFormOut(Schema):
    """A statutory form with its values."""

    ref: str
    form: str
    version: int
    period: str
    organization: str = Field(description="ref of the organisation")
    state: str
    fields: list[FormFieldOut]


def form_field_out(row: FormRow) -> FormFieldOut:
    """Return the schema of a field."""
    title = row.field.title
    return FormFieldOut(
        field=row.field.name,
        title_zh=title.zh,
        title_en=title.en,
        value=row.value,
        computed=row.computed,
        reason=row.reason,
    )
