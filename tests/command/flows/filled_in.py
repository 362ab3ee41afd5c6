"""Forms filled in as browsers send them, from the types of the fields alone."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from fanzha.base.clock import span_ms
from fanzha.processes.evidence import Field, FieldType

#: Returns what a browser sends for the organisations or people that a field lets choose, of so many one.
Choose = Callable[[str, Field, int], Iterable[Any]]


def filled_in(fields: Mapping[str, Field], choose: Choose, now: datetime) -> dict[str, Any]:
    """Return what a browser sends for fields that are all filled in; of many values, two."""
    sent = {name: _sent(name, field, choose, now) for name, field in fields.items()}
    return {name: value for name, value in sent.items() if value is not None}


def _sent(name: str, field: Field, choose: Choose, now: datetime) -> Any:
    count = 2 if field.many else 1
    match field.type:
        case FieldType.ORGANIZATION | FieldType.PERSON:
            values = list(choose(name, field, count))
            return values if field.many else values[0]
        case FieldType.FILE:
            files = [SimpleUploadedFile(f"{name}-{number}.txt", f"{name} {number}".encode()) for number in range(count)]
            return files if field.many else files[0]
        case FieldType.CHOICE:
            return list(field.choices)[:count] if field.many else next(iter(field.choices))
    lines = [_line(name, field, now, number) for number in range(count)]
    return "\n".join(lines) if field.many else lines[0]


def _line(name: str, field: Field, now: datetime, number: int) -> str:
    match field.type:
        case FieldType.NUMBER:
            return str(3 + number)
        case FieldType.MOMENT:
            ahead = span_ms(field.within) // 2 if field.within else -60_000
            return localtime(now + timedelta(milliseconds=ahead)).strftime("%Y-%m-%dT%H:%M")
        case FieldType.YES_NO:
            return "on"
        case FieldType.SUBJECT:
            return f"+861700000{1000 + number}"
    return f"{name} {number}, as it was"
