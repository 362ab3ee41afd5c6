"""Evidence of a step: typed fields with units, checked before the state changes."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from fanzha.base.clock import EARLIEST_MS, LATEST_MS, span_ms
from fanzha.base.words import Words
from fanzha.processes.parties import Party, PartyRole
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.roles import role_table

_HASH = re.compile(r"[0-9a-f]{64}")
LONGEST_TEXT = 10_000
MAX_ITEMS = 1_000


class FieldType(StrEnum):
    """Type of a field, with its Python type."""

    TEXT = "text"  # str
    NUMBER = "number"  # int or float, finite, not negative
    MOMENT = "moment"  # int, UTC milliseconds
    CHOICE = "choice"  # str, one of the field's choices
    YES_NO = "yes_no"  # bool
    FILE = "file"  # str, SHA-256 of the file in hex; the file itself lies in the evidence store
    SUBJECT = "subject"  # str, a value of one of the kinds of thing watched
    PROCESS = "process"  # str, reference of another running process
    ORGANIZATION = "organization"  # Party
    PERSON = "person"  # str, reference of a person who works on the platform


class DrawnPart(StrEnum):
    """The part of a drawn sample that the system fills in when the event is fired; callers cannot supply it.

    An event that opens a process draws organizations or persons. A later one draws lines of a file: its record names
    that file field and kept numbers (`draws_from`, `draws`, `draws_of`).
    """

    SEED = "seed"  # a text field: the random seed
    RECORD = "record"  # a file field: all candidates, those left out, and the result
    RESULT = "result"  # organizations or persons that are drawn; as many as `least`, else one


class Unit(NamedTuple):
    """Unit of a number: Chinese, English plural ("" if the number needs none) and English singular."""

    zh: str
    en: str
    singular: str = ""

    def format(self, value: float) -> Words:
        """Return a number with its unit."""
        return Words(
            f"{value} {self.zh}", f"{value} {self.singular if self.singular and value == 1 else self.en}".rstrip()
        )


class EvidenceField(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"demanded_by": "required_with", "party_role": "standing"},
):
    """One evidence field. `unit` is for numbers; `within` is how far ahead a moment may be at most.

    A party named in a field with `party_role` has that role in the process instance. An organisation named in a
    field with `takes_part` or `party_role` takes part in the instance. In process files, `party_role` is `standing`.
    """

    title: Words
    type: FieldType
    required: bool = True
    unit: Unit | None = None
    personal: bool = False  # holds personal data: kept outside the log, erasable
    many: bool = False
    least: int = 0  # minimum number of different values, with `many`
    choices: dict[str, Words] = {}
    keep: bool = False  # later steps and deadlines read it
    within: str = ""
    demanded_by: str = ""  # required if this other field has a value
    differs_from: str = ""  # must differ from this other field
    not_below: str = ""  # lower bound: a number field of this event, or a kept one
    not_above: str = ""
    internal: bool = False  # visible to the owner, its supervisors and the author alone
    hidden_until: str = ""  # visible to its author alone until this event is fired
    only_by: str = ""  # kind or group of organisations that may provide it
    party_role: PartyRole | None = None  # organizations and subjects: role of the named party
    takes_part: bool = False  # organizations: the named organisation may read and act
    of: tuple[str, ...] = ()  # organizations: allowed kinds or groups
    kind: str = ""  # subjects: kind of the named subject
    kinds: dict[str, str] = {}  # or by the value of the choice field `chosen_by`
    chosen_by: str = ""
    drawn: DrawnPart | None = None
    draws_from: str = ""  # of a record: the file field of this event whose lines are drawn from
    draws: str = ""  # of a record: the kept number of lines to draw
    draws_of: str = ""  # of a record: the kept number of lines that the file must have

    @property
    def names_party(self) -> bool:
        """Whether the named organisation takes part."""
        return self.type is FieldType.ORGANIZATION and (self.takes_part or self.party_role is not None)

    @property
    def is_kept(self) -> bool:
        """Whether the value is stored with the process instance, for later steps or because it names a party."""
        return self.keep or self.names_party

    def kind_of(self, evidence: Mapping[str, Any]) -> str:
        """Return the kind of the named subject, which may depend on another field; "" if there is none."""
        return self.kinds.get(str(evidence.get(self.chosen_by, "")), "") if self.chosen_by else self.kind


def check_evidence(
    fields: Mapping[str, EvidenceField],
    raw_evidence: Mapping[str, Any],
    at: int,
    kind: str = "",
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the valid evidence, with lists as tuples. `kind` is the author's kind of organisation.

    `facts` are the kept values. Raise Refusal with every invalid field.
    """
    values = {name: value for name, value in raw_evidence.items() if value is not None and value != "" and value != ()}
    faults = [(name, Words("没有此项", "no such field")) for name in values if name not in fields]
    for name, field in fields.items():
        if name in values:
            fault = _source_fault(field, kind) or _value_fault(field, values[name], at)
            fault = fault or _bound_fault(field, values[name], {**facts, **values})
            faults += [(name, fault)] if fault else []
            is_equal = field.differs_from in values and values[field.differs_from] == values[name]
            faults += [(name, _equal_values_words(fields[field.differs_from]))] if is_equal else []
        elif field.required or field.demanded_by in values:
            faults.append((name, Words("必填", "required")))
    if faults:
        raise Refusal(Reason.EVIDENCE, _evidence_words(fields, faults), fields=dict(faults))
    return {name: tuple(value) if isinstance(value, list | tuple) else value for name, value in values.items()}


