"""How the log stands: how far it goes, when it was last read, where its anchors are, and what is wrong with that."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.db.models import Count, Max, Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from fanzha.base.words import Words
from fanzha.command.audit.models import AnchorCopy, LogAnchor, LogCheck, LogHead
from fanzha.command.audit.signing import public_key
from fanzha.command.audit.tasks import CHECK_EVERY, check_log
from fanzha.command.web.configuration import configuration

#: An anchor is made every ten minutes: one that is missing for longer is missed.
ANCHORED_WITHIN = timedelta(hours=1)
#: No check takes so long: one that did not end within was killed midway.
READ_WITHIN = timedelta(hours=6)

_NOT_WHOLE = Words("证据日志校验未通过，记录可能被更改", "The log is not valid: something on record was changed")
_NO_FOLDER = Words(
    "未设置外部锚点目录：能改写本机的人也能改写日志",
    "No folder outside is set for anchors: who owns this machine can rewrite it",
)
_NOT_ANCHORED = Words("最近的记录未形成锚点", "What was put on record lately was not anchored")
_NOT_READ = Words("日志已超过两天未校验", "The log was not read for more than two days")
_AWAY = Words("锚点副本未能写入“{name}”", "Anchors could not be copied to “{name}”")


class FolderState(NamedTuple):
    """One folder outside: up to which batch anchors are there, since when, and why the next one is not.

    Who reads the page need not know where on the machine it lies: `name` is its last part. `problem` is for operators.
    """

    name: str
    number: int
    at: datetime | None
    waiting: int
    problem: str


class LogState(NamedTuple):
    """The state of the log as a page shows it; `alarms` is what somebody has to see to."""

    number: int
    last_check: LogCheck | None
    is_being_read: bool
    anchor: LogAnchor | None
    folders: list[FolderState]
    key: str
    alarms: list[Words]


def log_state() -> LogState:
    """Return how the log stands now, in a fixed number of queries a folder."""
    now = timezone.now()
    head, check = LogHead.objects.first(), LogCheck.objects.first()
    number = head.number if head else 0
    anchor = LogAnchor.objects.order_by("number").last()
    folders = [_folder(one) for one in configuration().anchors]
    running = _is_being_read(now)
    alarms = [*_of_check(check, now, number), *_of_anchors(anchor, now, number, folders)]
    return LogState(number, check, running, anchor, folders, public_key(), alarms)


def _is_being_read(now: datetime) -> bool:
    """Return whether a check waits or is at work: one that began too long ago was killed, and nobody ends it."""
    killed = Q(started_at__lte=now - READ_WITHIN)
    return DBTaskResult.objects.filter(~killed, task_path=check_log.module_path, finished_at=None).exists()


def _folder(folder: str) -> FolderState:
    copies = AnchorCopy.objects.filter(folder=folder)
    told = copies.aggregate(
        number=Max("anchor", filter=~Q(written_at=None)),
        at=Max("written_at"),
        there=Count("pk", filter=~Q(written_at=None)),
    )
    problem = copies.exclude(problem="").values_list("problem", flat=True).first()
    waiting = LogAnchor.objects.count() - told["there"]
    return FolderState(Path(folder).name, told["number"] or 0, told["at"], waiting, problem or "")


def _of_check(check: LogCheck | None, now: datetime, number: int) -> list[Words]:
    if check is None or not number:
        return []
    late = check.at < now - 2 * CHECK_EVERY
    return ([] if check.is_whole else [_NOT_WHOLE]) + ([_NOT_READ] if late else [])


def _of_anchors(anchor: LogAnchor | None, now: datetime, number: int, folders: list[FolderState]) -> list[Words]:
    behind = anchor is not None and anchor.number < number and anchor.at < now - ANCHORED_WITHIN
    found = [_NOT_ANCHORED] if behind else []
    found += [] if folders else [_NO_FOLDER]
    return found + [_AWAY.format(name=one.name) for one in folders if one.problem]
