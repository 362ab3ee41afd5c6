"""Pages of running processes, generated from their definitions."""

from fanzha.command.processes.views.definitions import definition_detail, definition_diagram, definition_list
from fanzha.command.processes.views.instances import evidence_file, process_detail, process_list
from fanzha.command.processes.views.lists import public_lists
from fanzha.command.processes.views.messages import deliver_notice, inbox, mark_read, notices
from fanzha.command.processes.views.steps import process_open, take_step

__all__ = [
    "definition_detail",
    "definition_list",
    "process_detail",
    "definition_diagram",
    "take_step",
    "evidence_file",
    "inbox",
    "process_list",
    "public_lists",
    "mark_read",
    "deliver_notice",
    "notices",
    "process_open",
]
