"""Verify the time-stamps of anchors offline: those in the database, and those beside anchors in folders."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from fanzha.base.clock import from_ms
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.audit.anchor_files import read_timestamps
from fanzha.command.audit.long_tables import as_bytes
from fanzha.command.audit.models import AnchorTimestamp
from fanzha.command.audit.signing import is_valid_signature
from fanzha.command.audit.timestamps import InvalidTimestamp, TrustedAuthority, load_authority, verify_response
from fanzha.command.web.configuration import TimestampAuthority, configuration
from fanzha.processes.log.anchor import NoAnchor, parse_anchor
from fanzha.processes.log.verification import LogFault

#: A stamp may precede the time of its anchor by so much, since clocks differ.
_CLOCK_TOLERANCE = timedelta(minutes=5)
#: A stamp that is later than its anchor by more does not confirm the anchor's time.
_LATE = timedelta(hours=1)

_INVALID = Words("锚点的时间戳无效（{where}）：{why}", "the time-stamp of the anchor is not valid ({where}): {why}")
_ORPHAN = Words("时间戳旁没有锚点（{where}）", "a time-stamp has no anchor beside it ({where})")
_EARLY = Words(
    "锚点自称的时间晚于其时间戳 {at}（{where}）", "the anchor states a time after its time-stamp of {at} ({where})"
)
_DATABASE = Words("数据库", "database")
_LATE_STAMPS = Words(
    "时间戳晚于锚点自称时间一小时以上的锚点",
    "anchors with a time-stamp more than an hour after the time they state",
)
_NO_ROOT = Words(
    "无可信根证书的时间戳：请设置 [site.timestamps] ca_file 或以 --tsa-ca 给出",
    "time-stamps without a trusted root: set [site.timestamps] ca_file, or give one with --tsa-ca",
)
_NOT_STAMPED = Words("最后一个带时间戳的锚点之后的批次", "batches after the last time-stamped anchor")
_FAILED = Words("请求失败、待重试的时间戳：{why}", "requests for a time-stamp that failed and are repeated: {why}")


class TimestampResult(NamedTuple):
    """The number of valid time-stamps, the faults, and what could not be checked, with counts."""

    valid: int
    faults: list[LogFault]
    unchecked: list[tuple[int, Words]]


def check_timestamps(end: int, paths: Sequence[Path] = (), ca_file: str = "") -> TimestampResult:
    """Verify all time-stamps of a log of `end` batches. `ca_file` is trusted in place of the configured one.

    Raise UsageError if `ca_file` cannot be used.
    """
    settings = configuration().timestamps
    check = _Check(_authority(settings, ca_file))
    check.run(_stored())
    check.run(_in_folders([*map(Path, configuration().anchors), *paths]))
    unchecked = check.unchecked()
    failed = AnchorTimestamp.objects.filter(stamped_at=None).first() if settings is not None else None
    if failed is not None:
        unchecked.append((failed.attempts, _FAILED.format(why=failed.problem)))
    if settings is not None and check.last < end:
        unchecked.append((end - check.last, _NOT_STAMPED))
    return TimestampResult(check.valid, check.faults, unchecked)


def _authority(settings: TimestampAuthority | None, ca_file: str) -> TrustedAuthority | None:
    if ca_file:
        return load_authority(TimestampAuthority(url="", ca_file=ca_file, policy=settings.policy if settings else ""))
    try:
        return load_authority(settings) if settings is not None else None
    except UsageError:
        return None  # its time-stamps are counted as not checked


class _Stamp(NamedTuple):
    """A time-stamp with the line of its anchor and the place where it lies."""

    line: str
    response: bytes
    where: Words


class _Check:
    """Verifies time-stamps one by one."""

    def __init__(self, authority: TrustedAuthority | None) -> None:
        self._authority = authority
        self.faults: list[LogFault] = []
        self.valid, self.last, self._untrusted, self._late = 0, 0, 0, 0

    def run(self, stamps: Iterable[_Stamp]) -> None:
        """Verify time-stamps, and report those that are not valid."""
        for stamp in stamps:
            if self._authority is None:
                self._untrusted += 1
                continue
            try:
                anchor = parse_anchor(stamp.line, is_valid_signature)
            except NoAnchor:
                self._report(0, _ORPHAN, stamp.where)
                continue
            number = anchor.statement.number
            try:
                stamped_at = verify_response(stamp.response, stamp.line, self._authority)
            except InvalidTimestamp as error:
                self._report(number, _INVALID, stamp.where, why=str(error))
                continue
            self._compare_times(number, from_ms(anchor.statement.at), stamped_at, stamp.where)

    def unchecked(self) -> list[tuple[int, Words]]:
        """Return what could not be checked, with counts."""
        found = [(self._untrusted, _NO_ROOT), (self._late, _LATE_STAMPS)]
        return [(number, words) for number, words in found if number]

    def _compare_times(self, number: int, stated_at: datetime, stamped_at: datetime, where: Words) -> None:
        if stated_at > stamped_at + _CLOCK_TOLERANCE:
            self._report(number, _EARLY, where, at=f"{stamped_at:%Y-%m-%d %H:%M:%S} UTC")
            return
        self.valid, self.last = self.valid + 1, max(self.last, number)
        self._late += stamped_at > stated_at + _LATE

    def _report(self, number: int, words: Words, where: Words, **names: str) -> None:
        message = Words(words.zh.format(where=where.zh, **names), words.en.format(where=where.en, **names))
        self.faults.append(LogFault(number, None, message))


def _stored() -> Iterator[_Stamp]:
    rows = AnchorTimestamp.objects.exclude(stamped_at=None).order_by("anchor").values_list("anchor__line", "response")
    yield from (_Stamp(line, as_bytes(response), _DATABASE) for line, response in rows.iterator())


def _in_folders(folders: Iterable[Path]) -> Iterator[_Stamp]:
    for line, response, path in read_timestamps(folders):
        yield _Stamp(line, response, Words(path.name, path.name))
