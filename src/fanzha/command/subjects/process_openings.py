"""Select the processes that a viewer may open with subjects."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.selectors import find_step_page, list_openings, load_processes, to_actor
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import FieldType


@dataclass(frozen=True)
class ProcessOpening:
    """An opening event of a process that takes subjects: process, event, titles, and the field for the subjects.

    `page` is the URL name of a page of its own on which it is opened, "" for the generated form.
    """

    process: str
    event: str
    about: Words
    title: Words
    field: str
    many: bool
    page: str = ""


def available_openings(viewer: Viewer) -> list[ProcessOpening]:
    """Return the processes that a viewer may open with subjects now."""
    owner, actor = get_organization(viewer.organization), to_actor(viewer)
    result = []
    for process in load_processes().values():
        for offer in list_openings(process, owner, actor):
            fields = [name for name, field in offer.evidence.items() if field.type is FieldType.SUBJECT]
            if offer.allowed and fields:
                last = fields[-1]  # the subjects to act on are the last field: the victim comes before the accounts
                page = find_step_page(process.name, offer.event)
                accepts_many = offer.evidence[last].many
                result.append(
                    ProcessOpening(process.name, offer.event, process.title, offer.title, last, accepts_many, page)
                )
    return result
