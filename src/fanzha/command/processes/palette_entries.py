"""Offer processes of given names in the command palette, with the latest that a viewer may read."""

from collections.abc import Iterator, Set

from django.db.models import QuerySet
from django.urls import reverse

from fanzha.base.words import Words
from fanzha.command.processes.models import Participation, ProcessInstance
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.web.database.bulk import in_union
from fanzha.command.web.i18n import language_index
from fanzha.command.web.palette.entries import PaletteEntry
from fanzha.command.web.viewer import Viewer

#: Processes of the own organisation and of each supervised one that are offered, the latest.
_OWN, _SUPERVISED = 400, 100
_MOST_SUPERVISED = 10


def find_process_entries(viewer: Viewer, url_name: str, names: Set[str]) -> Iterator[PaletteEntry]:
    """Yield the latest processes of these names that the viewer may read; `url_name` is the address of their page."""
    processes, shown = load_processes(), language_index()
    base = reverse(url_name, args=["0"]).removesuffix("0/")
    rows = _latest_instances(viewer).filter(process__in=names)
    for ref, name, title, state, at in rows.values_list("ref", "process", "title", "state", "changed_at"):
        process = processes.get(name)
        words = process.title if process else Words(name, name)
        state_words = process.states[state].title if process and state in process.states else Words(state, state)
        yield PaletteEntry(
            title=f"{words[shown]} · {title}" if title else words[shown],
            url=f"{base}{ref}/",
            icon="list",
            note=state_words[shown],
            at=at,
            keywords=(title, words.zh, words.en, state_words.zh, state_words.en),
            ref=ref,
        )


def _latest_instances(viewer: Viewer) -> QuerySet[ProcessInstance]:
    """Return the latest readable processes in which the viewer's organisation or a supervised one takes part.

    Each organisation's are a range of an index; at most ten supervised ones are read.
    """
    supervised = sorted(viewer.supervised - {viewer.organization})[:_MOST_SUPERVISED]
    latest = [
        Participation.objects.filter(organization=organization)
        .order_by("-instance")
        .values_list("instance", flat=True)[:most]
        for organization, most in [(viewer.organization, _OWN), *((pk, _SUPERVISED) for pk in supervised)]
    ]
    return ProcessInstance.objects.filter(pk__in=in_union(latest))
