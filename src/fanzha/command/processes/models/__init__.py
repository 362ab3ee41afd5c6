"""Models of running processes, one per file."""

from fanzha.command.processes.models.false_disposal import FalseDisposal
from fanzha.command.processes.models.follow_up import FollowUp
from fanzha.command.processes.models.instance import ProcessInstance
from fanzha.command.processes.models.leg import Leg
from fanzha.command.processes.models.list_entry import ListEntry
from fanzha.command.processes.models.notification import Notification
from fanzha.command.processes.models.outbox import OutboxItem
from fanzha.command.processes.models.participation import Participation
from fanzha.command.processes.models.step import Step
from fanzha.command.processes.models.step_file import StepFile
from fanzha.command.processes.models.subject_notice import SubjectNotice
from fanzha.command.processes.models.timer import Timer
from fanzha.command.processes.models.version import ProcessVersion

__all__ = [
    "FalseDisposal",
    "FollowUp",
    "Leg",
    "ListEntry",
    "Notification",
    "OutboxItem",
    "Participation",
    "ProcessInstance",
    "ProcessVersion",
    "Step",
    "StepFile",
    "SubjectNotice",
    "Timer",
]
