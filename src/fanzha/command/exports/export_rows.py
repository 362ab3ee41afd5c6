"""Exports as rows and facts of pages."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.words import Words
from fanzha.command.exports.making import PROBLEM_WORDS
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.exports.table import Narrowed, all_tables
from fanzha.command.web.components import Badge, Fact, Row, Tone
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
    """Return where an export stands, as a word with its sign."""
    words, sign, tone = STATE_WORDS[ExportState(export.state)]
    return Badge(localize(words), sign, tone)


def title_of(export: Export) -> str:
    """Return the title of an export's table."""
    if export.is_pack:
        return _("Evidence pack")
    table = all_tables().get(export.table)
    return localize(table.title) if table else export.ref


def size_of(export: Export) -> str:
    """Return how much is in it: rows, of a pack personal values."""
    if export.is_pack:
        words = ngettext("%(count)s personal value", "%(count)s personal values", export.rows)
    else:
        words = ngettext("%(count)s row", "%(count)s rows", export.rows)
    return words % {"count": f"{export.rows:,}"}


def row_of(export: Export) -> Row:
    """Return an export as a row of a list."""
    whole = (Badge(_("whole values"), "eye", Tone.WARN),) if export.unmasked else ()
    return Row(
        title=title_of(export),
        href=reverse("export", args=[export.ref]),
        why=export.purpose,
        side=size_of(export),
        badges=(state_badge(export), *whole),
        at=export.asked_at,
        meta=tuple(filter(None, (str(export.person or export.actor), export.case))),
    )


def facts_of(export: Export) -> list[Fact]:
    """Return what is known of an export."""
    return list(_facts(export))


def _facts(export: Export) -> Iterator[Fact]:
    narrowed = Narrowed.of(export.narrowed)
    table = all_tables().get(export.table)
    kinds = dict(table.kinds()) if table else {}
    yield Fact(_("Asked for by"), str(export.person or export.actor))
    yield Fact(_("Asked for"), export.asked_at)
    yield Fact(_("What for?"), export.purpose)
    yield Fact(_("Case"), export.case)
    if narrowed.kind in kinds:
        yield Fact(_("Only"), localize(kinds[narrowed.kind]))
    if narrowed.since:
        yield Fact(_("From"), narrowed.since)
    if narrowed.until:
        yield Fact(_("Before"), narrowed.until)
    yield Fact(_("Values"), _("whole") if export.unmasked else _("masked"))
    if export.is_pack:
        yield Fact(_("Of the case"), export.narrowed["ref"])
        yield Fact(_("Personal values"), f"{export.rows:,}")
    else:
        yield Fact(_("Rows"), f"{export.rows:,}")
    if export.decided_by:
        yield Fact(_("Decided by"), str(export.decided_by))
        yield Fact(_("Decision"), export.decision)
    if export.problem:
        yield Fact(_("Problem"), localize(PROBLEM_WORDS[export.problem]))
    if export.sha256:
        yield Fact(_("Size"), f"{export.size:,} B")
        yield Fact("SHA-256", export.sha256)
        yield Fact(_("Kept until"), export.expires_at)
        yield Fact(_("Downloaded"), f"{export.downloads:,}")
