"""Entries of lists as the API gives them."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from fanzha.command.processes.models import ListEntry


class ListEntryOut(Schema):
    """An entry of a list: what its decision says by the names of the fields, moments in UTC ms."""

    id: int
    process: str
    instance: str = Field(description="ref of the process that made it")
    owner: str = Field(description="ref of the organisation that keeps it")
    organization: str | None = Field(description="ref of the organisation that is listed")
    about: str = Field(description="ref of the subject that is listed, where it is no organisation")
    simulated: bool = Field(description="by an exercise")
    facts: dict[str, Any]
    listed_at: datetime
    until: datetime | None
    withdrawn_at: datetime | None

    @staticmethod
    def of(row: ListEntry) -> "ListEntryOut":
        """Return a row; its process, owner and organisation must have been selected with it."""
        plain = {name: getattr(row, name) for name in ("process", "about", "facts", "listed_at", "until")}
        return ListEntryOut(
            **plain,
            id=row.pk,
            instance=row.instance.ref,
            simulated=row.instance.simulated,
            owner=row.owner.ref,
            organization=row.organization.ref if row.organization else None,
            withdrawn_at=row.withdrawn_at,
        )
