"""A finding: one detector's claim about one subject at one time, with its reasons and its evidence."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec
import pyarrow as pa

from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.fraud_type import TO_WARN


class Mode(StrEnum):
    """Whether a finding may be acted on."""

    SHADOW = "shadow"
    LIVE = "live"


class Maturity(StrEnum):
    """How far a finding may be relied on: the most mature first."""

    LIVE = "live"  # may be acted on
    SHADOW = "shadow"  # the detector is on trial, or over its budget
    WINDOWS_NOT_FULL = "windows_not_full"  # the data does not reach as far back as the rule looks
    CLAIMED_ONLY = "claimed_only"  # based on an unproven caller number; the subject is the call


MATURITY_WORDS: dict[Maturity, Words] = {
    Maturity.LIVE: Words("正式", "live"),
    Maturity.SHADOW: Words("影子", "shadow"),
    Maturity.WINDOWS_NOT_FULL: Words("窗口未满", "windows not full"),
    Maturity.CLAIMED_ONLY: Words("仅声称", "claimed only"),
}


class SubjectRole(StrEnum):
    """What a subject is in a finding. Only suspects, conduits and lures may be targets of orders."""

    SUSPECT = "suspect"  # acts
    VICTIM = "victim"  # is acted on
    CONDUIT = "conduit"  # a trunk, sender or outlet that carried the traffic
    LURE = "lure"  # a link, text or app


ROLE_WORDS: dict[SubjectRole, Words] = {
    SubjectRole.SUSPECT: Words("嫌疑", "suspect"),
    SubjectRole.VICTIM: Words("受害人", "victim"),
    SubjectRole.CONDUIT: Words("通道", "conduit"),
    SubjectRole.LURE: Words("诱饵", "lure"),
}

#: The role that the kind of a subject implies; every other kind is a suspect. `call` is a call whose caller is claimed.
_ROLE_OF_KIND = {
    **dict.fromkeys(
        ("trunk", "received_trunk", "ingress", "outlet", "short_code", "sender", "call"), SubjectRole.CONDUIT
    ),
    **dict.fromkeys(("website", "host", "app", "message", "conversation"), SubjectRole.LURE),
}


def resolve_role(declared: SubjectRole | None, fraud_type: str, subject_kind: str) -> SubjectRole:
    """Return the role of a subject: a victim by the fraud type stays one, else what is declared, else by its kind."""
    if fraud_type in TO_WARN:
        return SubjectRole.VICTIM
    return declared or _ROLE_OF_KIND.get(subject_kind, SubjectRole.SUSPECT)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One claim. Times are UTC milliseconds, `score` is 0–1.

    `sentence_*` say what was seen, in one sentence with the facts; "" in findings of earlier versions. `reasons_*` are
    for the investigator: the sentence, then how it was decided. `public_*` are for the person concerned and never carry
    thresholds. `evidence` is the evidence itself as a JSON object, since events may be deleted.
    The detector copies `simulated` and the source's part of `basis` from the trigger, because later code lacks it.
    """

    detector: str
    version: str
    subject_kind: str
    subject: str
    fraud_type: str  # code of `fanzha.claims.fraud_type`, or "" when only the pattern is known
    score: float
    found_at: int  # the trigger's occurred_at
    valid_until: int
    reasons_zh: tuple[str, ...]
    reasons_en: tuple[str, ...]
    public_zh: str
    public_en: str
    evidence: str
    event_ids: tuple[str, ...]
    basis: str  # `legal_basis` of the articles the detector serves and the source's own
    simulated: bool  # the trigger or another counted event is simulated
    mode: Mode = Mode.SHADOW
    windows_full: bool = True  # False: the windows of the rule did not yet cover their spans at `found_at`
    holder_from: int | None = None
    direction: str = ""
    service: str = ""
    ingress: str = ""
    owner_organisation: str = ""
    marking: Marking = Marking.AMBER
    sentence_zh: str = ""
    sentence_en: str = ""
    declared_role: SubjectRole | None = msgspec.field(default=None, name="role")  # by the detector; None: see `role`

    @property
    def sentence(self) -> Words:
        """Return what was seen, in one sentence."""
        return Words(self.sentence_zh, self.sentence_en)

    @property
    def role(self) -> SubjectRole:
        """Return what the subject is in this finding."""
        return resolve_role(self.declared_role, self.fraud_type, self.subject_kind)

    @property
    def finding_id(self) -> str:
        """Return the hash of detector, version, subject and trigger event; a replay gives the same id."""
        trigger = self.event_ids[-1] if self.event_ids else ""
        return digest(self.detector, self.version, self.subject_kind, self.subject, self.fraud_type, trigger)

    @property
    def maturity(self) -> Maturity:
        """Return how far the finding may be relied on."""
        if self.mode is Mode.LIVE:
            return Maturity.LIVE
        if not self.windows_full:
            return Maturity.WINDOWS_NOT_FULL
        return Maturity.CLAIMED_ONLY if self.subject_kind == "call" else Maturity.SHADOW


