"""API schemas of orders."""

from datetime import datetime
from typing import TYPE_CHECKING

from ninja import Schema
from pydantic import Field

from fanzha.base.words import Words
from fanzha.command.orders.drafts import TARGET_FIELDS, draft_fields
from fanzha.command.orders.endpoint_keys import our_public_keys
from fanzha.command.orders.false_disposals import DisposalRate, FalseDisposals
from fanzha.command.orders.impact import Impact
from fanzha.command.orders.models import Endpoint, MeasurementKind, ReceivedMessage, Sending, TargetState
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.target_evidence import TargetRow
from fanzha.command.processes.schemas import BilingualText, build_evidence_schema
from fanzha.command.reviews.schemas import MarkedShareOut
from fanzha.command.web.api.moments import Moment
from fanzha.dispose import MOST_TARGETS
from fanzha.processes.catalog import all_processes
from fanzha.processes.process import Process


class CountOut(Schema):
    """Number of targets of one operator or place."""

    name: BilingualText
    targets: int


class ExcludedTargetOut(Schema):
    """An excluded target, masked, and the reason."""

    shown: str
    why: BilingualText


class LookAlikeOut(Schema):
    """An innocent subject that the same detectors found."""

    subject: str = Field(description="ref of the subject")
    shown: str
    reason: BilingualText
    score: float
    cleared_at: datetime


class NotUnderstoodOut(Schema):
    """A value that is not a target, and the reason."""

    value: str
    why: str


class TargetGroupOut(Schema):
    """The targets of one kind."""

    kind: str
    targets: int
    action: str = Field(description="the action of the instruction, empty if none was chosen")
    receivers: list[str] = Field(description="kinds of organisation that may carry it out")


class ReceiverProposalOut(Schema):
    """A proposed receiver (a ref): how many targets it would get, and why."""

    receiver: str
    targets: int
    why: list[BilingualText]


class MissingReceiverOut(Schema):
    """How many targets have no proposed receiver, and why."""

    targets: int
    why: BilingualText


class ImpactOut(Schema):
    """The impact of an order: targets, exclusions and error rate."""

    hits: int
    proposed: list[ReceiverProposalOut]
    without_receiver: list[MissingReceiverOut]
    not_understood: list[NotUnderstoodOut]
    spared: list[ExcludedTargetOut]
    protected: list[ExcludedTargetOut]
    victims: list[ExcludedTargetOut] = Field(
        description="all findings that the caller may read say that they are victims"
    )
    without_findings: int
    cleared: int
    operators: list[CountOut]
    places: list[CountOut]
    look_alikes: list[LookAlikeOut]
    wrong: int = Field(description="findings of the same detectors that blind reviews of others did not confirm")
    wrong_of: int = Field(description="of so many reviewed ones; 0: there is nothing to judge by")
    likely_false: MarkedShareOut = Field(description="their share, weighted by strata; null below 30 reviewed findings")
    undone: BilingualText

    groups: list[TargetGroupOut]

    @classmethod
    def of(cls, impact: Impact) -> "ImpactOut":
        """Build the schema from an impact."""
        return cls(
            hits=impact.hits,
            proposed=[
                ReceiverProposalOut(
                    receiver=proposal.organization.ref,
                    targets=proposal.targets,
                    why=[BilingualText.of(why) for why in proposal.why],
                )
                for proposal in impact.proposed.receivers
            ],
            without_receiver=[
                MissingReceiverOut(targets=count, why=BilingualText.of(why)) for why, count in impact.proposed.missing
            ],
            groups=[
                TargetGroupOut(
                    kind=group.kind, targets=group.targets, action=group.action or "", receivers=list(group.by)
                )
                for group in impact.groups
            ],
            not_understood=[NotUnderstoodOut(value=value[:200], why=why) for value, why in impact.not_understood],
            spared=[ExcludedTargetOut(shown=item.shown, why=BilingualText.of(item.why)) for item in impact.allowlisted],
            protected=[
                ExcludedTargetOut(shown=item.shown, why=BilingualText.of(item.why)) for item in impact.protected
            ],
            victims=[ExcludedTargetOut(shown=item.shown, why=BilingualText.of(item.why)) for item in impact.victims],
            without_findings=impact.without_findings,
            cleared=impact.cleared,
            operators=_counts(impact.operators),
            places=_counts(impact.places),
            look_alikes=[
                LookAlikeOut(
                    subject=item.ref,
                    shown=item.shown,
                    reason=BilingualText.of(item.reason),
                    score=item.score,
                    cleared_at=item.cleared_at,
                )
                for item in impact.look_alikes
            ],
            wrong=impact.false_share.counted,
            wrong_of=impact.false_share.marked,
            likely_false=MarkedShareOut.of(impact.false_share),
            undone=BilingualText.of(impact.undone),
        )


