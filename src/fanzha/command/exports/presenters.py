"""Present exports as list rows and facts."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.words import Words
from fanzha.command.exports.export_builder import PROBLEM_WORDS
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.exports.table import TableFilter, all_tables
from fanzha.command.web.components import Badge, FactItem, ListRow, Tone
from fanzha.command.web.i18n import localize

STATE_WORDS: dict[ExportState, tuple[Words, str, Tone]] = {
    ExportState.TO_APPROVE: (Words("待批准", "to be approved"), "users", Tone.WARN),
    ExportState.QUEUED: (Words("排队中", "queued"), "clock", Tone.QUIET),
    ExportState.RUNNING: (Words("生成中", "being made"), "clock", Tone.QUIET),
    ExportState.DONE: (Words("可下载", "there"), "check", Tone.ACCENT),
    ExportState.FAILED: (Words("失败", "failed"), "alert", Tone.HARM),
    ExportState.REFUSED: (Words("已驳回", "refused"), "refuse", Tone.QUIET),
    ExportState.REMOVED: (Words("已删除", "removed"), "cross", Tone.QUIET),
}


def state_badge(export: Export) -> Badge:
    """Return the badge of an export's state."""
    words, icon, tone = STATE_WORDS[ExportState(export.state)]
    return Badge(localize(words), icon, tone)


def export_title(export: Export) -> str:
    """Return the title of an export."""
    if export.is_pack:
        return _("Evidence pack")
    table = all_tables().get(export.table)
    return localize(table.title) if table else export.ref


def export_size(export: Export) -> str:
    """Return the size of an export as text: rows, or personal values of a pack."""
    if export.is_pack:
        words = ngettext("%(count)s personal data item", "%(count)s personal data items", export.rows)
    else:
        words = ngettext("%(count)s row", "%(count)s rows", export.rows)
    return words % {"count": f"{export.rows:,}"}


def present_export(export: Export) -> ListRow:
    """Return an export as a list row."""
    unmasked_badge = (Badge(_("unmasked values"), "eye", Tone.WARN),) if export.unmasked else ()
    return ListRow(
        title=export_title(export),
        href=reverse("export", args=[export.ref]),
        summary=export.purpose,
        aside=export_size(export),
        badges=(state_badge(export), *unmasked_badge),
        at=export.asked_at,
        meta=tuple(filter(None, (str(export.person or export.actor), export.case))),
    )


def export_facts(export: Export) -> list[FactItem]:
    """Return the facts of an export."""
    return list(_facts(export))


def _facts(export: Export) -> Iterator[FactItem]:
    table_filter = TableFilter.of(export.narrowed)
    table = all_tables().get(export.table)
    kinds = dict(table.kinds()) if table else {}
    yield FactItem(_("Requested by"), str(export.person or export.actor))
    yield FactItem(_("Requested"), export.asked_at)
    yield FactItem(_("Purpose"), export.purpose)
    yield FactItem(_("Case"), export.case)
    if table_filter.kind in kinds:
        yield FactItem(_("Only"), localize(kinds[table_filter.kind]))
    if table_filter.since:
        yield FactItem(_("From"), table_filter.since)
    if table_filter.until:
        yield FactItem(_("Until (not included)"), table_filter.until)
    yield FactItem(_("Values"), _("unmasked") if export.unmasked else _("masked"))
    if export.is_pack:
        yield FactItem(_("Case"), export.narrowed["ref"])
        yield FactItem(_("Personal data items"), f"{export.rows:,}")
    else:
        yield FactItem(_("Rows"), f"{export.rows:,}")
    if export.decided_by:
        yield FactItem(_("Decided by"), str(export.decided_by))
        yield FactItem(_("Decision"), export.decision)
    if export.problem:
        yield FactItem(_("Problem"), localize(PROBLEM_WORDS[export.problem]))
    if export.sha256:
        yield FactItem(_("Size"), f"{export.size:,} B")
        yield FactItem("SHA-256", export.sha256)
        yield FactItem(_("Kept until"), export.expires_at)
        yield FactItem(_("Downloaded"), f"{export.downloads:,}")
