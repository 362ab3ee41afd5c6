"""Read bulletins: those of the viewer, and those that are published, which everybody reads."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from fanzha.command.bulletins.models import Bulletin, BulletinCase, BulletinText
from fanzha.command.processes.selectors import find_instances
from fanzha.command.web.roles import SUPERVISORS, Role
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer

_PUBLIC = unscoped("a published bulletin is for everybody")
#: Who drafts a bulletin and edits its text, and in which kinds of organisation.
EDITORS = (Role.ANALYST, Role.DUTY_OFFICER)
OWNER_KINDS = SUPERVISORS


def find_bulletins() -> QuerySet[Bulletin]:
    """Return the bulletins that the current viewer may read, the latest month first."""
    return Bulletin.objects.all().select_related("owner").defer("content")


def published_bulletins() -> QuerySet[Bulletin]:
    """Return what was published, also withdrawn ones, the latest first; those of exercises say so."""
    rows = _PUBLIC.rows(Bulletin).filter(published_at__isnull=False)
    return rows.select_related("owner").order_by("-published_at", "-pk")


def reads_all(viewer: Viewer, bulletin: Bulletin) -> bool:
    """Return whether a viewer reads the whole bulletin: of its owner or who supervises it; a company reads its part."""
    return bulletin.owner_id in viewer.reads


def find_cases(
    bulletin: Bulletin, measure: str, *, company: str = "", only_part: bool = False
) -> QuerySet[BulletinCase]:
    """Return the rows behind a figure that the current viewer may read: of its denominator, or of its numerator."""
    rows = BulletinCase.objects.filter(bulletin=bulletin, measure=measure, **{_side(only_part): True})
    return rows.filter(**({"organization__ref": company} if company else {})).select_related("organization")


def _side(only_part: bool) -> str:
    return "is_part" if only_part else "is_whole"


def find_wordings(bulletin: Bulletin, section: str) -> QuerySet[BulletinText]:
    """Return every wording of a section that the current viewer may read, the latest first."""
    rows = BulletinText.objects.filter(bulletin=bulletin, section=section)
    return rows.select_related("person").order_by("-pk")


def process_states(bulletins: list[Bulletin]) -> Mapping[str, object]:
    """Return the state of the process of each bulletin in words, by ref."""
    rows = find_instances().select_related("version").filter(ref__in=[bulletin.ref for bulletin in bulletins])
    return {row.ref: row.version.process.states[row.state].title for row in rows}
