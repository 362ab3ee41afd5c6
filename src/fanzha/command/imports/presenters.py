"""Present imports: title, state, counts, allowlist rows, and who may approve or withdraw."""

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from fanzha.command.imports.models import ImportJob, ImportState, SparedRow
from fanzha.command.imports.origin_words import origin_words
from fanzha.command.imports.tables import all_tables
from fanzha.command.web.components import Badge, ListRow, Tone
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer

_STATE_ICONS = {
    ImportState.WAITING: ("clock", Tone.QUIET),
    ImportState.RUNNING: ("clock", Tone.ACCENT),
    ImportState.PROPOSED: ("users", Tone.WARN),
    ImportState.DONE: ("check", Tone.PLAIN),
    ImportState.FAILED: ("alert", Tone.HARM),
    ImportState.WITHDRAWN: ("undo", Tone.QUIET),
}


def import_title(job: ImportJob) -> str:
    """Return the title of the imported table."""
    table = all_tables().get(job.table)
    return localize(table.title) if table else job.table


def state_badge(job: ImportJob) -> Badge:
    """Return the badge of its state."""
    state = ImportState(job.state)
    return Badge(str(state.label), *_STATE_ICONS[state])


def import_counts(job: ImportJob) -> list[tuple[str, str]]:
    """Return its counts; zero counts are left out, except for used rows."""
    counts = [
        (job.used, pgettext("rows", "used"), True),
        (job.waiting, _("wait for a second person"), False),
        (job.rejected, _("rejected"), False),
    ]
    return [(f"{number:,}", words) for number, words, always in counts if number or always]


def import_problem(job: ImportJob) -> str:
    """Return the reason of its failure, or its note; "" if there is none."""
    zh = (get_language() or "").startswith("zh")
    return (job.problem_zh or job.note_zh) if zh else (job.problem_en or job.note_en)


def present_import(job: ImportJob, *, with_file_name: bool = True) -> ListRow:
    """Present an import as a list row: its counts, or the reason of its failure, and who submitted it."""
    submitter = str(job.made_by) if job.made_by else _("another system")
    return ListRow(
        title=import_title(job),
        href=reverse("import", args=[job.ref]),
        summary=import_problem(job) or ", ".join(f"{number} {words}" for number, words in import_counts(job)),
        badges=(state_badge(job),),
        at=job.made_at,
        meta=(job.file_name, submitter) if with_file_name else (submitter,),
    )


def may_approve(job: ImportJob, viewer: Viewer) -> bool:
    """Return whether a viewer can be the second person."""
    return job.state == ImportState.PROPOSED and viewer.has(Role.REVIEWER) and viewer.person != job.made_by_id


def may_withdraw(job: ImportJob, viewer: Viewer) -> bool:
    """Return whether a viewer can withdraw it."""
    table = all_tables().get(job.table)
    is_withdrawable = job.state in (ImportState.PROPOSED, ImportState.DONE) and bool(table and table.second_person)
    return is_withdrawable and viewer.has(Role.REVIEWER, Role.ADMINISTRATOR)


class AllowlistRow(NamedTuple):
    """One allowlist row: the row, the title of its origin, and the subject of its number if the viewer may read it."""

    row: SparedRow
    origin: str
    subject: Any


def allowlist_rows(job: ImportJob, limit: int) -> list[AllowlistRow]:
    """Return the first allowlist rows of an import."""
    rows = list(job.spared.order_by("row")[:limit])
    (hooks,) = app_modules("import_hooks")
    subjects = hooks.readable_subjects([row.number for row in rows])
    return [
        AllowlistRow(row, localize(origin_words(row.origin_kind, row.origin)), subjects.get(row.number)) for row in rows
    ]
