"""Offer processes, their definitions, and the processes that a viewer may open, in the command palette."""

from collections.abc import Iterator
from functools import cache

from django.urls import reverse

from fanzha.base.words import Words
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.openings import list_openings
from fanzha.command.processes.palette_entries import find_process_entries
from fanzha.command.processes.parties import to_actor
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.i18n import localize
from fanzha.command.web.palette.entries import PaletteEntry, PaletteSource, other_titles
from fanzha.command.web.viewer import Viewer


@cache
def _processes_of_other_apps() -> frozenset[str]:
    """Return the processes whose pages another app offers in its own source, by its `PROCESSES`."""
    return frozenset(name for module in app_modules("palette_source") for name in getattr(module, "PROCESSES", ()))


def _find_instances(viewer: Viewer) -> Iterator[PaletteEntry]:
    yield from find_process_entries(viewer, "process", load_processes().keys() - _processes_of_other_apps())


def _find_openings(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the processes that the viewer may open now, without those that another app opens on a page of its own."""
    elsewhere = _processes_of_other_apps()
    owner, actor = get_organization(viewer.organization), to_actor(viewer)
    for process in load_processes().values():
        offers = () if process.name in elsewhere else list_openings(process, owner, actor)
        for offer in offers:
            if offer.allowed:
                title = Words(f"{process.title.zh}：{offer.title.zh}", f"{process.title.en}: {offer.title.en}")
                url = reverse("process_open", args=[process.name, offer.event])
                yield PaletteEntry(localize(title), url, "arrow", keywords=tuple(other_titles(title)))


def _find_definitions(_viewer: Viewer) -> Iterator[PaletteEntry]:
    for process in load_processes().values():
        title = Words(f"流程定义：{process.title.zh}", f"Definition: {process.title.en}")
        url = reverse("process_definition", args=[process.name])
        yield PaletteEntry(localize(title), url, "question", keywords=tuple(other_titles(title)))


SOURCES = (
    PaletteSource(Words("流程", "Processes"), 40, _find_instances, is_latest=True),
    PaletteSource(Words("发起流程", "Open a process"), 90, _find_openings),
    PaletteSource(Words("流程定义", "Definitions of processes"), 100, _find_definitions),
)
