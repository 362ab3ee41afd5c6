"""Convert evidence from JSON to engine values: organisations by reference, moments from ISO 8601."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fanzha.base.clock import moment_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.organizations.selectors import active_organizations, current_memberships
from fanzha.command.processes.parties import to_party
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.refusal import Reason, Refusal


def as_list(value: Any) -> list[Any]:
    """Return the value of a field as a list."""
    return value if isinstance(value, list) else [value]


def parse_evidence(fields: Mapping[str, EvidenceField], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return evidence as engine values. Raise Refusal naming a field that cannot be parsed."""
    return {
        name: _parse_field(fields[name], name, value) if name in fields else value for name, value in values.items()
    }


def check_people(fields: Mapping[str, EvidenceField], values: Mapping[str, Any], organization: str) -> None:
    """Raise Refusal naming a field with a person who is no member of the organisation (a ref)."""
    for name, value in values.items():
        if fields[name].type is FieldType.PERSON:
            refs = {*value} if isinstance(value, tuple) else {value}
            work = current_memberships().filter(organization__ref=organization)
            if refs - set(work.filter(person__ref__in=refs).values_list("person__ref", flat=True)):
                raise evidence_refusal(
                    fields[name], name, Words("不是本单位人员", "does not work for this organisation")
                )


def _parse_field(field: EvidenceField, name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_parse_value(field, name, item) for item in value)
    return _parse_value(field, name, value)


def _parse_value(field: EvidenceField, name: str, value: Any) -> Any:
    if field.type is FieldType.ORGANIZATION and isinstance(value, str | dict):
        reference = value if isinstance(value, str) else value.get("organization", "")
        organization = active_organizations().filter(ref=reference).first()
        if organization is None:
            raise evidence_refusal(field, name, Words("没有这个单位", "there is no such organisation"))
        return to_party(organization)
    if field.type is FieldType.MOMENT and isinstance(value, datetime):
        return to_ms(value)
    if field.type is FieldType.MOMENT and isinstance(value, str):
        try:
            return moment_ms(value)
        except Malformed:
            raise evidence_refusal(field, name, Words("不是时刻（ISO 8601）", "is no moment (ISO 8601)")) from None
    return value


def evidence_refusal(field: EvidenceField, name: str, why: Words) -> Refusal:
    """Return the refusal of the value of one field."""
    words = Words(f"证据有误：{field.title.zh}：{why.zh}", f"evidence: {field.title.en}: {why.en}")
    return Refusal(Reason.EVIDENCE, words, fields={name: why})
