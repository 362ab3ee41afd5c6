"""What the service fills in when a dissuasion is opened, and what the forms of its steps show of the person."""

from fanzha.command.processes.services import ComputedEvidence, StepCheck, StepWriter
from fanzha.command.subjects.process_subjects import FOUND_AT
from fanzha.command.subjects.victim_reminders import settle_reminder
from fanzha.command.subjects.victims import PROCESS, describe_victim

CHECKS: dict[str, StepCheck] = {}
#: Its value depends on the subject, so `process_subjects.opening_values` supplies it for page, API and import.
COMPUTED = {(PROCESS, "open"): ComputedEvidence(frozenset({FOUND_AT}), lambda evidence: {}, None)}
#: Who decides about a person sees on the form what was found, and what was said.
STEP_FACTS = {PROCESS: describe_victim}
#: What asked to reach the person is done once somebody has begun.
WRITERS: dict[str, StepWriter] = {PROCESS: settle_reminder}
