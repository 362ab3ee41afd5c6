"""Models of subjects, findings, opinions, verdicts, police cases and shares."""

from fanzha.command.subjects.models.delivery import Delivery, IngestionState, RejectedRow
from fanzha.command.subjects.models.finding import FindingRow
from fanzha.command.subjects.models.opinion import OpinionRow
from fanzha.command.subjects.models.police_case import PoliceCase
from fanzha.command.subjects.models.presence import Presence
from fanzha.command.subjects.models.publication_queue import Unpublished
from fanzha.command.subjects.models.seen_version import SeenVersion
from fanzha.command.subjects.models.share import Share
from fanzha.command.subjects.models.subject import Subject
from fanzha.command.subjects.models.verdict import VerdictRow

__all__ = [
    "Delivery",
    "IngestionState",
    "FindingRow",
    "OpinionRow",
    "PoliceCase",
    "Presence",
    "RejectedRow",
    "SeenVersion",
    "Share",
    "Subject",
    "Unpublished",
    "VerdictRow",
]
