"""API schemas of running processes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from ninja import Field, Schema
from pydantic import create_model

from fanzha.base.words import Words
from fanzha.command.processes.models import FollowUp, Leg, Notification, ProcessInstance, Step, SubjectNotice
from fanzha.command.web.api.moments import Moment
from fanzha.processes.evidence import LONGEST_TEXT, MAX_ITEMS, EvidenceField, FieldType
from fanzha.processes.process import Process
from fanzha.processes.situation import Offer


class BilingualText(Schema):
    """A text in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, words: Words) -> "BilingualText":
        """Convert words to a schema."""
        return cls(zh=words.zh, en=words.en)


class FieldOut(Schema):
    """One field of evidence."""

    name: str
    title: BilingualText
    type: str
    required: bool
    many: bool
    personal: bool
    unit: BilingualText | None
    choices: dict[str, BilingualText]
    of: tuple[str, ...] = Field(description="kinds of organisation that may be named; any where there is none")
    kind: str = Field(description="kind of thing that a subject is")
    kinds: dict[str, str] = Field(description="or its kind by what `chosen_by`, another field, was given")
    chosen_by: str


class OfferOut(Schema):
    """One event: whether the caller may fire it, the reason if not, and the evidence that it requires."""

    event: str
    leg: str
    title: BilingualText
    allowed: bool
    why_not: BilingualText | None
    evidence: list[FieldOut]

    @classmethod
    def of(cls, offer: Offer) -> "OfferOut":
        """Convert an offer of the engine."""
        return cls(
            event=offer.event,
            leg=offer.leg,
            title=BilingualText.of(offer.title),
            allowed=offer.allowed,
            why_not=BilingualText.of(offer.why_not) if offer.why_not else None,
            evidence=[
                FieldOut(
                    name=name,
                    title=BilingualText.of(field.title),
                    type=field.type.value,
                    required=field.required,
                    many=field.many,
                    personal=field.personal,
                    of=field.of,
                    kind=field.kind,
                    kinds=field.kinds,
                    chosen_by=field.chosen_by,
                    unit=BilingualText(zh=field.unit.zh, en=field.unit.en) if field.unit else None,
                    choices={key: BilingualText.of(words) for key, words in field.choices.items()},
                )
                for name, field in offer.evidence.items()
                if not field.drawn
            ],
        )


class DefinitionOut(Schema):
    """A process definition and the events that open it."""

    name: str
    version: int
    title: BilingualText
    about: BilingualText
    data: str
    openings: list[OfferOut]

    @classmethod
    def of(cls, process: Process, openings: list[Offer]) -> "DefinitionOut":
        """Return a process with the events that open it."""
        return cls(
            name=process.name,
            version=process.version,
            title=BilingualText.of(process.title),
            about=BilingualText.of(process.about),
            data=process.data.value,
            openings=[OfferOut.of(opening) for opening in openings],
        )


#: Type of a field in requests: organisations by ref, files by their SHA-256.
_TYPES: dict[FieldType, Any] = {
    FieldType.NUMBER: Annotated[float, Field(ge=0)],
    FieldType.MOMENT: Moment,
    FieldType.YES_NO: bool,
}
SchemaT = TypeVar("SchemaT", bound=Schema)


def build_evidence_schema(
    name: str, base: type[SchemaT], fields: Mapping[str, EvidenceField], about: str
) -> type[SchemaT]:
    """Return a schema, derived from `base`, with evidence fields; `about` is its description."""
    return create_model(
        name, __base__=base, __doc__=about, **{key: _schema_field(field) for key, field in fields.items()}
    )


def _schema_field(field: EvidenceField) -> Any:
    value: Any = _TYPES.get(field.type, Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)])
    if field.many:
        value = Annotated[list[value], Field(min_length=1, max_length=MAX_ITEMS)]
    title = f"{field.title.zh} {field.title.en}"
    if field.required:
        return value, Field(description=title)
    return value | None, Field(None, description=title)


class InstanceOut(Schema):
    """A running process, as a row of a list."""

    ref: str
    process: str
    version: int
    owner: str = Field(description="ref of the organisation")
    title: str
    state: str
    state_title: BilingualText
    needs_attention: bool
    revision: int
    about_kind: str
    about: str
    campaign: str
    marking: str
    simulated: bool
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, instance: ProcessInstance) -> "InstanceOut":
        """Return a row; owner and version must have been selected with it."""
        process = instance.version.process
        plain = {name: getattr(instance, name) for name in cls.model_fields if name not in _OWN}
        return cls(
            **plain,
            version=process.version,
            owner=instance.owner.ref,
            state_title=BilingualText.of(process.states[instance.state].title),
        )


_OWN = ("version", "owner", "state_title")


