"""What the steps of processes mean for notices and appeals."""

from fanzha.command.notices.registry import follow_steps
from fanzha.command.processes.services import EVERY_PROCESS

CHECKS: dict[str, object] = {}
WRITERS = {EVERY_PROCESS: follow_steps}
