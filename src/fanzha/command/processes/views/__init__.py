"""Pages of running processes, made from the processes themselves."""

from fanzha.command.processes.views.definitions import definition, definitions, diagram
from fanzha.command.processes.views.instances import detail, evidence_file, listing
from fanzha.command.processes.views.lists import lists
from fanzha.command.processes.views.messages import inbox, mark_read, notice_delivered, notices
from fanzha.command.processes.views.steps import doing, opening

__all__ = [
    "definition",
    "definitions",
    "detail",
    "diagram",
    "doing",
    "evidence_file",
    "inbox",
    "listing",
    "lists",
    "mark_read",
    "notice_delivered",
    "notices",
    "opening",
]
