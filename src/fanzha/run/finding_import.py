"""`fanzha import findings`: import in this process, or through the importer that is running; a summary per file."""

import time
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from fanzha.analyze.terminal import Progress
from fanzha.base.errors import UsageError
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.selectors import find_organization
from fanzha.command.subjects.ingest import worker
from fanzha.command.subjects.ingest.loader import BatchResult
from fanzha.command.subjects.ingest.sources import find_sources, source_length
from fanzha.command.subjects.ingest.spool import submit_findings
from fanzha.command.subjects.ingest.worker import ImporterAlreadyRunning
from fanzha.command.subjects.models import Delivery, IngestionState
from fanzha.command.web.scoping import unscoped

_POLL_SECONDS = 0.2
_POLLS_PER_LIVENESS_CHECK = 10  # polls of the result between two checks that the importer is alive
_MAX_REASONS = 10


class ImportedFile(NamedTuple):
    """The result for one file; `waiting_bytes` counts an incomplete line at the end."""

    path: Path
    delivery: Delivery
    waiting_bytes: int


class FindingImportSummary(NamedTuple):
    """The results for all files."""

    files: list[ImportedFile]

    @property
    def used(self) -> int:
        """Return how many findings were new."""
        return sum(file.delivery.used for file in self.files)

    @property
    def already_known(self) -> int:
        """Return how many findings had been imported before."""
        return sum(file.delivery.known for file in self.files)

    @property
    def rejected(self) -> int:
        """Return how many rows were rejected."""
        return sum(file.delivery.rejected for file in self.files)

    def problems(self) -> list[str]:
        """Return one message per file that could not be read at all."""
        unreadable = [file for file in self.files if file.delivery.state == IngestionState.REFUSED]
        return [file.delivery.problem or f"{file.path} cannot be read" for file in unreadable]

    def reasons(self) -> Iterator[tuple[Path, int, str, str]]:
        """Yield (file, row, reason_zh, reason_en) of each rejected row."""
        for file in self.files:
            rows = file.delivery.rejected_rows.values_list("row", "reason_zh", "reason_en")
            yield from ((file.path, *row) for row in rows.iterator())

    def as_json(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible values."""
        return {
            "used": self.used,
            "known": self.already_known,
            "rejected": self.rejected,
            "files": [
                {
                    "file": str(file.path),
                    "state": file.delivery.state,
                    "used": file.delivery.used,
                    "known": file.delivery.known,
                    "rejected": file.delivery.rejected,
                    "waiting_bytes": file.waiting_bytes,
                    "problem": file.delivery.problem,
                }
                for file in self.files
            ],
        }


def import_findings(paths: Sequence[Path], owner: str | None, progress: Progress) -> FindingImportSummary:
    """Import all findings that files and folders hold now. Raise UsageError."""
    with unscoped("findings come in for all organisations"):
        organization = _find_owner(owner)
        try:
            return _import_here(paths, organization, progress)
        except ImporterAlreadyRunning:
            return _import_through_spool(paths, organization, progress)


def follow_paths(paths: Sequence[Path], owner: str | None, progress: Progress) -> None:
    """Import files and folders and follow them until a signal stops the process."""
    with unscoped("findings come in for all organisations"):
        organization = _find_owner(owner)
    progress.stage("导入 taking in", None)
    worker.run(paths, organization, lambda _, row_counts: progress.advance(sum(row_counts)))


def print_finding_import(console: Console, summary: FindingImportSummary) -> None:
    """Print the counts of each file, and the reasons of the first rejected rows."""
    table = Table("文件 file")
    for words in ("新增 used", "已有 known", "退回 rejected", "等待 waiting, B"):
        table.add_column(words, justify="right")
    for file in summary.files:
        counts = (file.delivery.used, file.delivery.known, file.delivery.rejected, file.waiting_bytes)
        table.add_row(str(file.path), *(f"{count:,}" for count in counts))
    console.print(table)
    for path, row, zh, en in islice(summary.reasons(), _MAX_REASONS):
        console.print(f"{path}, {row}: {zh} · {en}", markup=False, highlight=False)
    if summary.rejected > _MAX_REASONS:
        console.print(f"… {summary.rejected - _MAX_REASONS:,}")


def _find_owner(name: str | None) -> Organization | None:
    organization = find_organization(name or "")
    if name and organization is None:
        raise UsageError(
            f"there is no organisation {name!r}", fix="name it by its ref, or by its name in either language"
        )
    return organization


def _import_here(paths: Sequence[Path], owner: Organization | None, progress: Progress) -> FindingImportSummary:
    with worker.exclusive_importer():
        files = []
        for source in find_sources(paths):
            total = source_length(source)
            progress.stage(f"导入 taking in {source.path.name}", total)
            position = 0

            def report_progress(delivery: Delivery, _: BatchResult) -> None:
                nonlocal position
                progress.advance(delivery.position - position)
                position = delivery.position

            delivery = worker.ingest_file(source, owner, report_progress)
            files.append(
                ImportedFile(source.path, delivery, max(0, total - delivery.position) if source.is_lines else 0)
            )
    worker.publish_changes()
    return FindingImportSummary(files)


def _import_through_spool(
    paths: Sequence[Path], owner: Organization | None, progress: Progress
) -> FindingImportSummary:
    """Put files into the spool of the running importer and wait for the results.

    Raise UsageError if the importer exits.
    """
    submissions = []
    for source in find_sources(paths):
        data = source.path.read_bytes()
        complete_lines = data[: data.rfind(b"\n") + 1] if source.is_lines else data
        submissions.append((source.path, submit_findings(complete_lines, owner), len(data) - len(complete_lines)))
    progress.stage("等待导入器 waiting for the importer", len(submissions))
    imported: list[ImportedFile] = []
    for path, name, waiting_bytes in submissions:
        polls = count(1)
        while (delivery := _finished_delivery(name)) is None:
            time.sleep(_POLL_SECONDS)
            if (
                next(polls) % _POLLS_PER_LIVENESS_CHECK == 0
                and not _is_importer_running()
                and _finished_delivery(name) is None
            ):
                raise UsageError(
                    "the importer that ran has ended; what was handed over lies in the spool",
                    fix="start fanzha up: it is taken in then, once",
                )
        progress.advance()
        imported.append(ImportedFile(path, delivery, waiting_bytes))
    return FindingImportSummary(imported)


def _is_importer_running() -> bool:
    try:
        with worker.exclusive_importer():
            return False
    except ImporterAlreadyRunning:
        return True


def _finished_delivery(name: str) -> Delivery | None:
    return Delivery.objects.filter(name=name).exclude(state=IngestionState.OPEN).order_by("pk").last()
