"""Offer the latest subjects in the command palette, by their masked values.

The hidden part of a value is never matched, so the palette discloses no more than the list of subjects; a whole value
is looked up on the search page, which records it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache

from django.urls import reverse

from fanzha.base.words import Words
from fanzha.command.subjects.canonical import mask_value
from fanzha.command.subjects.models import Presence, Share
from fanzha.command.subjects.presenters import kind_title
from fanzha.command.web.database.bulk import fetch_union
from fanzha.command.web.palette.entries import PaletteEntry, PaletteSource
from fanzha.command.web.roles import MAY_UNMASK
from fanzha.command.web.viewer import Viewer

#: Subjects of the own organisation, of each supervised one, and shared ones that are offered, the latest.
_OWN, _SUPERVISED, _SHARED = 2_000, 300, 200
_MOST_SUPERVISED = 10
_MAX_TITLE_LENGTH = 120
_ICON = "eye"
_COLUMNS = ("subject__ref", "subject__kind", "subject__value", "subject__shown")

_mask = lru_cache(maxsize=30_000)(mask_value)


def find_entries(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the latest subjects that the viewer may read; none for roles that may not unmask values."""
    if not viewer.has(*MAY_UNMASK):
        return
    supervised = sorted(viewer.supervised - {viewer.organization})[:_MOST_SUPERVISED]
    known: set[str] = set()
    base, titles = _base_url(), dict[str, str]()
    for ref, kind, value, shown, at in _rows(viewer.organization, supervised):
        if ref not in known:
            known.add(ref)
            title = _mask(kind, value, shown)[:_MAX_TITLE_LENGTH]
            note = titles.get(kind) or titles.setdefault(kind, kind_title(kind))
            yield PaletteEntry(title, f"{base}{ref}/", _ICON, note, at, ref=ref)


def _rows(own: int, supervised: Sequence[int]) -> list[tuple[str, str, str, str, datetime]]:
    sizes = [(own, _OWN), *((owner, _SUPERVISED) for owner in supervised)]
    latest = [
        Presence.objects.filter(owner=owner).order_by("-last_at", "-pk").values_list(*_COLUMNS, "last_at")[:size]
        for owner, size in sizes
    ]
    shares = Share.objects.filter(Share.in_force(), receiver=own).order_by("-pk")
    return fetch_union([*latest, shares.values_list(*_COLUMNS, "shared_at")[:_SHARED]])


@cache
def _base_url() -> str:
    return reverse("subjects")


SOURCES = (PaletteSource(Words("对象", "Subjects"), 10, find_entries),)
