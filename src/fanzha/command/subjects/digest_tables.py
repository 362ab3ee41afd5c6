"""The tables of subjects whose rows are on record, with the columns that are hashed."""

from fanzha.base.words import Words
from fanzha.command.audit.selectors import DigestTable

FINDINGS = DigestTable(
    "subjects.FindingRow",
    (
        "finding_id", "subject__identity", "owner_id", "marking", "detector", "version", "mode", "simulated",
        "fraud_type", "score", "found_at", "valid_until", "direction", "service", "ingress", "trigger", "came_in_at",
        "withdrawn_at", "withdrawn_by_id", "withdrawn_why", "superseded_by", "packed",
    ),
    Words("线索", "findings"),
)  # fmt: skip
OPINIONS = DigestTable(
    "subjects.OpinionRow",
    (
        "opinion_id", "subject__identity", "owner_id", "marking", "level", "score", "decision", "treatment",
        "fraud_type", "given_at", "until", "direction", "service", "ingress", "reason_zh", "reason_en", "basis",
        "simulated", "person_id", "process", "superseded_at", "withdrawn_at", "withdrawn_why",
    ),
    Words("意见与处置决定", "opinions and decisions"),
)  # fmt: skip
VERDICTS = DigestTable(
    "subjects.VerdictRow",
    (
        "subject__identity", "owner_id", "marking", "direction", "service", "ingress", "level", "score",
        "fraud_type", "treatment", "decided_by", "simulated", "since", "until", "superseded_at", "why",
    ),
    Words("研判结论", "verdicts"),
)  # fmt: skip
CASES = DigestTable(
    "subjects.PoliceCase",
    ("subject__identity", "owner_id", "marking", "reference", "status", "at", "until", "process"),
    Words("涉案状态", "police cases"),
)
SHARES = DigestTable(
    "subjects.Share",
    (
        "ref", "subject__identity", "owner_id", "receiver_id", "purpose", "basis", "process", "shared_by_id",
        "shared_at", "until", "ended_at",
    ),
    Words("共享", "shares"),
)  # fmt: skip

TABLES = (FINDINGS, OPINIONS, VERDICTS, CASES, SHARES)
