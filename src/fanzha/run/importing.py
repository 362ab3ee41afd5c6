"""`fanzha import findings`: by this process, or by the importer that runs already; what came of it, file by file."""

import time
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from fanzha.analyze.terminal import Progress
from fanzha.base.errors import WrongCall
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.named import organization_named
from fanzha.command.subjects.ingest import worker
from fanzha.command.subjects.ingest.loader import Taken
from fanzha.command.subjects.ingest.sources import length, sources
from fanzha.command.subjects.ingest.spool import hand_over
from fanzha.command.subjects.ingest.worker import AnotherImporter
from fanzha.command.subjects.models import Delivery, DeliveryState
from fanzha.command.web.scoping import everything

_LOOK_SECONDS = 0.2
_LOOKS_FOR_IT = 10  # looks at what it did, before looking whether the importer is still there
_REASONS_TOLD = 10


class File(NamedTuple):
    """What became of one file; `waiting` is what was not read yet, in bytes of lines: half a line at the end."""

    path: Path
    delivery: Delivery
    waiting: int


class Account(NamedTuple):
    """What became of all files."""

    files: list[File]

    @property
    def used(self) -> int:
        """Return how many findings are new here."""
        return sum(one.delivery.used for one in self.files)

    @property
    def known(self) -> int:
        """Return how many were here before."""
        return sum(one.delivery.known for one in self.files)

    @property
    def rejected(self) -> int:
        """Return how many could not be used."""
        return sum(one.delivery.rejected for one in self.files)

    def problems(self) -> list[str]:
        """Return what is wrong with files that could not be read at all."""
        refused = [one for one in self.files if one.delivery.state == DeliveryState.REFUSED]
        return [one.delivery.problem or f"{one.path} cannot be read" for one in refused]

    def reasons(self) -> Iterator[tuple[Path, int, str, str]]:
        """Yield file, row and reason of what was rejected."""
        for one in self.files:
            rows = one.delivery.rejected_rows.values_list("row", "reason_zh", "reason_en")
            yield from ((one.path, *row) for row in rows.iterator())

    def keys(self) -> dict[str, Any]:
        """Return what is printed as JSON."""
        return {
            "used": self.used,
            "known": self.known,
            "rejected": self.rejected,
            "files": [
                {
                    "file": str(one.path),
                    "state": one.delivery.state,
                    "used": one.delivery.used,
                    "known": one.delivery.known,
                    "rejected": one.delivery.rejected,
                    "waiting_bytes": one.waiting,
                    "problem": one.delivery.problem,
                }
                for one in self.files
            ],
        }


def bring_in(paths: Sequence[Path], owner: str | None, progress: Progress) -> Account:
    """Take in all that is in files and folders now. Raises WrongCall."""
    with everything("findings come in for all organisations"):
        whose = _owner(owner)
        try:
            return _by_this_process(paths, whose, progress)
        except AnotherImporter:
            return _by_the_other(paths, whose, progress)


def follow_paths(paths: Sequence[Path], owner: str | None, progress: Progress) -> None:
    """Go on with files and folders until told to stop."""
    with everything("findings come in for all organisations"):
        whose = _owner(owner)
    progress.stage("导入 taking in", None)
    worker.run(paths, whose, lambda _, taken: progress.advance(sum(taken)))


def print_account(console: Console, account: Account) -> None:
    """Print what became of each file, and the first reasons."""
    table = Table("文件 file")
    for words in ("新增 used", "已有 known", "退回 rejected", "等待 waiting, B"):
        table.add_column(words, justify="right")
    for one in account.files:
        counts = (one.delivery.used, one.delivery.known, one.delivery.rejected, one.waiting)
        table.add_row(str(one.path), *(f"{count:,}" for count in counts))
    console.print(table)
    for path, row, zh, en in islice(account.reasons(), _REASONS_TOLD):
        console.print(f"{path}, {row}: {zh} · {en}", markup=False, highlight=False)
    if account.rejected > _REASONS_TOLD:
        console.print(f"… {account.rejected - _REASONS_TOLD:,}")


def _owner(name: str | None) -> Organization | None:
    found = organization_named(name or "")
    if name and found is None:
        raise WrongCall(
            f"there is no organisation {name!r}", fix="name it by its ref, or by its name in either language"
        )
    return found


def _by_this_process(paths: Sequence[Path], owner: Organization | None, progress: Progress) -> Account:
    with worker.alone():
        files = []
        for source in sources(paths):
            total = length(source)
            progress.stage(f"导入 taking in {source.path.name}", total)
            seen = 0

            def heard(delivery: Delivery, _: Taken) -> None:
                nonlocal seen
                progress.advance(delivery.position - seen)
                seen = delivery.position

            delivery = worker.bring_in_file(source, owner, heard)
            files.append(File(source.path, delivery, max(0, total - delivery.position) if source.is_lines else 0))
    worker.publish()
    return Account(files)


def _by_the_other(paths: Sequence[Path], owner: Organization | None, progress: Progress) -> Account:
    """Hand files over to the importer that runs, and wait until it is done with them. Raises WrongCall when it ends."""
    handed = []
    for source in sources(paths):
        data = source.path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1] if source.is_lines else data
        handed.append((source.path, hand_over(whole, owner), len(data) - len(whole)))
    progress.stage("等待导入器 waiting for the importer", len(handed))
    done: list[File] = []
    for path, name, waiting in handed:
        looks = count(1)
        while (delivery := _finished(name)) is None:
            time.sleep(_LOOK_SECONDS)
            if next(looks) % _LOOKS_FOR_IT == 0 and not _somebody_imports() and _finished(name) is None:
                raise WrongCall(
                    "the importer that ran has ended; what was handed over lies in the spool",
                    fix="start fanzha up: it is taken in then, once",
                )
        progress.advance()
        done.append(File(path, delivery, waiting))
    return Account(done)


def _somebody_imports() -> bool:
    try:
        with worker.alone():
            return False
    except AnotherImporter:
        return True


def _finished(name: str) -> Delivery | None:
    return Delivery.objects.filter(name=name).exclude(state=DeliveryState.OPEN).order_by("pk").last()
