"""API schemas of assignments and hand-overs."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from fanzha.command.shifts.models import Handover
from fanzha.command.shifts.services import Item


class WorkItemIn(Schema):
    """A campaign or process, with a note for the colleague who takes over."""

    kind: Literal["campaign", "process"]
    ref: str = Field(max_length=26)
    note: str = Field(default="", max_length=500)

    def to_item(self) -> Item:
        """Return the item for the service."""
        return Item(self.kind, self.ref, self.note)


class AssignmentIn(WorkItemIn):
    """The assignee of a campaign or process: the ref of a colleague, or empty to unassign it."""

    to: str = Field(default="", max_length=26)


class DigestChoiceIn(Schema):
    """When a digest is mailed; `hour` is in the time zone of the organisation."""

    time: Literal["", "daily", "shift_end"] = Field(default="", description="empty: never")
    hour: int = Field(default=8, ge=0, le=23)


class DigestChoiceOut(DigestChoiceIn):
    """When a digest is mailed to the caller."""


class HandoverIn(Schema):
    """What is handed over to a colleague (ref) at once, with a remark."""

    to: str = Field(min_length=1, max_length=26)
    remark: str = Field(default="", max_length=1_000)
    items: list[WorkItemIn] = Field(min_length=1, max_length=200)


class HandoverOut(Schema):
    """A hand-over: the refs of giver and receiver, and the items."""

    ref: str
    person: str
    to: str
    remark: str
    items: list[WorkItemIn]
    at: datetime

    @classmethod
    def of(cls, row: Handover) -> "HandoverOut":
        """Return a hand-over."""
        items = [WorkItemIn(**item) for item in row.items]
        return cls(ref=row.ref, person=row.person.ref, to=row.to.ref, remark=row.remark, items=items, at=row.at)
