"""Read tags and disputes for figures of other apps, and what waits for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from fanzha.command.number_tags.models import Tag, TagDispute
from fanzha.command.number_tags.services import DISPUTE_DAYS
from fanzha.command.web.components import ListRow
from fanzha.kinds import all_kinds

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.web.scoping import Unscoped
    from fanzha.command.web.viewer import Viewer


def all_tags(access: Unscoped) -> QuerySet[Tag]:
    """Return the tags of all organisations."""
    return access.rows(Tag)


def all_disputes(access: Unscoped) -> QuerySet[TagDispute]:
    """Return the disputes of all organisations, also those whose code was not used yet."""
    return access.rows(TagDispute)


def list_open_disputes(viewer: Viewer, most: int) -> list[ListRow]:
    """Return the disputes that the viewer's organisation has to decide, the oldest first."""
    rows = TagDispute.to_decide(viewer).filter(upheld=None).order_by("disputed_at")
    rows = rows.exclude(given_by=viewer.person) if viewer.person else rows
    return [_present(row) for row in rows[:most]]


def _present(row: TagDispute) -> ListRow:
    due = row.disputed_at + DISPUTE_DAYS if row.disputed_at else None
    masked, operator = all_kinds()[row.kind].mask(row.value), row.owner.name
    return ListRow(masked, reverse("tag_disputes"), row.statement, due=due, at=row.disputed_at, meta=(operator,))
