"""Read tags and disputes for figures of other apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanzha.command.number_tags.models import Tag, TagDispute

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.web.scoping import Unscoped


def all_tags(access: Unscoped) -> QuerySet[Tag]:
    """Return the tags of all organisations."""
    return access.rows(Tag)


def all_disputes(access: Unscoped) -> QuerySet[TagDispute]:
    """Return the disputes of all organisations, also those whose code was not used yet."""
    return access.rows(TagDispute)
