"""API schemas of sources and screens."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Schema
from pydantic import AwareDatetime, Field, field_validator

from fanzha.command.health.models import ComponentKind, ReportedComponent
from fanzha.command.health.selectors import ComponentState, HealthLevel

MAX_CLOCK_DIFFERENCE = timedelta(minutes=5)
_LEVELS = {
    HealthLevel.FAILING: "failing",
    HealthLevel.SILENT: "silent",
    HealthLevel.LESS: "less",
    HealthLevel.IN_ORDER: "in_order",
}


class ComponentIn(Schema):
    """A source of events or a screen, as the installation that has it sees it."""

    kind: Literal["source", "screen"] = "source"
    name: str = Field(min_length=1, max_length=120)
    title_zh: str = Field(default="", max_length=120, description="for people; `name` if empty")
    title_en: str = Field(default="", max_length=120)
    tables: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=40, description="event tables")
    last_at: AwareDatetime | None = Field(default=None, description="last events of a source, or a screen was ready")
    silent_after_seconds: int = Field(default=900, ge=1, le=31_536_000)
    usual_gap_seconds: int | None = Field(default=None, ge=0, le=31_536_000)
    usual_count: int | None = Field(default=None, ge=0, le=10**15, description="events an hour at this time of day")
    hours: list[Annotated[int, Field(ge=0, le=10**15)]] = Field(
        default=[], max_length=168, description="events of the last hours, the running one last"
    )
    is_less: bool = Field(default=False, description="clearly fewer events than usual")
    problem: str = Field(default="", max_length=300)

    @field_validator("last_at")
    @classmethod
    def refuse_future(cls, moment: datetime | None) -> datetime | None:
        """Refuse a moment later than clocks differ: the source would seem to bring events until then."""
        if moment is not None and moment > timezone.now() + MAX_CLOCK_DIFFERENCE:
            raise ValueError("lies in the future")
        return moment

    def to_row(self) -> ReportedComponent:
        """Return the row for the service."""
        return ReportedComponent(**self.model_dump())


class ComponentListIn(Schema):
    """All sources and screens of the caller's organisation; what is not named any more is removed."""

    components: list[ComponentIn] = Field(min_length=1, max_length=500)


class ComponentOut(Schema):
    """A source or screen with its organisation and state; `level` is what the page shows first."""

    organization: str
    kind: Literal["source", "screen"]
    name: str
    title_zh: str
    title_en: str
    level: Literal["failing", "silent", "less", "in_order"]
    last_at: datetime | None
    tables: list[str]
    usual_gap_seconds: int | None
    usual_count: int | None
    hours: list[int]
    problem: str
    reported_at: datetime

    @classmethod
    def of(cls, state: ComponentState) -> "ComponentOut":
        """Return the schema of the state of a component."""
        row = state.row
        return cls.model_validate(
            {
                "organization": state.owner.ref,
                "kind": ComponentKind(row.kind).value,
                "level": _LEVELS[state.level],
                **{name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)},
            }
        )
