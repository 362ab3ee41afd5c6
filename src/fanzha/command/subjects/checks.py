"""What the service fills in when a dissuasion is opened: since when the person is known to be in danger."""

from fanzha.command.processes.services import ComputedEvidence, StepCheck
from fanzha.command.subjects.process_subjects import FOUND_AT
from fanzha.command.subjects.victims import PROCESS

CHECKS: dict[str, StepCheck] = {}
#: Its value depends on the subject, so `process_subjects.opening_values` gives it, whatever the door.
COMPUTED = {(PROCESS, "open"): ComputedEvidence(frozenset({FOUND_AT}), lambda evidence: {}, None)}