def _source_fault(field: EvidenceField, kind: str) -> Words | None:
    if not field.only_by or kind in role_table().kinds_of(field.only_by):
        return None
    organization_words = role_table().title_of(field.only_by)
    return Words(
        f"限由{organization_words.zh}提供",
        f"is for {organization_words.en[0].lower() + organization_words.en[1:]} to give",
    )


def _equal_values_words(field: EvidenceField) -> Words:
    return Words(f"不得与“{field.title.zh}”相同", f"must be another one than {field.title.en}")


def _bound_fault(field: EvidenceField, value: Any, values: Mapping[str, Any]) -> Words | None:
    lower, upper = values.get(field.not_below), values.get(field.not_above)
    if isinstance(lower, int | float) and value < lower:
        return Words(f"不得低于 {lower:,}", f"must not be below {lower:,}")
    if isinstance(upper, int | float) and value > upper:
        return Words(f"不得高于 {upper:,}", f"must not be above {upper:,}")
    return None


def _evidence_words(fields: Mapping[str, EvidenceField], faults: list[tuple[str, Words]]) -> Words:
    titles = [(fields[name].title if name in fields else Words(name, name), why) for name, why in faults]
    return Words(
        "证据有误：" + "；".join(f"{title.zh}：{why.zh}" for title, why in titles),
        "evidence: " + "; ".join(f"{title.en}: {why.en}" for title, why in titles),
    )


def _value_fault(field: EvidenceField, value: Any, at: int) -> Words | None:
    if not field.many:
        return _item_fault(field, value, at)
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MAX_ITEMS:
        return Words(f"应为 1 至 {MAX_ITEMS} 项的列表", f"must be a list of 1 to {MAX_ITEMS}")
    fault = next((fault for item in value if (fault := _item_fault(field, item, at))), None)
    if fault is None and len(set(value)) < field.least:
        return Words(f"至少应有 {field.least} 项，且各不相同", f"must be {field.least} different ones at least")
    return fault


def _item_fault(field: EvidenceField, value: Any, at: int) -> Words | None:
    match field.type:
        case FieldType.NUMBER:
            is_number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
            return None if is_number else Words("应为不小于零的数", "must be a number, not below zero")
        case FieldType.MOMENT:
            return _moment_fault(field, value, at)
        case FieldType.YES_NO:
            return None if isinstance(value, bool) else Words("应为是或否", "must be yes or no")
        case FieldType.ORGANIZATION:
            return _party_fault(field, value)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= len(value) <= LONGEST_TEXT:
        return Words(f"应为不超过 {LONGEST_TEXT} 字的文字", f"must be text of at most {LONGEST_TEXT} characters")
    if field.type is FieldType.CHOICE and value not in field.choices:
        return Words("不在可选项内", "is not one of the choices")
    if field.type is FieldType.FILE and not _HASH.fullmatch(value):
        return Words("应为文件的 SHA-256", "must be the SHA-256 of a file")
    return None


def _party_fault(field: EvidenceField, value: Any) -> Words | None:
    if not isinstance(value, Party):
        return Words("应为一个单位", "must be an organisation")
    table = role_table()
    if not field.of or value.kind in [kind for name in field.of for kind in table.kinds_of(name)]:
        return None
    titles = [table.title_of(name) for name in field.of]
    zh, en = "、".join(party.zh for party in titles), ", ".join(party.en for party in titles)
    return Words(f"应为：{zh}", f"must be one of: {en}")


def _moment_fault(field: EvidenceField, value: Any, at: int) -> Words | None:
    if not isinstance(value, int) or isinstance(value, bool) or not EARLIEST_MS <= value < LATEST_MS:
        return Words("应为时刻", "must be a moment")
    if field.within and value > at + span_ms(field.within):
        return Words(f"不得晚于 {field.within} 之后", f"must lie at most {field.within} ahead")
    if field.within and value <= at:
        return Words("应晚于现在", "must lie ahead")
    return None
