"""Load all anchors of the log, check their keys, and decide whether anchors outside confirm the log.

Anchors in the database are compared too, but a person who can change the database can change them. Only anchors in the
configured folders and in the files that the caller names confirm the log, and only if the pinned key signed them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.anchor_files import read_anchors
from fanzha.command.audit.anchors import MAX_ANCHOR_DELAY, anchor_of
from fanzha.command.audit.models import LogAnchor, LogBatch, LogHead
from fanzha.command.audit.pinned_key import read_pinned_key, trusted_keys
from fanzha.command.web.configuration import configuration
from fanzha.processes.log.anchor import Anchor, AnchorStatement, NoAnchor
from fanzha.processes.log.anchor_key import TrustedKeys
from fanzha.processes.log.verification import LogFault

_UNREADABLE = Words("锚点副本无法读取或被更改：{where}", "a copy of an anchor cannot be read or was changed: {where}")
_ROW_CHANGED = Words("数据库中的锚点被更改", "the anchor in the database was changed")
_FOREIGN_KEY = Words(
    "锚点由未登记的公钥 {key} 签名（{where}）", "the anchor is signed by the key {key}, which is not pinned ({where})"
)
_OTHER_PIN = Words(
    "本机登记的公钥 {key} 不是所给的公钥", "the key pinned on this machine, {key}, is not the key that was given"
)
_BROKEN_PIN = Words("公钥登记文件无法使用：{why}", "the pinned key cannot be used: {why}")
_DATABASE = Words("数据库", "database")

_NO_PIN = Words(
    "本机尚未登记锚点公钥：启动一次 fanzha up，或以 --anchor-key 给出所保存的公钥",
    "no anchor key is pinned on this machine: start fanzha up once, or give the key you keep with --anchor-key",
)
_NO_COPY = Words(
    "未设置外部锚点目录：在 [site] anchors 中写明他机目录，或以 --anchor 给出他处保存的锚点",
    "no folder outside is set: name one in [site] anchors, or give anchors that were kept elsewhere with --anchor",
)
_FOLDER_MISSING = Words(
    "锚点目录“{name}”不存在：重新挂载后再校验", "the folder “{name}” is missing: mount it and check again"
)
_FOLDER_EMPTY = Words(
    "锚点目录“{name}”中没有本日志的可信锚点：查明锚点去向，或等待下次签发",
    "the folder “{name}” has no trusted anchor of this log: find out where its anchors went, or wait for the next one",
)
_NO_ANCHOR = Words("所给文件中没有本日志的可信锚点", "the given files have no trusted anchor of this log")
_BEHIND = Words(
    "批次 {first} 起已超过一小时未在外部锚定：检查定时任务与锚点目录",
    "batches from {first} on have no anchor outside since more than an hour: look at the regular jobs and folders",
)


class LoadedAnchors(NamedTuple):
    """Anchors of trusted keys, the faults of others, and why anchors outside do not confirm the log."""

    statements: list[AnchorStatement]
    faults: list[LogFault]
    last_outside: int  # last batch that an anchor outside confirms; 0 if there is none
    unanchored: list[Words]
    missing_copies: int  # anchors in the database that a configured folder lacks


def load_anchors(paths: Sequence[Path] = (), key: str = "") -> LoadedAnchors:
    """Load the anchors in the database, in the configured folders and in `paths`, and check their keys.

    `key` is the public key to trust in place of the pinned one. Raise NoAnchor or OSError for an invalid file in
    `paths`.
    """
    head = LogHead.objects.first()
    log = head.identity if head else ""
    folders = [Path(folder) for folder in configuration().anchors]
    trusted, faults = _trusted_keys(log, key, [*folders, *paths])
    sorter = _AnchorSorter(log, trusted, faults)
    sorter.sort(_database_anchors(faults), _DATABASE)
    numbers = {statement.number for statement in sorter.statements}
    unanchored = [] if folders or paths else [_NO_COPY]
    unanchored += [] if trusted else [_NO_PIN]
    last_outside, missing_copies = 0, 0
    for folder in folders:
        outside = sorter.sort(_folder_anchors(folder, faults), Words(folder.name, folder.name))
        last_outside = max([last_outside, *outside])
        missing_copies += len(numbers - outside)
        if not outside:
            reason = _FOLDER_EMPTY if folder.is_dir() else _FOLDER_MISSING
            unanchored.append(reason.format(name=folder.name))
    if paths:
        outside = sorter.sort(read_anchors(paths), Words("--anchor", "--anchor"))
        last_outside = max([last_outside, *outside])
        unanchored += [] if outside else [_NO_ANCHOR]
    return LoadedAnchors(sorted(sorter.statements), faults, last_outside, unanchored, missing_copies)


def unanchored_tail(last_outside: int, end: int, now: datetime) -> list[Words]:
    """Return a reason if a batch after the last anchor outside is older than `MAX_ANCHOR_DELAY`."""
    old = LogBatch.objects.filter(number__gt=last_outside, number__lte=end, at__lt=to_ms(now - MAX_ANCHOR_DELAY))
    first = old.order_by("number").values_list("number", flat=True).first()
    return [] if first is None or not last_outside else [_BEHIND.format(first=first)]


class _AnchorSorter:
    """Collects the statements of trusted anchors, and a fault for each anchor of another key."""

    def __init__(self, log: str, trusted: TrustedKeys | None, faults: list[LogFault]) -> None:
        self._log, self._trusted, self._faults = log, trusted, faults
        self.statements: set[AnchorStatement] = set()

    def sort(self, anchors: Iterable[Anchor], where: Words) -> set[int]:
        """Sort anchors, and return the batches that trusted anchors of this log confirm."""
        numbers: set[int] = set()
        for anchor in anchors:
            statement = anchor.statement
            if self._trusted is not None and self._is_foreign(anchor):
                words = Words(
                    _FOREIGN_KEY.zh.format(key=anchor.key, where=where.zh),
                    _FOREIGN_KEY.en.format(key=anchor.key, where=where.en),
                )
                self._faults.append(LogFault(statement.number, None, words))
                continue
            self.statements.add(statement)
            if self._trusted is not None and statement.log == self._log:
                numbers.add(statement.number)
        return numbers

    def _is_foreign(self, anchor: Anchor) -> bool:
        """Return whether another key signed an anchor of this log. Anchors of other logs are a fault of their own."""
        assert self._trusted is not None
        return anchor.statement.log == self._log and not self._trusted.accepts(anchor)


def _trusted_keys(log: str, key: str, places: Iterable[Path]) -> tuple[TrustedKeys | None, list[LogFault]]:
    try:
        pinned = read_pinned_key()
        trusted = trusted_keys(log, key, places)
    except (NoAnchor, OSError) as error:
        return None, [LogFault(0, None, _BROKEN_PIN.format(why=str(error)))]
    is_other = bool(key) and pinned is not None and pinned.first != key
    if is_other and pinned is not None and trusted is not None and pinned.first not in trusted.keys:
        return trusted, [LogFault(0, None, _OTHER_PIN.format(key=pinned.first))]
    return trusted, []


def _database_anchors(faults: list[LogFault]) -> Iterator[Anchor]:
    for row in LogAnchor.objects.order_by("number"):
        try:
            yield anchor_of(row)
        except NoAnchor:
            faults.append(LogFault(row.number, None, _ROW_CHANGED))


def _folder_anchors(folder: Path, faults: list[LogFault]) -> list[Anchor]:
    """Return the anchors in a folder. An unreadable file is a fault; the anchors before it count."""
    anchors: list[Anchor] = []
    try:
        anchors.extend(read_anchors([folder]) if folder.is_dir() else ())
    except (NoAnchor, OSError):
        faults.append(LogFault(0, None, _UNREADABLE.format(where=str(folder))))
    return anchors
