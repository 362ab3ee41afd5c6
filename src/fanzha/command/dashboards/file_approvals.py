"""Exports and imports that wait for approval by a second person."""

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.command.dashboards.work_queue import MAX_ROWS
from fanzha.command.exports.selectors import exports_to_approve, present_export
from fanzha.command.exports.services import DECIDERS
from fanzha.command.imports.selectors import imports_to_approve, present_import
from fanzha.command.web.components import EmptyState, Listing, ListRow
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer


def file_approvals(viewer: Viewer) -> tuple[Listing, ...]:
    """Return the list, longest waiting first, for viewers who may approve; nothing for others."""
    if not viewer.has(*DECIDERS):
        return ()
    imports = _import_rows(viewer) if viewer.has(Role.REVIEWER) else ()
    rows = sorted((*_export_rows(viewer), *imports), key=lambda row: str(row.at))[:MAX_ROWS]
    title, empty = _("Files waiting for a second person"), _("No files are waiting for a second person.")
    return (Listing(title, rows, EmptyState(empty), reverse("exports"), ident="files"),)


def _export_rows(viewer: Viewer) -> Iterator[ListRow]:
    for export in exports_to_approve().filter(owner=viewer.organization)[:MAX_ROWS]:
        yield _mark_own(present_export(export)) if export.person_id == viewer.person else present_export(export)


def _import_rows(viewer: Viewer) -> Iterator[ListRow]:
    for job in imports_to_approve().filter(owner=viewer.organization)[:MAX_ROWS]:
        row = present_import(job, with_file_name=False)
        yield _mark_own(row) if job.made_by_id == viewer.person else row


def _mark_own(row: ListRow) -> ListRow:
    return replace(row, summary=_("You proposed this, so another person must decide."))
