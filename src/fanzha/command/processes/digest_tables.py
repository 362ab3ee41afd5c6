"""The tables of processes whose rows are on record by digests. Steps, states and legs are compared in `log_checks`."""

from fanzha.base.words import Words
from fanzha.command.audit.selectors import DigestTable

LIST_ENTRIES = DigestTable(
    "flows.ListEntry",
    (
        "key", "owner_id", "instance_id", "process", "about", "organization_id", "facts", "listed_at", "until",
        "withdrawn_at",
    ),
    Words("名单条目", "list entries"),
)  # fmt: skip
NOTICES = DigestTable(
    "flows.SubjectNotice",
    (
        "key", "owner_id", "instance_id", "fact_zh", "fact_en", "basis_zh", "basis_en", "remedy_zh", "remedy_en",
        "period_zh", "period_en", "until", "written_at", "delivered_at", "delivered_by",
    ),
    Words("告知书", "notices to persons"),
)  # fmt: skip
FALSE_DISPOSALS = DigestTable(
    "flows.FalseDisposal",
    ("key", "owner_id", "instance_id", "event", "at"),
    Words("误处置", "wrongful actions"),
)

TABLES = (LIST_ENTRIES, NOTICES, FALSE_DISPOSALS)
