"""What the API says of orders: the shapes of its answers and of what it takes."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from fanzha.base.words import Words
from fanzha.command.orders.endpoint_keys import our_public_keys
from fanzha.command.orders.impact import Impact
from fanzha.command.orders.models import Endpoint, Measured, ReceivedMessage, Sending
from fanzha.command.processes.schemas import BilingualText
from fanzha.command.web.api.moments import Moment
from fanzha.dispose import MOST_TARGETS


class CountOut(Schema):
    """How many of the targets are of one operator or place."""

    name: BilingualText
    targets: int


class ExcludedTargetOut(Schema):
    """A target that is left out, masked, and why."""

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
    """A value that is no target, and why."""

    value: str
    why: str


class ImpactOut(Schema):
    """Whom an order would hit, who is spared, and how likely it is wrong."""

    hits: int
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
    wrong: int = Field(description="earlier decisions on the same detectors that proved wrong")
    wrong_of: int = Field(description="of so many; 0: there is nothing to judge by")
    undone: BilingualText

    @classmethod
    def of(cls, found: Impact) -> "ImpactOut":
        """Return an impact."""
        return cls(
            hits=found.hits,
            not_understood=[NotUnderstoodOut(value=value[:200], why=why) for value, why in found.not_understood],
            spared=[ExcludedTargetOut(shown=one.shown, why=BilingualText.of(one.why)) for one in found.spared],
            protected=[ExcludedTargetOut(shown=one.shown, why=BilingualText.of(one.why)) for one in found.protected],
            victims=[ExcludedTargetOut(shown=one.shown, why=BilingualText.of(one.why)) for one in found.victims],
            without_findings=found.without_findings,
            cleared=found.cleared,
            operators=_counts(found.operators),
            places=_counts(found.places),
            look_alikes=[
                LookAlikeOut(
                    subject=one.ref,
                    shown=one.shown,
                    reason=BilingualText.of(one.reason),
                    score=one.score,
                    cleared_at=one.cleared_at,
                )
                for one in found.look_alikes
            ],
            wrong=found.wrong,
            wrong_of=found.wrong_of,
            undone=BilingualText.of(found.undone),
        )


def _counts(rows: tuple[tuple[Words, int], ...]) -> list[CountOut]:
    return [CountOut(name=BilingualText.of(words), targets=many) for words, many in rows]


class ImpactIn(Schema):
    """What would be ordered, of whom."""

    target_kind: str = Field(max_length=20)
    action: str = Field(max_length=20)
    targets: list[str] = Field(max_length=MOST_TARGETS)


class DraftIn(ImpactIn):
    """What is ordered. Give targets, or a campaign whose subjects are meant. Receivers are refs of organisations."""

    targets: list[str] = Field(default_factory=list, max_length=MOST_TARGETS)
    campaign: str = Field("", max_length=26)
    reason: str = Field(min_length=1, max_length=10_000)
    receivers: list[str] = Field(min_length=1, max_length=200)
    expires_at: Moment
    notice_withheld_until: Moment | None = None
    withholding_document: str = Field("", max_length=64, description="SHA-256 of a file that was kept as evidence")


class DraftedOut(Schema):
    """The order that was drafted."""

    ref: str
    impact: ImpactOut


class SendingOut(Schema):
    """One leg on its way."""

    id: int
    order: str
    leg: str
    channel: str
    is_undo: bool
    state: str
    attempts: int
    problem: str
    began_at: datetime
    last_at: datetime

    @classmethod
    def of(cls, one: Sending) -> "SendingOut":
        """Return a sending; its process must have been selected with it."""
        names = ("leg", "channel", "is_undo", "state", "attempts", "problem", "began_at", "last_at")
        return cls(id=one.pk, order=one.instance.ref, **{name: getattr(one, name) for name in names})


class EndpointOut(Schema):
    """A way by which orders reach one's organisation. Secrets are never told."""

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
    def of(cls, one: Endpoint) -> "EndpointOut":
        """Return an endpoint."""
        names = ("ref", "channel", "address", "their_keys", "secret_file", "is_active", "tested_at", "test_problem")
        return cls(our_keys=our_public_keys(one), **{name: getattr(one, name) for name in names})


class EndpointIn(Schema):
    """How a way is set up."""

    address: str = Field("", max_length=400)
    their_keys: str = Field("", max_length=2_000)
    secret_file: str = Field("", max_length=80)
    is_active: bool = True


class EndpointTestOut(Schema):
    """What a try came to; `problem` is empty where it works."""

    problem: str


class ReceivedMessageOut(Schema):
    """What came back by one message."""

    endpoint: str
    way: str
    name: str
    outcome: str
    reason: BilingualText
    used: int
    rejected: int
    at: datetime

    @classmethod
    def of(cls, one: ReceivedMessage) -> "ReceivedMessageOut":
        """Return a message; its endpoint must have been selected with it."""
        names = ("way", "name", "outcome", "used", "rejected", "at")
        reason = BilingualText(zh=one.reason_zh, en=one.reason_en)
        return cls(endpoint=one.endpoint.ref, reason=reason, **{name: getattr(one, name) for name in names})


class MeasurementIn(Schema):
    """A test call (value: the number that called), or a look at a site."""

    kind: Measured
    value: str = Field(min_length=1, max_length=500)
    at: Moment | None = None
    arrived: bool = False
    received_caller: str = Field("", max_length=40)
    route: str = Field("", max_length=80)
    place: str = Field("", max_length=80)
    status: int = Field(0, ge=0, le=599)
    location: str = Field("", max_length=500)


class MeasuredOut(Schema):
    """What a measurement led to."""

    events: list[str]


class TargetOut(Schema):
    """One target of an order in full."""

    kind: str
    value: str


class ReminderOut(Schema):
    """Whether somebody was told: not more than once an hour."""

    told: bool


class DoneIn(Schema):
    """That a leg is carried out, or lifted. A proof is the SHA-256 of a file that was kept as evidence."""

    result: str = Field("", max_length=2_000)
    proof: str = Field("", max_length=64)
