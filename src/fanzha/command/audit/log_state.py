"""The state of the log: its length, the last verification, the copies of its anchors, and alarms."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.db.models import Count, Max, Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from fanzha.base.words import Words
from fanzha.command.audit.anchors import MAX_ANCHOR_DELAY
from fanzha.command.audit.models import AnchorCopy, AnchorTimestamp, LogAnchor, LogCheck, LogHead
from fanzha.command.audit.signing import public_key
from fanzha.command.audit.tasks import CHECK_EVERY, check_log
from fanzha.command.web.configuration import configuration

#: A check that runs longer than this is taken to be killed.
MAX_CHECK_DURATION = timedelta(hours=6)

_NOT_WHOLE = Words("证据日志校验未通过，记录可能被更改", "The log is not valid. An entry may have been changed")
_NOT_CONFIRMED = Words(
    "最近一次校验未能与外部锚点核对，日志不能视为有效",
    "The last check could not compare the log with outside anchors, so the log does not count as valid",
)
_NO_FOLDER = Words(
    "未设置外部锚点目录：能改写本机的人也能改写日志",
    "No outside folder for anchors is set. Whoever controls this machine can rewrite the log",
)
_NOT_ANCHORED = Words("最近的记录未形成锚点", "The latest entries have not been anchored")
_NOT_READ = Words("日志已超过两天未校验", "The log has not been checked for more than two days")
_NOT_STAMPED = Words("锚点的时间戳请求失败", "Requests for a time-stamp of an anchor fail")
_AWAY = Words("锚点副本未能写入“{name}”", "Anchors could not be copied to “{name}”")


class FolderState(NamedTuple):
    """One outside folder: the last batch anchored there, the time of that copy, and why the next copy failed.

    `name` is the last part of its path, because readers of the page need not know the path. `problem` is for operators.
    """

    name: str
    number: int
    at: datetime | None
    waiting: int
    problem: str


class LogState(NamedTuple):
    """The state of the log. `alarms` lists problems that need attention."""

    number: int
    last_check: LogCheck | None
    is_check_running: bool
    anchor: LogAnchor | None
    folders: list[FolderState]
    key: str
    alarms: list[Words]


def log_state() -> LogState:
    """Return the current state of the log, in a fixed number of queries per folder."""
    now = timezone.now()
    head, check = LogHead.objects.first(), LogCheck.objects.first()
    number = head.number if head else 0
    anchor = LogAnchor.objects.order_by("number").last()
    folders = [_folder_state(folder) for folder in configuration().anchors]
    running = is_check_running(now)
    alarms = [*_check_alarms(check, now, number), *_anchor_alarms(anchor, now, number, folders)]
    return LogState(number, check, running, anchor, folders, public_key(), alarms)


def is_check_running(now: datetime | None = None) -> bool:
    """Return whether a check is queued or running. Ignore a check that started too long ago: it was killed."""
    killed = Q(started_at__lte=(now or timezone.now()) - MAX_CHECK_DURATION)
    return DBTaskResult.objects.filter(~killed, task_path=check_log.module_path, finished_at=None).exists()


def _folder_state(folder: str) -> FolderState:
    copies = AnchorCopy.objects.filter(folder=folder)
    totals = copies.aggregate(
        number=Max("anchor", filter=~Q(written_at=None)),
        at=Max("written_at"),
        there=Count("pk", filter=~Q(written_at=None)),
    )
    problem = copies.exclude(problem="").values_list("problem", flat=True).first()
    waiting = LogAnchor.objects.count() - totals["there"]
    return FolderState(Path(folder).name, totals["number"] or 0, totals["at"], waiting, problem or "")


def _check_alarms(check: LogCheck | None, now: datetime, number: int) -> list[Words]:
    if check is None or not number:
        return []
    is_late = check.at < now - 2 * CHECK_EVERY
    alarms = [] if check.is_whole else [_NOT_WHOLE]
    alarms += [_NOT_CONFIRMED] if check.is_whole and not check.is_anchored else []
    return alarms + ([_NOT_READ] if is_late else [])


def _anchor_alarms(anchor: LogAnchor | None, now: datetime, number: int, folders: list[FolderState]) -> list[Words]:
    is_behind = anchor is not None and anchor.number < number and anchor.at < now - MAX_ANCHOR_DELAY
    alarms = [_NOT_ANCHORED] if is_behind else []
    alarms += [] if folders else [_NO_FOLDER]
    alarms += [_NOT_STAMPED] if AnchorTimestamp.objects.filter(stamped_at=None, attempts__gte=3).exists() else []
    return alarms + [_AWAY.format(name=folder.name) for folder in folders if folder.problem]
