"""Offer the organisations and people that an administrator administers in the command palette."""

from collections.abc import Iterator

from django.urls import reverse

from fanzha.base.words import Words
from fanzha.command.organizations.selectors import administered_people, get_organization
from fanzha.command.web.palette.entries import PaletteEntry, PaletteSource
from fanzha.command.web.roles import KIND_TITLES, SUPERVISORS, Kind, Role
from fanzha.command.web.viewer import Viewer

_MOST = 2_000


def find_organizations(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the supervised organisations; only for administrators of supervisors."""
    if not viewer.has(Role.ADMINISTRATOR) or viewer.kind not in SUPERVISORS:
        return
    base = reverse("organizations")
    for row in get_organization(viewer.organization).supervises.order_by("pk")[:_MOST]:
        kind = str(KIND_TITLES[Kind(row.kind)])
        yield PaletteEntry(
            row.name, f"{base}{row.ref}/", "organization", kind, keywords=(row.name_zh, row.name_en), ref=row.ref
        )


def find_people(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the people of the viewer's organisation; only for administrators."""
    if not viewer.has(Role.ADMINISTRATOR):
        return
    base = reverse("people")
    people = administered_people(get_organization(viewer.organization)).order_by("pk")
    for ref, name, email in people.values_list("ref", "name", "email")[:_MOST]:
        yield PaletteEntry(name or email, f"{base}{ref}/", "account", email, keywords=(email,), ref=ref)


SOURCES = (
    PaletteSource(Words("单位", "Organisations"), 60, find_organizations),
    PaletteSource(Words("人员", "People"), 70, find_people),
)