def legal_basis(law: Iterable[str], *sources: str | None) -> str:
    """Join the articles of law that a detector applies and those the sources declare, without duplicates."""
    return "; ".join(dict.fromkeys(part for part in (*law, *sources) if part))


_STRINGS: pa.DataType = pa.list_(pa.string())

_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("finding_id", pa.string(), nullable=False),
    pa.field("detector", pa.string(), nullable=False),
    pa.field("version", pa.string(), nullable=False),
    pa.field("mode", pa.string(), nullable=False),
    pa.field("simulated", pa.bool_(), nullable=False),
    pa.field("subject_kind", pa.string(), nullable=False),
    pa.field("subject", pa.string(), nullable=False),
    pa.field("holder_from", pa.int64()),
    pa.field("fraud_type", pa.string(), nullable=False),
    pa.field("score", pa.float64(), nullable=False),
    pa.field("found_at", pa.int64(), nullable=False),
    pa.field("valid_until", pa.int64(), nullable=False),
    pa.field("direction", pa.string(), nullable=False),
    pa.field("service", pa.string(), nullable=False),
    pa.field("ingress", pa.string(), nullable=False),
    pa.field("owner_organisation", pa.string(), nullable=False),
    pa.field("marking", pa.string(), nullable=False),
    pa.field("basis", pa.string(), nullable=False),
    pa.field("reasons_zh", _STRINGS, nullable=False),
    pa.field("reasons_en", _STRINGS, nullable=False),
    pa.field("public_zh", pa.string(), nullable=False),
    pa.field("public_en", pa.string(), nullable=False),
    pa.field("evidence", pa.string(), nullable=False),
    pa.field("event_ids", _STRINGS, nullable=False),
    pa.field("maturity", pa.string(), nullable=False),
    pa.field("role", pa.string(), nullable=False),
    pa.field("sentence_zh", pa.string(), nullable=False),
    pa.field("sentence_en", pa.string(), nullable=False),
]

#: Columns that files of earlier versions lack; readers accept their absence.
OPTIONAL_COLUMNS = frozenset({"maturity", "role", "sentence_zh", "sentence_en"})

#: The columns of findings.parquet; the version is in the metadata.
FINDING_SCHEMA: pa.Schema = pa.schema(_FIELDS, metadata={"fanzha.schema": "finding", "fanzha.version": "1"})


def to_table(findings: Iterable[Finding]) -> pa.Table:
    """Return findings as a table of `FINDING_SCHEMA`, in the order given."""
    rows = list(findings)
    columns = [pa.array([getattr(row, f.name) for row in rows], type=f.type) for f in FINDING_SCHEMA]
    return pa.Table.from_arrays(columns, schema=FINDING_SCHEMA)


def from_table(table: pa.Table) -> list[Finding]:
    """Return the rows of a table of `FINDING_SCHEMA` as findings, in the same order."""
    return [
        msgspec.convert(_fields(row) | {"windows_full": row.get("maturity") != Maturity.WINDOWS_NOT_FULL}, Finding)
        for row in table.to_pylist()
    ]


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a row without derived columns and without what earlier versions did not write."""
    derived = ("finding_id", "maturity")
    return {
        name: value
        for name, value in row.items()
        if name not in derived and not (value is None and name in OPTIONAL_COLUMNS)
    }
