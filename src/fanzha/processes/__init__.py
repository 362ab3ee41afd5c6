"""Process engine, and one YAML file per process: actors, deadlines, evidence and legal basis of every step."""

from fanzha.processes.catalog import all_processes
from fanzha.processes.engine import due, fire, offers, openings, opens_for_others, pass_timer, start
from fanzha.processes.parse import describe_undeclared_steps, parse_process
from fanzha.processes.parties import SYSTEM, Actor, Party, PartyRole, import_actor
from fanzha.processes.process import Process
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.settings import ProcessSettings, check_settings
from fanzha.processes.situation import Change, Offer, Situation

__all__ = [
    "SYSTEM",
    "Actor",
    "Change",
    "Offer",
    "Party",
    "Process",
    "Reason",
    "Refusal",
    "ProcessSettings",
    "Situation",
    "PartyRole",
    "all_processes",
    "check_settings",
    "describe_undeclared_steps",
    "due",
    "fire",
    "import_actor",
    "offers",
    "openings",
    "opens_for_others",
    "parse_process",
    "pass_timer",
    "start",
]
