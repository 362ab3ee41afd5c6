"""Public writes of subjects for other apps: subject rows, opinions, decisions, verdicts and the published snapshot.

The functions are implemented in the modules they are imported from. `StoredFinding` and `ParsedFinding` are the
arguments of `ingest_hooks`.
"""

from fanzha.command.subjects.canonical import CanonicalValue, canonicalize
from fanzha.command.subjects.decisions import DecisionDraft, record_decision, withdraw_decision
from fanzha.command.subjects.ingest.parser import ParsedFinding, StoredFinding
from fanzha.command.subjects.ingest.spool import submit_findings
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions, lock_opinion_subjects, undo_opinions
from fanzha.command.subjects.process_subjects import select_process_subjects
from fanzha.command.subjects.received_opinions import (
    OpinionReceipt,
    ReceivedOpinion,
    find_received_opinions,
    receive_opinions,
    withdraw_received,
)
from fanzha.command.subjects.registry import get_or_create_subjects, lock_subjects
from fanzha.command.subjects.subject_publication import publish_subjects
from fanzha.command.subjects.text_messages import has_gateway, post_text

__all__ = [
    "CanonicalValue",
    "DecisionDraft",
    "OpinionDraft",
    "OpinionReceipt",
    "ParsedFinding",
    "ReceivedOpinion",
    "StoredFinding",
    "canonicalize",
    "find_received_opinions",
    "get_or_create_subjects",
    "give_opinions",
    "has_gateway",
    "lock_opinion_subjects",
    "lock_subjects",
    "post_text",
    "publish_subjects",
    "receive_opinions",
    "record_decision",
    "select_process_subjects",
    "submit_findings",
    "undo_opinions",
    "withdraw_decision",
    "withdraw_received",
]
