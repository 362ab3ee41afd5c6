"""Exports and imports that wait for approval by a second person."""

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.command.dashboards.work_queue import MAX_ROWS
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.exports.presenters import to_list_row
from fanzha.command.exports.services import DECIDERS
from fanzha.command.imports.models import ImportJob, ImportState
from fanzha.command.imports.presenters import import_counts, import_title, state_badge
from fanzha.command.web.components import EmptyState, Listing, ListRow
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer


def file_approvals(viewer: Viewer) -> tuple[Listing, ...]:
    """Return the list, longest waiting first, for viewers who may approve; nothing for others."""
    if not viewer.has(*DECIDERS):
        return ()
    imports = _import_rows(viewer) if viewer.has(Role.REVIEWER) else ()
    rows = sorted((*_export_rows(viewer), *imports), key=lambda row: str(row.at))[:MAX_ROWS]
    title, empty = _("Files that wait for a second person"), _("No file waits for a second person.")
    return (Listing(title, rows, EmptyState(empty), reverse("exports"), ident="files"),)


def _export_rows(viewer: Viewer) -> Iterator[ListRow]:
    waiting = Export.objects.filter(owner=viewer.organization, state=ExportState.TO_APPROVE)
    for export in waiting.select_related("person").order_by("pk")[:MAX_ROWS]:
        yield _mark_own(to_list_row(export)) if export.person_id == viewer.person else to_list_row(export)


def _import_rows(viewer: Viewer) -> Iterator[ListRow]:
    waiting = ImportJob.objects.filter(owner=viewer.organization, state=ImportState.PROPOSED)
    for job in waiting.select_related("made_by").order_by("pk")[:MAX_ROWS]:
        row = ListRow(
            title=import_title(job),
            href=reverse("import", args=[job.ref]),
            why=", ".join(f"{number} {words}" for number, words in import_counts(job)),
            badges=(state_badge(job),),
            at=job.made_at,
            meta=(str(job.made_by) if job.made_by else _("another system"),),
        )
        yield _mark_own(row) if job.made_by_id == viewer.person else row


def _mark_own(row: ListRow) -> ListRow:
    return replace(row, why=_("Yours: another person decides."))
