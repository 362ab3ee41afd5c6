"""Forms filled in as browsers send them, from the types of the fields alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from fanzha.base.clock import span_ms
from fanzha.command.processes.forms import CASE_NUMBER_FIELDS, FormChoices
from fanzha.processes.evidence import EvidenceField, FieldType

#: A made-up value of each kind of thing that a field may ask for; any text where it names no kind.
_SUBJECTS = {
    "": "+861700000{}",
    "account": "wechat:made_up_{}",
    "app": "com.example.made{}",
    "outlet": "SHOP-{}",
    "payment_account": "62170000000000{}",
    "person": "E1234{}",
    "phone_number": "+861700000{}",
    "short_code": "10690000{}",
    "sim_card": "46000000000{}",
    "trunk": "TRUNK-{}",
    "website": "pay-{}.example.com",
}


def filled_in(
    fields: Mapping[str, EvidenceField], choices: FormChoices, now: datetime, skipped: int = 0
) -> dict[str, Any]:
    """Return what a browser sends for fields that are all filled in.

    Of many values the first two; of organisations one, the last but so many, and of choices the first but so many.
    """
    return {name: _sent(name, field, choices, now, skipped) for name, field in fields.items()}


def _sent(name: str, field: EvidenceField, choices: FormChoices, now: datetime, skipped: int) -> Any:
    count = 2 if field.many else 1
    match field.type:
        case FieldType.ORGANIZATION:
            offices = [one.pk for one in choices.organizations(name, field).order_by("pk")]
            chosen = offices[-1 - skipped % len(offices)] if offices else ""
            return [chosen] if field.many else chosen
        case FieldType.PERSON:
            people = [one.ref for one in choices.people().order_by("pk")]
            return people[:count] if field.many else people[-1 if field.differs_from else 0]
        case FieldType.FILE:
            texts = ["".join(f"{name} {number}, line {line}\n" for line in range(3)) for number in range(count)]
            files = [SimpleUploadedFile(f"{name}-{number}.txt", text.encode()) for number, text in enumerate(texts)]
            return files if field.many else files[0]
        case FieldType.CHOICE:
            return list(field.choices)[:count] if field.many else list(field.choices)[skipped % len(field.choices)]
        case FieldType.YES_NO:
            return "" if skipped % 2 else "on"
    lines = [_line(name, field, now, number, skipped) for number in range(count)]
    return "\n".join(lines) if field.many else lines[0]


def _line(name: str, field: EvidenceField, now: datetime, number: int, skipped: int) -> str:
    match field.type:
        case FieldType.TEXT if name in CASE_NUMBER_FIELDS:
            return f"A51012320261100{number}"
        case FieldType.NUMBER:
            return str(3 + number)
        case FieldType.MOMENT:
            ahead = span_ms(field.within) // 2 if field.within else -60_000
            return localtime(now + timedelta(milliseconds=ahead)).strftime("%Y-%m-%dT%H:%M")
        case FieldType.SUBJECT:
            kinds = list(field.kinds.values()) or [field.kind]  # in the order of the choices that they go with
            kind = kinds[skipped % len(kinds)]
            return _SUBJECTS[kind].format(1000 + number)
    return f"{name} {number}, as it was"
