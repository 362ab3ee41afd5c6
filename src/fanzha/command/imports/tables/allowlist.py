"""Import table of allowlisted numbers with proven origin, owner, proof and end; a second person must approve."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from fanzha.base.clock import LATEST_MS, from_ms, moment_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims.allowlist import AllowlistEntry, OriginKind
from fanzha.command.imports.list_publisher import publish_lists
from fanzha.command.imports.models import ImportJob, ImportState, SparedRow
from fanzha.command.imports.tables.table import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.web.scoping import unscoped
from fanzha.events.call_offered import INGRESS, INGRESS_WORDS
from fanzha.kinds.phone_number import KIND as NUMBER
from fanzha.kinds.phone_number import Validity, classify
from fanzha.kinds.trunk import KIND as TRUNK
from fanzha.store.allowlist import ORIGINS, is_approved, write_approved
from fanzha.store.private_files import lock_folder
from fanzha.store.state_folder import state_folder

_UNSCOPED = unscoped("approved numbers count for all organisations")

_NO_NUMBER = Words("不是一个完整号码；号段不能免扰", "is not one telephone number; ranges cannot be spared")
_NO_KIND = Words("请写 trunk（中继）或 ingress（入口）", "must be trunk (中继) or ingress (入口)")
_NO_ORIGIN = Words("不是已知的来源", "is not a known origin")
_EMPTY = Words("必填", "is required")
_NO_END = Words("须为将来的时刻，2100 年以前", "must be in the future, before 2100")


class AllowlistTable(ImportTable):
    """Import table of the allowlist."""

    name = "spared"
    title = Words("免扰号码", "Spared numbers")
    about = Words(
        "不得自动处置的号码及其已证实来源；须由第二人同意后生效",
        "Numbers that no rule acts on by itself, each with its proven origin. A second person must approve them",
    )
    owners = ("national_regulator", "provincial_regulator", "centre", "carrier", "mvno")
    second_person = True
    columns = (
        ImportColumn("number", Words("号码", "number")),
        ImportColumn("origin_kind", Words("来源类型", "kind of origin"), ("origin kind",)),
        ImportColumn("origin", Words("来源", "origin")),
        ImportColumn("owner", Words("归属单位", "whose it is"), ("所有者",)),
        ImportColumn("proof", Words("凭据", "proof"), ("依据",)),
        ImportColumn("until", Words("有效期至", "until"), ("截止时间",)),
    )

    def writer(self, job: ImportJob) -> "AllowlistWriter":
        """Return the writer that stores its rows until they are approved."""
        return AllowlistWriter(job)

    def apply_decisions(self) -> Words | None:
        """Write the list of approved entries and publish it to the screens."""
        with lock_folder(state_folder() / "lists"):  # the lock covers reading and writing
            write_approved(_approved_entries())
        return publish_lists()

    def is_applied(self) -> bool:
        """Return whether the list equals the approved entries; false if a crash prevented writing it."""
        return is_approved(_approved_entries())


class AllowlistWriter(TableWriter):
    """Writer that stores rows with their import until they are approved."""

    def __init__(self, job: ImportJob) -> None:
        self._job, self._now = job, timezone.now()
        _UNSCOPED.rows(SparedRow).filter(job=job).delete()

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Store the valid rows."""
        results = [self._row(row) for row in rows]
        _UNSCOPED.rows(SparedRow).bulk_create(result for result in results if isinstance(result, SparedRow))
        return [result for result in results if isinstance(result, RowError)]

    def finish(self) -> Words | None:
        """Do nothing: the rows take effect with their approval."""
        return None

    def _row(self, row: ImportRow) -> SparedRow | RowError:
        entry = parse_entry(row.cells, self._now)
        if isinstance(entry, InvalidCell):
            return RowError(row.number, *entry)
        return SparedRow(
            owner=self._job.owner,
            job=self._job,
            row=row.number,
            number=entry.number,
            origin_kind=entry.origin_kind,
            origin=entry.origin,
            holder=entry.owner,
            proof=entry.proof,
            until=from_ms(entry.until or 0),
        )


class InvalidCell(NamedTuple):
    """An invalid cell: its column, the reason and its value."""

    column: str
    why: Words
    value: str = ""


def parse_entry(cells: Mapping[str, str], now: datetime) -> AllowlistEntry | InvalidCell:
    """Parse the cells of a row into an allowlist entry, or return the invalid cell."""
    for name in ("number", "origin_kind", "origin", "owner", "proof", "until"):
        if not cells[name]:
            return InvalidCell(name, _EMPTY)
    if classify(cells["number"]).valid is Validity.NO:
        return InvalidCell("number", _NO_NUMBER, cells["number"])
    kind = ORIGINS.get(cells["origin_kind"].casefold())
    if kind is None:
        return InvalidCell("origin_kind", _NO_KIND, cells["origin_kind"])
    origin, until = _parse_origin(kind, cells["origin"]), _parse_end(cells["until"])
    if not origin:
        return InvalidCell("origin", _NO_ORIGIN, cells["origin"])
    if until is None or not to_ms(now) < until <= LATEST_MS:
        return InvalidCell("until", _NO_END, cells["until"])
    number = NUMBER.normalise(cells["number"])
    return AllowlistEntry(number, kind, origin, cells["owner"][:200], cells["proof"][:400], until)


def _approved_entries() -> Iterator[AllowlistEntry]:
    """Yield the approved entries that have not expired."""
    rows = _UNSCOPED.rows(SparedRow).filter(job__state=ImportState.DONE, until__gt=timezone.now()).order_by("pk")
    for row in rows:
        kind, end = OriginKind(row.origin_kind), to_ms(row.until)
        yield AllowlistEntry(row.number, kind, row.origin, row.holder, row.proof, end)


def _parse_origin(kind: OriginKind, text: str) -> str:
    if kind is OriginKind.INGRESS:
        origin = dict(INGRESS_WORDS).get(text.casefold(), text)
        return origin if origin in INGRESS else ""
    try:
        return TRUNK.normalise(text)
    except Malformed:
        return ""


def _parse_end(text: str) -> int | None:
    try:
        return moment_ms(text)
    except Malformed:
        return None


ALLOWLIST = AllowlistTable()
