"""API schemas of subjects: values are masked, times aware, organisations named by ref."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.finding import Maturity, Mode, SubjectRole
from fanzha.claims.verdict import CaseStatus, Level
from fanzha.command.processes.schemas import BilingualText
from fanzha.command.subjects.canonical import PERSON
from fanzha.command.subjects.graph import SubjectGraph
from fanzha.command.subjects.models import FindingRow, OpinionRow, PoliceCase, Share, VerdictRow
from fanzha.command.subjects.opinions import OpinionDraft
from fanzha.command.subjects.presenters import display_subject
from fanzha.command.subjects.selectors import FindingDetail, SubjectSummary, VerdictDetail
from fanzha.command.web.api.moments import Moment

Score = Annotated[float, Field(ge=0, le=1)]


class SubjectOut(Schema):
    """A subject, masked, with the current verdict of the caller's organisation (`level` "": none).

    `ref` is "" where the caller found it by a value that it may not unmask; figures are then 0.
    """

    ref: str
    kind: str
    shown: str = Field(description="masked")
    holder_from: datetime | None
    findings: int
    top_score: float
    last_at: datetime | None
    maturity: str = Field(description="the best one of its standing findings: live, shadow, …; empty without any")
    level: str
    fraud_type: str
    case: CaseStatus

    @classmethod
    def of(cls, summary: SubjectSummary) -> "SubjectOut":
        """Return a summary as the API shows it."""
        subject, verdict = summary.subject, summary.verdict
        return cls(
            ref=subject.ref,
            kind=subject.kind,
            shown=display_subject(subject),
            holder_from=subject.holder_from,
            findings=summary.findings,
            top_score=summary.top_score,
            last_at=summary.last_at,
            maturity=summary.maturity or "",
            level=verdict.level if verdict else "",
            fraud_type=verdict.fraud_type if verdict else "",
            case=summary.case.case if summary.case else CaseStatus.NONE,
        )


def lookup_answers(summaries: Iterable[SubjectSummary], *, is_full: bool, has_purpose: bool = True) -> list[SubjectOut]:
    """Return the subjects found by a value: in full, or the treatment alone of those with a verdict.

    Persons cannot be unmasked: they are answered in full only for a purpose.
    """
    answers = []
    for summary in summaries:
        subject = SubjectOut.of(summary)
        if is_full and (has_purpose or subject.kind != PERSON):
            answers.append(subject)
        elif subject.level:
            hidden = {"ref": "", "holder_from": None, "findings": 0, "top_score": 0.0, "last_at": None, "maturity": ""}
            answers.append(subject.model_copy(update=hidden))
    return answers


class VerdictPartOut(Schema):
    """One part of a verdict: a finding, opinion, decision or allowlist entry, and its weight (0: not counted)."""

    source: str
    id: str
    by: str = Field(description="a detector, or the ref of an organisation")
    weight: float
    until: int = Field(description="UTC milliseconds")


class VerdictOut(Schema):
    """A verdict of one organisation in one scope, with its explanation."""

    owner: str
    direction: str
    service: str
    ingress: str
    level: Level
    score: float
    fraud_type: str
    treatment: str
    since: datetime
    until: datetime | None
    simulated: bool
    why: list[VerdictPartOut]

    @classmethod
    def of(cls, detail: VerdictDetail) -> "VerdictOut":
        """Return a verdict."""
        row = detail.row
        return cls(
            **_model_fields(cls, row, "owner", "why"), owner=row.owner.ref, why=[_part(part) for part in row.why]
        )


class OpinionOut(Schema):
    """An opinion of an organisation on a subject."""

    opinion_id: str
    subject: str
    owner: str
    level: Level
    score: float | None
    decision: bool
    fraud_type: str
    marking: Marking
    given_at: datetime
    until: datetime | None
    direction: str
    service: str
    ingress: str
    reason: BilingualText
    stands: bool

    @classmethod
    def of(cls, row: OpinionRow) -> "OpinionOut":
        """Return an opinion; subject and owner must have been selected with it."""
        return cls(
            **_model_fields(cls, row, "subject", "owner", "reason", "stands"),
            subject=row.subject.ref,
            owner=row.owner.ref,
            reason=BilingualText(zh=row.reason_zh, en=row.reason_en),
            stands=row.withdrawn_at is None and row.superseded_at is None,
        )


class CaseOut(Schema):
    """A police case."""

    owner: str
    reference: str
    status: CaseStatus
    at: datetime

    @classmethod
    def of(cls, row: PoliceCase) -> "CaseOut":
        """Return a case."""
        return cls(owner=row.owner.ref, reference=row.reference, status=row.case, at=row.at)


class SubjectDetail(SubjectOut):
    """A subject with verdicts, opinions, cases, holders and campaigns; findings have their own list."""

    verdicts: list[VerdictOut]
    opinions: list[OpinionOut]
    cases: list[CaseOut]
    holders: list[str] = Field(description="refs of the same value with other holders")
    campaigns: list[str]


class FindingOut(Schema):
    """A finding; investigators get sentence and reasons with figures, others the public text."""

    finding_id: str
    owner: str
    detector: str
    version: str
    mode: Mode
    maturity: Maturity
    role: SubjectRole
    simulated: bool
    fraud_type: str
    score: float
    found_at: datetime
    valid_until: datetime
    direction: str
    service: str
    ingress: str
    marking: Marking
    sentence: str = Field(description="what was seen, in one sentence")
    reasons: list[str] = Field(description="how it was decided; those of a rule begin with its sentence")
    basis: str
    withdrawn_at: datetime | None
    superseded_by: str

    @classmethod
    def of(cls, detail: FindingDetail) -> "FindingOut":
        """Return a finding as its reader may see it."""
        row: FindingRow = detail.row
        plain = _model_fields(cls, row, "owner", "sentence", "reasons", "basis")
        return cls(
            **plain,
            owner=row.owner.ref,
            sentence=detail.sentence,
            reasons=list(detail.reasons),
            basis=detail.basis,
        )


class OpinionTermsIn(Schema):
    """An opinion to give; without a score it has the weight of its level."""

    level: Level
    score: Score | None = None
    fraud_type: str = Field(default="", max_length=40)
    until: Moment | None = None
    direction: str = Field(default="", max_length=20)
    service: str = Field(default="", max_length=30)
    ingress: str = Field(default="", max_length=30)
    reason_zh: str = Field(default="", max_length=500)
    reason_en: str = Field(default="", max_length=500)
    marking: Marking = Marking.AMBER
    simulated: bool = False

    def to_draft(self) -> OpinionDraft:
        """Return the draft for the service."""
        plain = {name: getattr(self, name) for name in OpinionTermsIn.model_fields if not name.startswith("reason_")}
        return OpinionDraft(**plain, reason=Words(self.reason_zh, self.reason_en))


class OpinionIn(OpinionTermsIn):
    """An opinion on a value, in any written form; its subject is created if there is none."""

    kind: str = Field(max_length=20)
    value: str = Field(min_length=1, max_length=2_000)


class WithdrawalIn(Schema):
    """The reason for a retraction."""

    why: str = Field(default="", max_length=300)


class ShareIn(Schema):
    """A share to create: receivers (refs), purpose, end (empty: until ended by hand) and question."""

    receivers: list[Annotated[str, Field(max_length=26)]] = Field(min_length=1, max_length=50)
    purpose: str = Field(min_length=4, max_length=200)
    until: Moment | None = None
    question: str = Field(default="", max_length=200)


class ShareOut(Schema):
    """A share in force; `process` is the ref of the process that made it, if any."""

    ref: str
    subject: str
    owner: str
    receiver: str
    purpose: str
    process: str
    shared_at: datetime
    until: datetime | None

    @classmethod
    def of(cls, row: Share) -> "ShareOut":
        """Return a share; subject, owner and receiver must have been selected with it."""
        references = ("subject", "owner", "receiver")
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in references}
        return cls(**plain, subject=row.subject.ref, owner=row.owner.ref, receiver=row.receiver.ref)


class LookUpIn(Schema):
    """Values in any written form."""

    values: list[Annotated[str, Field(min_length=1, max_length=400)]] = Field(min_length=1, max_length=500)
    purpose: str = Field(default="", max_length=200, description="what a list of own work is for; it is on record")


class SubjectLookupOut(Schema):
    """Result for one value: the readable subjects and the possible kinds."""

    value: str
    kinds: list[str]
    subjects: list[SubjectOut]


def _model_fields(cls: type[Schema], row: FindingRow | OpinionRow | VerdictRow, *excluded: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in cls.model_fields if name not in excluded}


def _part(part: dict[str, Any]) -> VerdictPartOut:
    return VerdictPartOut(**{name: part[name] for name in VerdictPartOut.model_fields})


class GraphNodeOut(Schema):
    """A subject of a graph, and how many hops away it is."""

    ref: str
    kind: str
    shown: str
    hop: int
    level: str


class GraphEdgeOut(Schema):
    """A tie between two subjects."""

    one: str
    other: str
    words: str


class CommonTieOut(Schema):
    """A tie of the subject, with counts of other organisations and their subjects."""

    words: str
    subjects: int
    is_hub: bool
    other_organizations: int
    other_subjects: int


class GraphOut(Schema):
    """A subject and the subjects linked to it, two hops far; `more` counts those left out."""

    nodes: list[GraphNodeOut]
    edges: list[GraphEdgeOut]
    common: list[CommonTieOut]
    more: int

    @classmethod
    def of(cls, graph: SubjectGraph) -> "GraphOut":
        """Return a graph."""
        refs = {node.subject.pk: node.subject.ref for node in graph.nodes}
        nodes = [
            GraphNodeOut(
                ref=node.subject.ref,
                kind=node.subject.kind,
                shown=display_subject(node.subject),
                hop=node.hop,
                level=node.level,
            )
            for node in graph.nodes
        ]
        edges = [GraphEdgeOut(one=refs[edge.source], other=refs[edge.target], words=edge.words) for edge in graph.edges]
        common = [CommonTieOut(**tie._asdict()) for tie in graph.common]
        return cls(nodes=nodes, edges=edges, common=common, more=graph.more)
