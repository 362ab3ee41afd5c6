"""Models of the audit log."""

from fanzha.command.audit.models.anchor import LogAnchor
from fanzha.command.audit.models.anchor_copy import AnchorCopy
from fanzha.command.audit.models.batch import LogBatch
from fanzha.command.audit.models.check import LogCheck
from fanzha.command.audit.models.entry import LogEntry
from fanzha.command.audit.models.head import LogHead
from fanzha.command.audit.models.person_key import PersonKey
from fanzha.command.audit.models.personal_field import PersonalField

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
