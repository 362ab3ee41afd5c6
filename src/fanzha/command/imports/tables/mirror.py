"""Mirrors of a carrier's own systems: each row is one event of one reference there, and moves the process here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction

from fanzha.base.clock import from_ms, moment_ms
from fanzha.base.errors import FanzhaError, Malformed
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.command.imports.models import ImportJob, MirroredProcess, MirroredRow
from fanzha.command.imports.tables.table import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.processes.evidence import parse_evidence
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.parties import Actor, Standing, machine
from fanzha.processes.process import Event, Process
from fanzha.processes.refusal import Refusal

_UNSCOPED = unscoped("references of the mirrored system are unique for their owner")

_NO_REFERENCE = Words("没有业务编号（不超过 120 个字符）", "names no reference (at most 120 characters)")
_NO_EVENT = Words("没有此环节", "is no event of this process")
_NO_MOMENT = Words("不是时刻（ISO 8601）", "is not a moment (ISO 8601)")
_NOT_OPENED = Words("此编号尚未登记；先导入受理或存量记录", "this reference was not opened; import how it began first")
_OPENED = Words("此编号已登记", "this reference was opened before")
_YES = {"yes": True, "true": True, "1": True, "是": True, "y": True}
_NO = {"no": False, "false": False, "0": False, "否": False, "n": False}


class MirrorTable(ImportTable):
    """The events of one mirrored process."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.name, self.title, self.about, self.owners = process.name, process.title, process.about, process.owners

    @cached_property
    def columns(self) -> tuple[ImportColumn, ...]:  # type: ignore[override]
        """Return reference, event, moment, title, and every field of evidence of any event."""
        fields = {name: one for event in self._process.events.values() for name, one in event.evidence.items()}
        return (
            ImportColumn("reference", Words("业务编号", "reference")),
            ImportColumn("event", Words("环节", "event")),
            ImportColumn("at", Words("发生时间", "happened at")),
            ImportColumn("mirror_title", Words("标题", "title"), required=False),
            *(ImportColumn(name, field.title, required=False) for name, field in fields.items()),
        )

    def writer(self, job: ImportJob) -> "MirrorWriter":
        """Return what moves the processes."""
        return MirrorWriter(self._process, job)


class MirrorWriter(TableWriter):
    """Advances one process per reference; a row that was ingested before counts as used and changes nothing."""

    def __init__(self, process: Process, job: ImportJob) -> None:
        self._process, self._job = process, job
        self._events = {
            spelled: name for name, event in process.events.items() for spelled in _event_spellings(name, event)
        }
        self._actor: Actor = machine(Standing.IMPORT, f"import:{job.owner.ref}")
        self._held: dict[str, MirroredProcess] = {}
        self._seen: set[tuple[int, str]] = set()

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Write rows in order; rows ingested before are looked up in one query."""
        self._look_up({row.cells["reference"] for row in rows})
        seen_before = set(self._seen)
        errors = [error for row in rows if (error := self._one(row)) is not None]
        inserted_rows = [
            MirroredRow(mirrored_id=key, digest=row_digest) for key, row_digest in sorted(self._seen - seen_before)
        ]
        MirroredRow.objects.bulk_create(inserted_rows)
        return errors

    def _look_up(self, references: set[str]) -> None:
        held = _UNSCOPED.rows(MirroredProcess).filter(
            owner=self._job.owner, process=self._process.name, reference__in=in_list(references, "text")
        )
        self._held = {one.reference: one for one in held.select_related("instance")}
        rows = MirroredRow.objects.filter(mirrored__in=in_list([one.pk for one in self._held.values()]))
        self._seen = set(rows.values_list("mirrored_id", "digest"))

    def finish(self) -> Words | None:
        """Nothing is left to do."""
        return None

    def _one(self, row: ImportRow) -> RowError | None:
        reference, event = row.cells["reference"], self._events.get(row.cells["event"].casefold(), "")
        if not 0 < len(reference) <= 120:
            return RowError(row.number, "reference", _NO_REFERENCE, reference)
        if not event:
            return RowError(row.number, "event", _NO_EVENT, row.cells["event"])
        try:
            at = from_ms(moment_ms(row.cells["at"]))
        except Malformed:
            return RowError(row.number, "at", _NO_MOMENT, row.cells["at"])
        try:
            given = self._evidence(self._process.events[event].evidence, row.cells)
            # Rows with equal values are the same row, whatever their formatting or empty columns.
            what, found = digest(event, at.isoformat(), repr(sorted(given.items()))), self._held.get(reference)
            if found is not None and (found.pk, what) in self._seen:
                return None
            if (event in self._process.opening) is (found is not None):
                return RowError(row.number, "reference", _OPENED if found else _NOT_OPENED, reference)
            with transaction.atomic():
                moved = self._moved(found, reference, event, row.cells["mirror_title"], given, at)
            self._held[reference] = moved
            self._seen.add((moved.pk, what))
        except Refusal as refused:
            return RowError(row.number, next(iter(refused.fields), "event"), refused.words)
        except FanzhaError as error:
            return RowError(row.number, "", Words(error.what, error.what))
        return None

    def _moved(
        self,
        found: MirroredProcess | None,
        reference: str,
        event: str,
        title: str,
        given: Mapping[str, Any],
        at: datetime,
    ) -> MirroredProcess:
        if found is None:
            return self._opened(reference, event, title, given, at)
        fire(found.instance.ref, event, self._actor, given, at=at)
        return found

    def _opened(
        self, reference: str, event: str, title: str, given: Mapping[str, Any], at: datetime
    ) -> MirroredProcess:
        owner = self._job.owner
        made = open_process(
            self._process.name,
            event,
            owner,
            self._actor,
            given,
            about=About(title=(title or reference)[:200], simulated=owner.simulated),
            at=at,
            ref=digest("mirror", owner.ref, self._process.name, reference, size=13).upper(),
        )
        return _UNSCOPED.rows(MirroredProcess).create(
            owner=owner, process=self._process.name, reference=reference, instance=made
        )

    def _evidence(self, fields: Mapping[str, EvidenceField], cells: Mapping[str, str]) -> dict[str, Any]:
        given = {name: _parse_value(field, cells[name]) for name, field in fields.items() if cells.get(name)}
        return parse_evidence(fields, given)


def _event_spellings(name: str, event: Event) -> tuple[str, ...]:
    return (
        name.casefold(),
        name.removeprefix("import_").casefold(),
        event.title.zh.casefold(),
        event.title.en.casefold(),
    )


def _parse_value(field: EvidenceField, written: str) -> Any:
    """Return a cell as the engine reads it; what is not understood is left as it is, for the engine to refuse."""
    if field.many:
        return [_parse_single(field, one.strip()) for one in written.split(";") if one.strip()]
    return _parse_single(field, written)


def _parse_single(field: EvidenceField, written: str) -> Any:
    match field.type:
        case FieldType.NUMBER:
            try:
                return float(written) if "." in written else int(written)
            except ValueError:
                return written
        case FieldType.YES_NO:
            return (_YES | _NO).get(written.casefold(), written)
        case FieldType.CHOICE:
            spelled = {one.casefold(): key for key, words in field.choices.items() for one in (key, *words)}
            return spelled.get(written.casefold(), written)
    return written
