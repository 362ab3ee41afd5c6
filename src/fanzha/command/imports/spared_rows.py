"""Spared numbers of an import as its page shows them: a number that somebody is watched by is masked as elsewhere."""

from typing import NamedTuple

from fanzha.command.imports.models import ImportJob, SparedRow
from fanzha.command.imports.origin_words import origin_words
from fanzha.command.subjects.canonical import Kept
from fanzha.command.subjects.models import Subject
from fanzha.command.web.i18n import localize


class SparedShown(NamedTuple):
    """One number: its row, its origin in words, and the subject that it is, None where nothing of it may be read."""

    row: SparedRow
    origin: str
    subject: Subject | None


def spared_rows(job: ImportJob, most: int) -> list[SparedShown]:
    """Return the first spared numbers of an import."""
    rows = list(job.spared.order_by("row")[:most])
    things = {row.pk: Kept("phone_number", row.number).thing for row in rows}
    keys = list(Subject._base_manager.filter(thing__in=things.values()).values_list("pk", flat=True))
    known = {one.thing: one for one in Subject.objects.filter(pk__in=keys).order_by("pk")}
    return [
        SparedShown(row, localize(origin_words(row.origin_kind, row.origin)), known.get(things[row.pk])) for row in rows
    ]
