"""Warn a victim within seconds of the finding, without anybody's act, where `[warn] automatic` names its kind.

Only a warning goes out; nothing limits anybody. The dissuasion is open like any other, and its clock runs on: people
call her.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.ids import derived_id
from fanzha.claims.finding import Mode
from fanzha.command.audit.services import recorded
from fanzha.command.processes.selectors import find_instances, load_processes, role_table_kind
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.subjects.canonical import mask_value
from fanzha.command.subjects.models import FindingRow
from fanzha.command.subjects.subject_roles import find_victims, names_victim
from fanzha.command.subjects.victims import PROCESS, contact_grade
from fanzha.command.subjects.warning_settings import WarningSettings, load_warning_settings
from fanzha.command.subjects.warning_states import HAND_OVER
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import Actor
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = logging.getLogger(__name__)

_UNSCOPED = unscoped("one worker warns the victims that any organisation finds")

#: The same person is not warned without an act again within a day.
_AGAIN, _HOUR = timedelta(hours=24), timedelta(hours=1)
#: How many findings are looked back at after a start.
_LOOK_BACK = 5_000
_GRADES = ("low", "medium", "high")
_ANY, _GENERAL = "any", "other"


@dataclass
class _Cursor:
    """The primary key of the last finding that was looked at by this worker, and when it opened dissuasions.

    `waiting` are the primary keys of findings for which the hour had no room.
    """

    last: int | None = None
    waiting: frozenset[int] = frozenset()
    opened: deque[datetime] = field(default_factory=deque)


@dataclass(frozen=True)
class AutomaticRules:
    """Which findings warn without anybody's act: the least grade by fraud type or detector."""

    least_grades: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, settings: WarningSettings) -> AutomaticRules:
        """Return the rules of the settings."""
        pairs = (entry.partition("/") for entry in settings.automatic)
        return cls({name: grade or _GRADES[0] for name, _, grade in pairs})

    def allow(self, detector: str, fraud_type: str, grade: str) -> bool:
        """Return whether a finding warns."""
        least = [self.least_grades[name] for name in (detector, fraud_type, _ANY) if name in self.least_grades]
        return any(_GRADES.index(grade) >= _GRADES.index(name) for name in least)


_cursor = _Cursor()


def warn_automatically() -> int:
    """Open a dissuasion and hand the warning over for each new finding that the settings name; return how many."""
    settings = load_warning_settings()
    if not settings.automatic or PROCESS not in load_processes():
        _cursor.last, _cursor.waiting = None, frozenset()
        return 0
    now, count, waiting = timezone.now(), 0, set[int]()
    rules = AutomaticRules.parse(settings)
    newest, rows = _select_findings(now, timedelta(minutes=settings.automatic_minutes))
    for row in sorted(rows, key=lambda row: (-row.score, row.pk)):
        if not rules.allow(row.detector, row.fraud_type, contact_grade(row.score)):
            continue
        try:
            count += _warn(row, settings, now)
        except _NoRoom:
            waiting.add(row.pk)
    if waiting - _cursor.waiting:
        log.error("[warn] automatic_per_hour is used up: %d findings wait for room or for somebody's act", len(waiting))
    _cursor.last, _cursor.waiting = newest, frozenset(waiting)
    return count


class _NoRoom(Exception):
    """As many dissuasions were opened within the hour as the settings allow."""


def _select_findings(now: datetime, fresh: timedelta) -> tuple[int | None, list[FindingRow]]:
    """Return the newest primary key, and the warnable findings since the last call with those that wait for room."""
    rows = _UNSCOPED.rows(FindingRow).order_by("pk")
    newest = rows.values_list("pk", flat=True).last()
    if newest is None or (newest == _cursor.last and not _cursor.waiting):
        return newest, []
    first = max(newest - _LOOK_BACK, 0) if _cursor.last is None else _cursor.last
    chosen = rows.filter(Q(pk__gt=first, pk__lte=newest) | Q(pk__in=_cursor.waiting))
    return newest, list(_warning_findings(chosen, now, fresh))


def _warning_findings(rows: QuerySet[FindingRow], now: datetime, fresh: timedelta) -> QuerySet[FindingRow]:
    """Return live findings about facts of the last minutes that name a person as a victim."""
    live = rows.filter(
        FindingRow.standing(), names_victim(), mode=Mode.LIVE, simulated=False, subject__kind="phone_number"
    )
    return live.filter(found_at__gt=now - fresh, valid_until__gt=now).select_related("subject", "owner")


def _warn(row: FindingRow, settings: WarningSettings, now: datetime) -> bool:
    """Open a dissuasion and take the steps that send; return whether it was opened. A second call opens none.

    Raise _NoRoom if the hour has none.
    """
    subject = row.subject
    if subject.thing not in find_victims([subject.thing]).only or _is_known(subject.ref, now):
        return False
    while _cursor.opened and _cursor.opened[0] < now - _HOUR:
        _cursor.opened.popleft()
    if len(_cursor.opened) >= settings.automatic_per_hour:
        raise _NoRoom
    event = load_processes()[PROCESS].events["open"]
    fraud_type = row.fraud_type if row.fraud_type in event.evidence["fraud_type"].choices else _GENERAL
    evidence = {"fraud_type": fraud_type, "grade": contact_grade(row.score)}
    title = mask_value(subject.kind, subject.value, subject.shown)
    actor = _actor(row)
    about = About(subject.kind, subject.ref, title=title)
    try:
        with recorded():
            ref = derived_id(to_ms(row.found_at), PROCESS, row.finding_id)
            instance = open_process(PROCESS, "open", row.owner, actor, evidence, about=about, ref=ref)
            for channel in dict.fromkeys(settings.automatic_channels):
                fire(instance.ref, HAND_OVER[channel], actor, {})
    except OperationalError:  # the database is away: the finding is looked at again
        raise
    except (Refusal, ValueError) as problem:
        log.error("finding %s warns nobody by itself: %s", row.finding_id, problem)
        return False
    _cursor.opened.append(now)
    return True


def _actor(row: FindingRow) -> Actor:
    """Return the detector as an actor for the owner of the finding, with the role of an analyst."""
    return Actor(
        person=f"detector:{row.detector}",
        organization=row.owner.ref,
        kind=role_table_kind(row.owner),
        roles=frozenset({"analyst"}),
        is_key=True,
    )


def _is_known(subject: str, now: datetime) -> bool:
    """Return whether somebody reaches the person already, or did within a day."""
    rows = find_instances(_UNSCOPED).filter(process=PROCESS, about=subject)
    return rows.filter(ended_at=None).exists() or rows.filter(opened_at__gt=now - _AGAIN).exists()
