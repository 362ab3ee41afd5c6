"""What the leg of a process asks of its receiver: an action, the evidence for it, and the answers that are expected."""

import csv
import io
from typing import Any, Literal

import msgspec

from fanzha.base.clock import iso
from fanzha.base.csv_cells import plain_cell
from fanzha.base.words import Words
from fanzha.processes.legal_basis import legal_basis_words

LEG = "fanzha.leg.v1"
LEG_COLUMNS = (
    "undo",
    "process",
    "ref",
    "leg",
    "number",
    "action",
    "field",
    "type",
    "kind",
    "value",
    "title_zh",
    "title_en",
    "issuer",
    "receiver",
    "given_at",
    "answer_by",
    "basis",
    "simulated",
)


class LegValue(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value of a field: as people read it, the kind of a subject, the words of a choice, the API path of a file."""

    value: str | int | float | bool
    kind: str = ""
    words: Words | None = None
    path: str = ""


class LegField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of evidence that goes out. Moments are in ISO 8601, files are named by their SHA-256."""

    name: str
    title: Words
    type: str
    values: tuple[LegValue, ...]


class ExpectedAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer that the receiver may give: its word, what it says, and the fields that go with it."""

    state: str
    undo: bool = False
    title: Words
    fields: tuple["AnswerField", ...] = ()


class AnswerField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A field of an answer; `choices` are its allowed values."""

    name: str
    title: Words
    type: str
    required: bool
    choices: tuple[str, ...] = ()


class LegMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What one receiver is asked. Times are UTC ms. Raise ValueError for an incomplete message.

    `leg` is its reference (`PROCESS INSTANCE/LEG`) and `number` that of the step that asked: both identify the message.
    """

    process: str
    title: Words
    ref: str
    leg: str
    number: int
    action: str
    action_title: Words
    fields: tuple[LegField, ...]
    issuer: str
    receiver: str
    basis: tuple[str, ...]  # codes of fanzha.processes.legal_basis
    given_at: int
    answer_by: int | None = None
    undo: bool = False
    simulated: bool = False
    answers: tuple[ExpectedAnswer, ...] = ()

    def __post_init__(self) -> None:
        """Validate the fields; raise ValueError."""
        for name in ("process", "ref", "leg", "action", "issuer", "receiver"):
            if not getattr(self, name).strip():
                raise ValueError(f"the message of a leg has {name}")
        if not self.basis:
            raise ValueError("the message of a leg names its basis")

    @property
    def id(self) -> str:
        """Return the id of the message, which is the same for every attempt."""
        return f"{self.leg}/{self.number}"


def leg_payload(message: LegMessage) -> dict[str, Any]:
    """Return the message as a JSON object."""
    return {
        "type": LEG,
        "undo": message.undo,
        "process": message.process,
        "title": message.title._asdict(),
        "ref": message.ref,
        "leg": message.leg,
        "number": message.number,
        "action": message.action,
        "action_title": message.action_title._asdict(),
        "fields": {
            field.name: {
                "title": field.title._asdict(),
                "type": field.type,
                "values": [_value_payload(value) for value in field.values],
            }
            for field in message.fields
        },
        "issuer": message.issuer,
        "receiver": message.receiver,
        "given_at": iso(message.given_at),
        "answer_by": iso(message.answer_by) if message.answer_by is not None else None,
        "basis": [{"code": code, **(legal_basis_words(code) or Words(code, code))._asdict()} for code in message.basis],
        "simulated": message.simulated,
        "answers": [
            {
                "state": answer.state,
                "undo": answer.undo,
                "title": answer.title._asdict(),
                "fields": [
                    {
                        "name": field.name,
                        "title": field.title._asdict(),
                        "type": field.type,
                        "required": field.required,
                        **({"choices": list(field.choices)} if field.choices else {}),
                    }
                    for field in answer.fields
                ],
            }
            for answer in message.answers
        ],
    }


def _value_payload(value: LegValue) -> dict[str, Any]:
    kind = {"kind": value.kind} if value.kind else {}
    words = value.words._asdict() if value.words else {}
    path = {"path": value.path} if value.path else {}
    return {"value": value.value, **kind, **words, **path}


def encode_leg(message: LegMessage, form: Literal["jsonl", "csv"]) -> bytes:
    """Return the message as one line of JSON, or as CSV with a header line and one row per value."""
    if form == "jsonl":
        return msgspec.json.encode(leg_payload(message)) + b"\n"
    shared = {
        "undo": "yes" if message.undo else "no",
        "process": message.process,
        "ref": message.ref,
        "leg": message.leg,
        "number": message.number,
        "action": message.action,
        "issuer": message.issuer,
        "receiver": message.receiver,
        "given_at": iso(message.given_at),
        "answer_by": iso(message.answer_by) if message.answer_by is not None else "",
        "basis": " ".join(message.basis),
        "simulated": "yes" if message.simulated else "no",
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, LEG_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    rows = [
        {
            "field": field.name,
            "type": field.type,
            "kind": value.kind,
            "value": plain_cell(str(value.value)) if field.type == "text" else value.value,
            "title_zh": field.title.zh,
            "title_en": field.title.en,
        }
        for field in message.fields
        for value in field.values
    ]
    writer.writerows({**shared, **row} for row in rows or [{}])
    return out.getvalue().encode()
