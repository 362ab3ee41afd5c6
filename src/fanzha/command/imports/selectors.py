"""Read imports and their allowlist rows that wait for approval."""

from datetime import datetime

from django.db.models import QuerySet

from fanzha.command.imports.models import ImportJob, ImportState, SparedRow
from fanzha.command.imports.origin_words import INGRESS_WORDS, origin_words
from fanzha.command.imports.presenters import present_import

__all__ = [
    "INGRESS_WORDS",
    "allowlist_rows_to_approve",
    "get_import",
    "imports_to_approve",
    "origin_words",
    "present_import",
]


def get_import(pk: int) -> ImportJob:
    """Return an import that the current viewer may read, with its owner. Raise ObjectDoesNotExist."""
    return ImportJob.objects.select_related("owner").get(pk=pk)


def imports_to_approve() -> QuerySet[ImportJob]:
    """Return the imports that wait for approval and that the current viewer may read, the oldest first."""
    return ImportJob.objects.filter(state=ImportState.PROPOSED).select_related("made_by").order_by("pk")


def allowlist_rows_to_approve(number: str, at: datetime) -> QuerySet[SparedRow]:
    """Return the rows about a number that wait for approval and have not expired at a moment, the latest first."""
    rows = SparedRow.objects.filter(number=number, job__state=ImportState.PROPOSED, until__gt=at)
    return rows.select_related("job__made_by").order_by("-pk")
