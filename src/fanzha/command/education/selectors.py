"""Read items: those that the public is shown, and those of the viewer's organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from fanzha.command.education.education_settings import find_teaching_organization as find_teaching_organization
from fanzha.command.education.models import EducationItem, EducationVersion, VersionState
from fanzha.command.education.topics import ItemKind
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_PUBLIC = unscoped("what is published is for everybody, and what a process is about for whoever reads the process")
#: Who sees the items of the own organisation on the desk, who writes them, and who approves them.
READERS = (Role.EDITOR, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
EDITORS = (Role.EDITOR,)
APPROVERS = (Role.REVIEWER, Role.DUTY_OFFICER)
#: A search has so many words at most, and so many results.
MOST_TERMS, MOST_RESULTS = 6, 30
#: The order of kinds on the front page and in lists.
KIND_ORDER = (ItemKind.COLUMN, ItemKind.CASE, ItemKind.QUIZ, ItemKind.SHEET, ItemKind.POSTER, ItemKind.PAPER)


def published_items(owner: Organization) -> QuerySet[EducationItem]:
    """Return the items of an organisation that the public is shown, with the version that is shown."""
    return _PUBLIC.rows(EducationItem).filter(owner=owner).exclude(live=None).select_related("live", "trial", "owner")


def find_published(owner: Organization, slug: str) -> EducationItem | None:
    """Return an item that the public is shown, by its address."""
    return published_items(owner).filter(slug=slug).first()


def quizzes_of(owner: Organization, slug: str) -> QuerySet[EducationItem]:
    """Return the published quizzes that measure an item."""
    return published_items(owner).filter(kind=ItemKind.QUIZ, teaches=slug)


def search_published(owner: Organization, text: str, language: str) -> Sequence[EducationItem]:
    """Return the published items that contain every word of a search, those with it in the title first."""
    terms = text.split()[:MOST_TERMS]
    found = published_items(owner)
    for term in terms:
        found = found.filter(
            Q(**{f"live__title_{language}__icontains": term})
            | Q(**{f"live__summary_{language}__icontains": term})
            | Q(**{f"live__body_{language}__icontains": term})
        )
    rows = list(found.order_by("slug")[:200]) if terms else []
    titles = {row.pk: getattr(row.live, f"title_{language}").casefold() for row in rows}
    rows.sort(key=lambda row: -sum(term.casefold() in titles[row.pk] for term in terms))
    return rows[:MOST_RESULTS]


def find_items(kind: str = "") -> QuerySet[EducationItem]:
    """Return the items that the current viewer may read, of one kind or all, the latest first."""
    rows = EducationItem.objects.all().select_related("live", "trial", "owner")
    return rows.filter(kind=kind) if kind in ItemKind.values else rows


def find_versions() -> QuerySet[EducationVersion]:
    """Return the versions that the current viewer may read."""
    return EducationVersion.objects.all().select_related("item", "item__owner")


def find_version_of(process: str) -> EducationVersion:
    """Return the version of a process (ref) that the viewer may read: access to the process includes its text."""
    return _PUBLIC.rows(EducationVersion).select_related("item", "item__owner", "item__live").get(process=process)


def find_earlier(version: EducationVersion) -> EducationVersion | None:
    """Return the version before another one, None for the first."""
    rows = _PUBLIC.rows(EducationVersion).filter(item=version.item_id, number__lt=version.number)
    return rows.order_by("-number").first()


def latest_versions(items: Sequence[EducationItem]) -> dict[int, EducationVersion]:
    """Return the latest version of each item (primary key)."""
    rows = EducationVersion.objects.filter(item__in=[item.pk for item in items]).order_by("number")
    return {version.item_id: version for version in rows}


def count_waiting() -> int:
    """Return how many versions of the viewer's organisation wait for their check."""
    return EducationVersion.objects.filter(state=VersionState.DRAFT).count()
