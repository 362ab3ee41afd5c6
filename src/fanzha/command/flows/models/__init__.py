"""What runs by a process, one noun a file."""

from fanzha.command.flows.models.false_disposal import FalseDisposal
from fanzha.command.flows.models.follow_up import FollowUp
from fanzha.command.flows.models.instance import ProcessInstance
from fanzha.command.flows.models.leg import Leg
from fanzha.command.flows.models.list_entry import ListEntry
from fanzha.command.flows.models.notification import Notification
from fanzha.command.flows.models.outbox import OutboxItem
from fanzha.command.flows.models.participation import Participation
from fanzha.command.flows.models.step import Step
from fanzha.command.flows.models.step_file import StepFile
from fanzha.command.flows.models.subject_notice import SubjectNotice
from fanzha.command.flows.models.timer import Timer
from fanzha.command.flows.models.version import ProcessVersion

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
