"""Find what an organisation holds on a person, in every table that is found by subject, account, value or address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.db.models import Q, QuerySet

from fanzha.base.words import Words
from fanzha.command.organizations.selectors import administered_people, all_people
from fanzha.command.privacy.retention_classes import FILE_TABLES, TableRetention, table_retentions
from fanzha.command.privacy.retention_rows import rows_of
from fanzha.command.processes.selectors import find_steps
from fanzha.command.subjects.services import select_process_subjects
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("an organisation answers a person for all that it holds on that person")

#: Rows of one table in a report. Beyond, the report says how many there are.
MAX_ROWS = 10_000
OPENING = "receive"


class PersonIdentity(NamedTuple):
    """By what a person is found in the tables of one organisation. `request` is the ref of the request.

    `people` are found by their offices there, past ones too. `accounts` are those that the organisation administers:
    a former member who joined another organisation has sessions and a name there, which are not this one's to tell.
    """

    request: str
    owner: int
    subjects: tuple[int, ...]
    refs: tuple[str, ...]
    values: tuple[str, ...]
    people: tuple[int, ...]
    accounts: tuple[int, ...]
    mails: tuple[str, ...]


class TableData(NamedTuple):
    """The rows of one table about a person: how many there are (`total`), and what the person is shown of them."""

    table: TableRetention
    total: int
    rows: list[dict[str, Any]]


def identify(instance: ProcessInstance, at: datetime) -> PersonIdentity:
    """Return by what the person of a request is found: the subjects, and the account with the mail address."""
    subjects = select_process_subjects(instance, at)
    opening = find_steps(_UNSCOPED).filter(instance=instance, event=OPENING).first()
    mail = str(opening.personal.get("mail", "")).strip().casefold() if opening else ""
    members = all_people().filter(email=mail, memberships__organization=instance.owner_id) if mail else ()
    accounts = administered_people(instance.owner).filter(email=mail) if mail else ()
    return PersonIdentity(
        request=instance.ref,
        owner=instance.owner_id,
        subjects=tuple(subject.pk for subject in subjects),
        refs=tuple(subject.ref for subject in subjects),
        values=tuple(subject.value for subject in subjects),
        people=tuple({person.pk for person in members}),
        accounts=tuple(person.pk for person in accounts),
        mails=(mail,) if mail else (),
    )


def personal_tables() -> Iterator[TableRetention]:
    """Yield the tables that hold data on persons."""
    for label, table in table_retentions().items():
        if table.is_personal and label not in FILE_TABLES:
            yield table


def person_rows(table: TableRetention, identity: PersonIdentity) -> QuerySet[Any]:
    """Return the rows of a table about a person that belong to the organisation, without those of the request."""
    found = Q(pk__in=[])
    for path, values in (
        (table.subject, identity.subjects),
        (table.subject_ref, identity.refs),
        (table.value, identity.values),
        (table.person, identity.people if table.owner else identity.accounts),
        (table.mail, identity.mails),
    ):
        if path and values:
            found |= Q(**{f"{path}__in": values})
    rows = rows_of(table.label).filter(found).order_by("pk")
    if table.owner:
        rows = rows.filter(**{table.owner: identity.owner})
    return rows.exclude(**{table.process: identity.request}) if table.process else rows


def collect(identity: PersonIdentity) -> Iterator[TableData]:
    """Yield each table with rows about a person."""
    for table in personal_tables():
        rows = person_rows(table, identity)
        if count := rows.count():
            shown = [_read_values(row, table) for row in rows[:MAX_ROWS]] if table.shows else []
            yield TableData(table, count, shown)


def build_json(identity: PersonIdentity, data: list[TableData], at: datetime) -> bytes:
    """Return the machine-readable report, in UTF-8."""
    tables = [
        {
            "table": item.table.label,
            "title": {"zh": item.table.title.zh, "en": item.table.title.en},
            "rows": item.rows,
            "count": item.total,
        }
        for item in data
        if item.table.shows
    ]
    report = {"request": identity.request, "made_at": at.isoformat(timespec="seconds"), "tables": tables}
    return msgspec.json.format(msgspec.json.encode(report), indent=1)


def build_text(identity: PersonIdentity, data: list[TableData], at: datetime) -> bytes:
    """Return the report to read, in both languages, in UTF-8."""
    lines = [f"个人信息副本 Your data · {identity.request} · {at:%Y-%m-%d %H:%M %z}"]
    for item in data:
        if not item.table.shows:
            continue
        lines += ["", f"## {item.table.title.zh} {item.table.title.en}: {item.total:,}"]
        if item.total > len(item.rows):
            lines.append(f"仅列前 {len(item.rows):,} 条 the first {len(item.rows):,} only")
        for row in item.rows:
            lines += ["", *(f"{name}: {'–' if value is None else value}" for name, value in row.items())]
    return "\n".join([*lines, ""]).encode()


def describe(item: TableData) -> str:
    """Return one line about a table, for the handler."""
    title = Words(*item.table.title)
    return f"{title.zh}：{item.total:,} 条 · {title.en}: {item.total:,}"


def _read_values(row: Any, table: TableRetention) -> dict[str, Any]:
    return {path: _plain(_value_at(row, path)) for path in table.shows}


def _value_at(row: Any, path: str) -> Any:
    value = row
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