class LegOut(Schema):
    """A leg."""

    instance: str
    name: str
    receiver: str = Field(description="ref of the organisation")
    state: str
    changed_at: datetime
    due_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, leg: Leg) -> "LegOut":
        """Return a leg; its process and receiver must have been selected with it."""
        plain = {name: getattr(leg, name) for name in ("name", "state", "changed_at", "due_at", "ended_at")}
        return cls(**plain, instance=leg.instance.ref, receiver=leg.receiver.ref)


class StepOut(Schema):
    """A step. Personal and still hidden evidence appears by field name only.

    Personal values are available from `/exports/unmask-evidence` and `/exports/unmask-file`.
    """

    number: int
    leg: str
    event: str
    before: str
    after: str
    person: str
    organization: str
    evidence: dict[str, Any]
    personal: list[str]
    hidden: list[str]
    at: datetime

    @classmethod
    def of(cls, step: Step, evidence: dict[str, Any], hidden: set[str]) -> "StepOut":
        """Return a step with what the caller may see of its evidence; person and organisation must be selected."""
        plain = {name: getattr(step, name) for name in ("number", "leg", "event", "before", "after", "at")}
        return cls(
            **plain,
            evidence=evidence,
            person=step.person.ref if step.person else step.actor,
            organization=step.organization.ref if step.organization else "",
            personal=sorted(step.personal),
            hidden=sorted(hidden),
        )


class ProcessOut(InstanceOut):
    """A running process with its legs, steps and what the caller may do next."""

    legs: list[LegOut]
    steps: list[StepOut]
    next: list[OfferOut]


class OpenIn(Schema):
    """What opens a process. Organisations in evidence are given by ref, moments in ISO 8601, files by their SHA-256."""

    process: str = Field(max_length=60)
    event: str = Field(max_length=60)
    owner: str = Field("", max_length=26, description="ref of the organisation for which it is opened; else your own")
    evidence: dict[str, Any] = Field(default_factory=dict)
    title: str = Field("", max_length=200)
    about_kind: str = Field("", max_length=20)
    about: str = Field("", max_length=26)
    campaign: str = Field("", max_length=26)
    follows: int | None = Field(None, description="id of the follow-up that it is, of `/follow-ups`")


class FollowUpOut(Schema):
    """A follow-up process that a step requested."""

    id: int
    process: str
    after: str = Field(description="ref of the process that asks for it")
    opened: str | None = Field(description="ref of the opened process")
    asked_at: datetime

    @staticmethod
    def of(row: FollowUp) -> "FollowUpOut":
        """Convert a row; its instance must be selected with it."""
        return FollowUpOut(
            id=row.pk,
            process=row.process,
            after=row.instance.ref,
            opened=row.opened.ref if row.opened else None,
            asked_at=row.asked_at,
        )


class FireIn(Schema):
    """The evidence of a step."""

    evidence: dict[str, Any] = Field(default_factory=dict)
    leg: str = Field("", max_length=60)


class FileOut(Schema):
    """A stored evidence file."""

    sha256: str


class MessageOut(Schema):
    """A notification."""

    id: int
    text: BilingualText
    urgent: bool
    process: str
    path: str = Field(description="the page that it leads to; empty: that of the process")
    at: datetime

    @classmethod
    def of(cls, notification: Notification) -> "MessageOut":
        """Return a message; its process must have been selected with it."""
        process = notification.instance.ref if notification.instance else ""
        text = BilingualText(zh=notification.text_zh, en=notification.text_en)
        return cls(
            id=notification.pk,
            text=text,
            urgent=notification.urgent,
            process=process,
            path=notification.path,
            at=notification.at,
        )


class NoticeOut(Schema):
    """A notice to the person concerned; it never contains rules or thresholds."""

    id: int
    process: str
    fact: BilingualText
    basis: BilingualText
    remedy: BilingualText
    until: datetime | None
    written_at: datetime

    @classmethod
    def of(cls, notice: SubjectNotice) -> "NoticeOut":
        """Return a notice; its process must have been selected with it."""
        bilingual = {
            name: BilingualText(zh=getattr(notice, f"{name}_zh"), en=getattr(notice, f"{name}_en")) for name in _PARTS
        }
        return cls(
            id=notice.pk, process=notice.instance.ref, until=notice.until, written_at=notice.written_at, **bilingual
        )


_PARTS = ("fact", "basis", "remedy")


class DeliveredIn(Schema):
    """How a notice was delivered."""

    how: str = Field(min_length=1, max_length=200)


class ReadIn(Schema):
    """Messages that were read."""

    ids: list[Annotated[int, Field(ge=0, lt=2**63)]] = Field(max_length=500)