class DisposalRateOut(Schema):
    """The share of restored targets of one organisation (`key` is its ref) or detector."""

    key: str
    name: str
    restored: MarkedShareOut

    @classmethod
    def of(cls, rate: DisposalRate) -> "DisposalRateOut":
        """Build the schema from a rate."""
        return cls(key=rate.key, name=rate.name, restored=MarkedShareOut.of(rate.restored))


class FalseDisposalsOut(Schema):
    """Restored targets of a year; `marked` of a share counts all targets, `counted` those restored."""

    organizations: list[DisposalRateOut]
    detectors: list[DisposalRateOut]
    reached: MarkedShareOut = Field(description="share of the own notices to persons concerned that were delivered")

    @classmethod
    def of(cls, found: FalseDisposals) -> "FalseDisposalsOut":
        """Build the schema from the rates."""
        return cls(
            organizations=[DisposalRateOut.of(rate) for rate in found.organizations],
            detectors=[DisposalRateOut.of(rate) for rate in found.detectors],
            reached=MarkedShareOut.of(found.reached),
        )


def _counts(rows: tuple[tuple[Words, int], ...]) -> list[CountOut]:
    return [CountOut(name=BilingualText.of(words), targets=count) for words, count in rows]


class ImpactIn(Schema):
    """The targets of a possible order, and what is to be done with them.

    Targets of one kind have that `target_kind` and an `action`. Targets of several kinds have the kind `mixed` and
    `actions`, one for each kind; a target whose kind is not clear is written with it: `line:NAME`.
    """

    target_kind: str = Field(max_length=20)
    action: str = Field("", max_length=20)
    actions: dict[str, str] = Field(default_factory=dict, max_length=20)
    targets: list[str] = Field(max_length=MOST_TARGETS)


class DraftTargetsIn(ImpactIn):
    """The targets of a draft: values, or the subjects of a campaign."""

    targets: list[str] = Field(default_factory=list, max_length=MOST_TARGETS)


def build_draft_schema(process: Process) -> type[DraftTargetsIn]:
    """Return the schema of a draft: its targets, and the other fields as the process defines them."""
    fields = {name: field for name, field in draft_fields(process).items() if name not in TARGET_FIELDS}
    return build_evidence_schema(
        "DraftIn",
        DraftTargetsIn,
        fields,
        "An order draft. Receivers are refs; without them the proposed ones are taken.",
    )


if TYPE_CHECKING:
    DraftIn = DraftTargetsIn
else:
    DraftIn = build_draft_schema(all_processes()[PROCESS])


class DraftedOut(Schema):
    """A drafted order and its impact."""

    ref: str
    impact: ImpactOut


class SendingOut(Schema):
    """Delivery of one leg to its receiver."""

    id: int
    order: str
    leg: str
    action: str = Field(description="a leg is sent once for each action on its targets")
    channel: str
    is_undo: bool
    state: str
    attempts: int
    problem: str
    began_at: datetime
    last_at: datetime

    @classmethod
    def of(cls, sending: Sending) -> "SendingOut":
        """Build the schema from a sending. Select its process with it."""
        names = ("leg", "action", "channel", "is_undo", "state", "attempts", "problem", "began_at", "last_at")
        return cls(id=sending.pk, order=sending.instance.ref, **{name: getattr(sending, name) for name in names})


