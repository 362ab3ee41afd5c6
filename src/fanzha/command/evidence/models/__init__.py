"""The log as tables, one noun a file."""

from fanzha.command.evidence.models.anchor import LogAnchor
from fanzha.command.evidence.models.anchor_copy import AnchorCopy
from fanzha.command.evidence.models.batch import LogBatch
from fanzha.command.evidence.models.check import LogCheck
from fanzha.command.evidence.models.entry import LogEntry
from fanzha.command.evidence.models.head import LogHead
from fanzha.command.evidence.models.person_key import PersonKey
from fanzha.command.evidence.models.personal_field import PersonalField

__all__ = [
    "AnchorCopy",
    "LogAnchor",
    "LogBatch",
    "LogCheck",
    "LogEntry",
    "LogHead",
    "PersonKey",
    "PersonalField",
]
