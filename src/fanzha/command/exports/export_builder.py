"""Build the file of an export in the background, in chunks, with the requester's current rights."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.timezone import localtime
from django_tasks import task

from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.exports.export_file import WrittenFile, export_path, write_csv
from fanzha.command.exports.log_drafts import build_draft
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.exports.table import ExportTable, TableFilter, all_tables
from fanzha.command.organizations.selectors import build_viewer, current_memberships, valid_api_keys
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import MAY_UNMASK
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.command.web.viewer import Viewer

logger = logging.getLogger(__name__)

CHUNK = 500  # rows
RETENTION = timedelta(days=3)
#: Stored reasons of a failed export.
GONE, BROKEN = "gone", "broken"
PROBLEM_WORDS = {
    GONE: Words("申请人已无相应权限", "The person who requested it no longer has access"),
    BROKEN: Words("生成失败，请重新申请", "The file could not be created. Request it again"),
}
_MARK = Words(
    "导出 {ref} · {who} · {organisation} · {at} · 用途：{purpose} · 案件：{case} · 请勿外传",
    "Export {ref} · {who} · {organisation} · {at} · purpose: {purpose} · case: {case} · do not pass on",
)
_REF = Words("导出编号", "export")


class _Stopped(Exception):
    """The export was removed or refused while it was running."""


@task()
def make_export(ref: str) -> None:
    """Build the file of a queued export. An interrupted one starts over."""
    with unscoped("the worker makes exports of all organisations"):
        export = Export.objects.select_related("owner", "person").get(ref=ref)
        active = Export.objects.filter(pk=export.pk, state__in=(ExportState.QUEUED, ExportState.RUNNING))
        if not active.update(state=ExportState.RUNNING, done=0, touched_at=timezone.now()):
            return
        viewer = current_requester(export)
    if not _is_still_allowed(export, viewer):
        _fail(export, GONE)
        return
    try:
        _make(export, viewer)
    except _Stopped:
        export_path(ref).unlink(missing_ok=True)
    except Exception:
        _fail(export, BROKEN)
        raise


def current_requester(export: Export) -> Viewer:
    """Return the requester as a viewer, with the roles held both at the request and now."""
    roles = set(export.roles)
    if export.person_id:
        members = current_memberships().filter(person=export.person_id, organization=export.owner_id)
        roles &= set(members.values_list("role", flat=True))
        return build_viewer(export.owner, roles, export.person_id)
    key = valid_api_keys().filter(pk=export.actor.rpartition(":")[2]).first()
    if key is None:
        return build_viewer(export.owner, frozenset(), None)
    return build_viewer(export.owner, roles.intersection(key.roles), None)._replace(key=key.pk)


@cache
def pack_writer() -> Any:
    """Return the module `packs` of the app that writes evidence packs. Raise ValueError unless there is exactly one.

    It has `may_pack(viewer: Viewer) -> bool` and `write_pack(export: Export, viewer: Viewer) -> WrittenFile`.
    """
    (module,) = app_modules("packs")
    return module


def _is_still_allowed(export: Export, viewer: Viewer) -> bool:
    if export.is_pack:
        return bool(pack_writer().may_pack(viewer))
    table = all_tables().get(export.table)
    return table is not None and table.is_for(viewer) and (not export.unmasked or viewer.has(*MAY_UNMASK))


def _make(export: Export, viewer: Viewer) -> None:
    language = (export.person.language if export.person else "") or settings.LANGUAGE_CODE
    with scoped_to(viewer), translation.override(language):
        if export.is_pack:
            written = pack_writer().write_pack(export, viewer)
        else:
            written = _write_table(export, all_tables()[export.table])
    now = timezone.now()
    with unscoped("its owner's row is brought to its end"), recorded() as log:
        fields = {"state": ExportState.DONE, "done": export.done, "touched_at": now, "expires_at": now + RETENTION}
        running = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING)
        if not running.update(sha256=written.sha256, size=written.size, problem="", **fields):
            raise _Stopped
        log.add(build_draft("export", export, "", export.owner.ref, sha256=written.sha256, rows=export.done))


def _write_table(export: Export, table: ExportTable) -> WrittenFile:
    head = [*(localize(column.title) for column in table.columns), localize(_REF)]
    return write_csv(export.ref, watermark(export), head, _rows(export, table))


def watermark(export: Export) -> str:
    """Return the first line of the file: requester, time and purpose."""
    at = f"{localtime(export.asked_at):%Y-%m-%d %H:%M %z}"
    who = f"{export.person} <{export.person.email}>" if export.person else export.actor
    words = _MARK.format(
        ref=export.ref, who=who, organisation=export.owner, at=at, purpose=export.purpose, case=export.case or "–"
    )
    return localize(words)


def _rows(export: Export, table: ExportTable) -> Iterator[tuple[object, ...]]:
    """Yield rows in chunks by primary key. No statement stays open, and each chunk updates the progress."""
    rows = table.rows(TableFilter.of(export.narrowed)).order_by("pk")
    last = None
    while chunk := list((rows if last is None else rows.filter(pk__gt=last))[:CHUNK]):
        yield from table.cells(chunk, export.unmasked)
        last, export.done = chunk[-1].pk, export.done + len(chunk)
        with unscoped("progress is its owner's"):
            running = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING)
            if not running.update(done=export.done, touched_at=timezone.now()):
                raise _Stopped


def _fail(export: Export, problem: str) -> None:
    logger.error("export %s failed: %s", export.ref, PROBLEM_WORDS[problem].en)
    export_path(export.ref).unlink(missing_ok=True)
    with unscoped("its owner's row says that it failed"):
        running = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING)
        running.update(state=ExportState.FAILED, problem=problem, touched_at=timezone.now())