class EndpointOut(Schema):
    """An endpoint of the caller's organisation. It contains no secrets."""

    ref: str
    channel: str
    address: str
    their_keys: str
    secret_file: str
    is_active: bool
    our_keys: list[str]
    tested_at: datetime | None
    test_problem: str

    @classmethod
    def of(cls, endpoint: Endpoint) -> "EndpointOut":
        """Build the schema from an endpoint."""
        names = ("ref", "channel", "address", "their_keys", "secret_file", "is_active", "tested_at", "test_problem")
        return cls(our_keys=our_public_keys(endpoint), **{name: getattr(endpoint, name) for name in names})


class EndpointIn(Schema):
    """Settings of an endpoint."""

    address: str = Field("", max_length=400)
    their_keys: str = Field("", max_length=2_000)
    secret_file: str = Field("", max_length=80)
    is_active: bool = True


class EndpointTestOut(Schema):
    """The result of a test; `problem` is empty if the endpoint works."""

    problem: str


class ReceivedMessageOut(Schema):
    """Result of one received message."""

    endpoint: str
    way: str
    name: str
    outcome: str
    reason: BilingualText
    used: int
    rejected: int
    at: datetime

    @classmethod
    def of(cls, message: ReceivedMessage) -> "ReceivedMessageOut":
        """Build the schema from a message. Select its endpoint with it."""
        names = ("way", "name", "outcome", "used", "rejected", "at")
        reason = BilingualText(zh=message.reason_zh, en=message.reason_en)
        return cls(endpoint=message.endpoint.ref, reason=reason, **{name: getattr(message, name) for name in names})


class MeasurementIn(Schema):
    """A test call (`value` is the calling number) or a site probe."""

    kind: MeasurementKind
    value: str = Field(min_length=1, max_length=500)
    at: Moment | None = None
    arrived: bool = False
    received_caller: str = Field("", max_length=40)
    route: str = Field("", max_length=80)
    place: str = Field("", max_length=80)
    status: int = Field(0, ge=0, le=599)
    location: str = Field("", max_length=500)


class MeasuredOut(Schema):
    """Result of a measurement."""

    events: list[str]


class TargetOut(Schema):
    """One unmasked target of an order, and what its receiver is to do with it."""

    kind: str
    value: str
    action: str


class LegResultOut(Schema):
    """The state of a target at one receiver, in the language of the request."""

    receiver: str
    words: str


class OrderTargetOut(Schema):
    """One target of an order, masked, with its evidence, the cleared subjects it resembles, and its state."""

    number: int = Field(description="position in the draft, from 1")
    kind: str
    shown: str
    action: str
    state: TargetState
    reason: str
    subject: str = Field(description="ref of the subject, empty if nobody knows one")
    sentence: str = Field(description="the strongest evidence, empty if nothing was found")
    findings: int
    score: float
    look_alikes: list[str]
    excluded: BilingualText | None = Field(description="why no order may hit it")
    legs: list[LegResultOut]

    @classmethod
    def of(cls, row: TargetRow) -> "OrderTargetOut":
        """Build the schema from a row."""
        target, names = row.target, ("number", "shown", "subject", "sentence", "findings", "score")
        return cls(
            kind=target.kind,
            action=target.action,
            state=TargetState(target.state),
            reason=target.reason,
            look_alikes=list(row.look_alikes),
            excluded=BilingualText.of(row.excluded) if row.excluded else None,
            legs=[LegResultOut(receiver=leg.receiver, words=leg.words) for leg in row.legs],
            **{name: getattr(row, name) for name in names},
        )


class ReminderOut(Schema):
    """Whether a reminder was sent: at most once an hour."""

    told: bool


class DoneIn(Schema):
    """Report that a leg is executed or lifted. `proof` is the SHA-256 of a stored evidence file."""

    result: str = Field("", max_length=2_000)
    proof: str = Field("", max_length=64)
