"""Import tables that mirror a carrier's own systems: each row is one event of a reference and advances its process."""

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
from fanzha.command.processes.services import About, fire, open_process, parse_evidence
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.parties import Actor, import_actor
from fanzha.processes.process import Event, Process
from fanzha.processes.refusal import Refusal

_UNSCOPED = unscoped("references of the mirrored system are unique for their owner")

_NO_REFERENCE = Words("没有业务编号（不超过 120 个字符）", "has no reference (at most 120 characters)")
_NO_EVENT = Words("没有此环节", "is not a step of this process")
_NO_MOMENT = Words("不是时刻（ISO 8601）", "is not a moment (ISO 8601)")
_NOT_OPENED = Words(
    "此编号尚未登记；先导入受理或存量记录", "this reference is not known yet; import its first step first"
)
_OPENED = Words("此编号已登记", "this reference already exists")
_YES = {"yes": True, "true": True, "1": True, "是": True, "y": True}
_NO = {"no": False, "false": False, "0": False, "否": False, "n": False}


class MirrorTable(ImportTable):
    """Import table of the events of one mirrored process."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.name, self.title, self.about, self.owners = process.name, process.title, process.about, process.owners

    @cached_property
    def columns(self) -> tuple[ImportColumn, ...]:  # type: ignore[override]
        """Return reference, event, moment, title, and every field of evidence of any event."""
        fields = {name: field for event in self._process.events.values() for name, field in event.evidence.items()}
        return (
            ImportColumn("reference", Words("业务编号", "reference")),
            ImportColumn("event", Words("环节", "event")),
            ImportColumn("at", Words("发生时间", "happened at")),
            ImportColumn("mirror_title", Words("标题", "title"), required=False),
            *(ImportColumn(name, field.title, required=False) for name, field in fields.items()),
        )

    def writer(self, job: ImportJob) -> "MirrorWriter":
        """Return the writer that advances the processes."""
        return MirrorWriter(self._process, job)


class MirrorWriter(TableWriter):
    """Writer that advances one process per reference. A row ingested before counts as used and changes nothing."""

    def __init__(self, process: Process, job: ImportJob) -> None:
        self._process, self._job = process, job
        self._events = {
            spelling: name for name, event in process.events.items() for spelling in _event_spellings(name, event)
        }
        self._actor: Actor = import_actor(f"import:{job.owner.ref}")
        self._mirrored: dict[str, MirroredProcess] = {}
        self._imported_rows: set[tuple[int, str]] = set()

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Write rows in order; rows ingested before are looked up in one query."""
        self._look_up({row.cells["reference"] for row in rows})
        imported_before = set(self._imported_rows)
        errors = [error for row in rows if (error := self._import_row(row)) is not None]
        inserted_rows = [
            MirroredRow(mirrored_id=key, digest=row_digest)
            for key, row_digest in sorted(self._imported_rows - imported_before)
        ]
        MirroredRow.objects.bulk_create(inserted_rows)
        return errors

    def _look_up(self, references: set[str]) -> None:
        mirrored = _UNSCOPED.rows(MirroredProcess).filter(
            owner=self._job.owner, process=self._process.name, reference__in=in_list(references, "text")
        )
        self._mirrored = {row.reference: row for row in mirrored.select_related("instance")}
        rows = MirroredRow.objects.filter(mirrored__in=in_list([row.pk for row in self._mirrored.values()]))
        self._imported_rows = set(rows.values_list("mirrored_id", "digest"))

    def finish(self) -> Words | None:
        """Do nothing: each batch advances its processes at once."""
        return None

    def _import_row(self, row: ImportRow) -> RowError | None:
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
            evidence = self._parse_evidence(self._process.events[event].evidence, row.cells)
            # Rows with equal values are the same row, even if their formatting or empty columns differ.
            row_digest = digest(event, at.isoformat(), repr(sorted(evidence.items())))
            mirrored = self._mirrored.get(reference)
            if mirrored is not None and (mirrored.pk, row_digest) in self._imported_rows:
                return None
            if (event in self._process.opening) is (mirrored is not None):
                return RowError(row.number, "reference", _OPENED if mirrored else _NOT_OPENED, reference)
            with transaction.atomic():
                mirrored = self._apply_event(mirrored, reference, event, row.cells["mirror_title"], evidence, at)
            self._mirrored[reference] = mirrored
            self._imported_rows.add((mirrored.pk, row_digest))
        except Refusal as refused:
            return RowError(row.number, next(iter(refused.fields), "event"), refused.words)
        except FanzhaError as error:
            return RowError(row.number, "", Words(error.what, error.what))
        return None

    def _apply_event(
        self,
        mirrored: MirroredProcess | None,
        reference: str,
        event: str,
        title: str,
        evidence: Mapping[str, Any],
        at: datetime,
    ) -> MirroredProcess:
        if mirrored is None:
            return self._open(reference, event, title, evidence, at)
        fire(mirrored.instance.ref, event, self._actor, evidence, at=at)
        return mirrored

    def _open(
        self, reference: str, event: str, title: str, evidence: Mapping[str, Any], at: datetime
    ) -> MirroredProcess:
        owner = self._job.owner
        instance = open_process(
            self._process.name,
            event,
            owner,
            self._actor,
            evidence,
            about=About(title=(title or reference)[:200], simulated=owner.simulated),
            at=at,
            ref=digest("mirror", owner.ref, self._process.name, reference, size=13).upper(),
        )
        return _UNSCOPED.rows(MirroredProcess).create(
            owner=owner, process=self._process.name, reference=reference, instance=instance
        )

    def _parse_evidence(self, fields: Mapping[str, EvidenceField], cells: Mapping[str, str]) -> dict[str, Any]:
        values = {name: _parse_value(field, cells[name]) for name, field in fields.items() if cells.get(name)}
        return parse_evidence(fields, values)


def _event_spellings(name: str, event: Event) -> tuple[str, ...]:
    return (
        name.casefold(),
        name.removeprefix("import_").casefold(),
        event.title.zh.casefold(),
        event.title.en.casefold(),
    )


def _parse_value(field: EvidenceField, text: str) -> Any:
    """Convert a cell to the type of its field; leave an unreadable value as text, which the engine refuses."""
    if field.many:
        return [_parse_single(field, item.strip()) for item in text.split(";") if item.strip()]
    return _parse_single(field, text)


def _parse_single(field: EvidenceField, text: str) -> Any:
    match field.type:
        case FieldType.NUMBER:
            try:
                return float(text) if "." in text else int(text)
            except ValueError:
                return text
        case FieldType.YES_NO:
            return (_YES | _NO).get(text.casefold(), text)
        case FieldType.CHOICE:
            spellings = {spelling.casefold(): key for key, words in field.choices.items() for spelling in (key, *words)}
            return spellings.get(text.casefold(), text)
    return text
