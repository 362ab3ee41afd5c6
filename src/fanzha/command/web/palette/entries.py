"""Collect what the apps offer for a typed text, best and latest first.

An app has a module `palette_source` with `SOURCES`. A source yields only what the viewer may open, by the title that
the viewer sees on the app's own pages.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.urls import NoReverseMatch, resolve, reverse

from fanzha.base.words import Words
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.i18n import localize
from fanzha.command.web.palette.matcher import MatchRank, fold, index_titles, may_match, rank_term
from fanzha.command.web.viewer import Viewer

MAX_TEXT_LENGTH = 100
#: Entries shown of one source, with a text and without.
ENTRIES_SHOWN, LATEST_SHOWN = 6, 3
_MIN_REF_LENGTH = 6


class PaletteEntry(NamedTuple):
    """One thing that can be opened; `at` orders entries, the latest first.

    `keywords` are other texts that find it, such as the title in the other language; they are not shown.
    """

    title: str
    url: str
    icon: str
    note: str = ""
    at: datetime | None = None
    keywords: tuple[str, ...] = ()
    ref: str = ""


class PaletteSource(NamedTuple):
    """What one app offers: title, place among the sources, and the function that yields entries for a viewer.

    `is_latest` says that its latest entries are shown before anything is typed.
    """

    title: Words
    position: int
    find: Callable[[Viewer], Iterable[PaletteEntry]]
    is_latest: bool = False


class PaletteGroup(NamedTuple):
    """Entries of one source under its title."""

    title: str
    entries: list[PaletteEntry]


@cache
def all_sources() -> list[PaletteSource]:
    """Return the sources of all apps in their order."""
    sources: list[PaletteSource] = []
    for module in app_modules("palette_source"):
        sources += module.SOURCES
    return sorted(sources, key=lambda source: source.position)


def find_groups(text: str, viewer: Viewer) -> list[PaletteGroup]:
    """Return what the current viewer may open and a text matches, the group with the best match first.

    Typing mistakes are looked for only if nothing matches without. Without a text the latest entries are returned.
    """
    terms = fold(text.strip()[:MAX_TEXT_LENGTH]).split()
    if not terms:
        latest = [(source, _latest(source.find(viewer))) for source in all_sources() if source.is_latest]
        return [PaletteGroup(localize(source.title), entries) for source, entries in latest if entries]
    candidates = [(source, list(source.find(viewer))) for source in all_sources()]
    for allow_typo in (False, True):
        ranked = [(source, _best(entries, terms, allow_typo=allow_typo)) for source, entries in candidates]
        groups = sorted((found[0][0], source.position, source, found) for source, found in ranked if found)
        if groups:
            return [
                PaletteGroup(localize(source.title), [entry for _rank, _age, _number, entry in found])
                for _rank, _position, source, found in groups
            ]
    return []


def _latest(entries: Iterable[PaletteEntry]) -> list[PaletteEntry]:
    return heapq.nsmallest(LATEST_SHOWN, entries, key=_age)


def _age(entry: PaletteEntry) -> float:
    return -entry.at.timestamp() if entry.at else 0.0


def _best(
    entries: Iterable[PaletteEntry], terms: list[str], *, allow_typo: bool
) -> list[tuple[MatchRank, float, int, PaletteEntry]]:
    ranked = (
        (rank, _age(entry), number, entry)
        for number, entry in enumerate(entries)
        if (rank := rank_entry(entry, terms, allow_typo=allow_typo)) is not None
    )
    return heapq.nsmallest(ENTRIES_SHOWN, ranked)


def rank_entry(entry: PaletteEntry, terms: list[str], *, allow_typo: bool = False) -> MatchRank | None:
    """Return how well an entry matches all terms: the rank of the worst; None if a term does not match."""
    worst = MatchRank.EXACT
    index = index_titles((entry.title, *entry.keywords))
    for term in terms:
        if entry.ref and len(term) >= _MIN_REF_LENGTH and entry.ref.casefold().startswith(term):
            worst = max(worst, MatchRank.WHOLE_START)
            continue
        if not may_match(term, index, allow_typo=allow_typo):
            return None
        ranks = [rank for title in index.titles if (rank := rank_term(term, title, allow_typo=allow_typo)) is not None]
        if not ranks:
            return None
        worst = max(worst, min(ranks))
    return worst


@cache
def _view_access(url_name: str) -> tuple[str, frozenset[str], frozenset[str]]:
    """Return address, roles and kinds of a page without parameters; "" if its app is not installed."""
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return "", frozenset(), frozenset()
    view = resolve(url).func
    return url, frozenset(getattr(view, "roles", ())), frozenset(getattr(view, "kinds", ()))


def find_page(url_name: str, viewer: Viewer) -> str:
    """Return the address of a page without parameters, "" if the viewer's role or kind may not open it."""
    url, roles, kinds = _view_access(url_name)
    return "" if (roles and not viewer.has(*roles)) or (kinds and viewer.kind not in kinds) else url


def other_titles(words: Words) -> Iterator[str]:
    """Yield the titles by which an entry is found beside the one that is shown."""
    yield words.en if localize(words) == words.zh else words.zh
