"""Read notices and appeals: for the desk, for figures, and for pages that point at the door to appeal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.notices.models import AppealOutcome, LimitAppeal, LimitNotice, NoticeState
from fanzha.command.notices.notice_codes import hash_notice_code, read_notice_code
from fanzha.command.processes.selectors import (
    URGENT,
    find_instances,
    find_legs,
    load_processes,
    undelivered_notices,
)
from fanzha.command.reviews.selectors import MarkedShare, to_share
from fanzha.command.subjects.services import canonicalize
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import current_viewer, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.kinds import all_kinds
from fanzha.learn.agreement import Stratum

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance, SubjectNotice
    from fanzha.processes.process import Process

#: Who reads notices of the own organisation, and who hands them over and takes appeals in.
READERS = (
    Role.CLERK, Role.EXECUTOR, Role.DUTY_OFFICER, Role.REVIEWER, Role.ANALYST, Role.LIAISON, Role.INSPECTOR,
    Role.PRIVACY_OFFICER,
)  # fmt: skip
TAKERS = (Role.CLERK,)
#: Who sees the list of appeals.
HEARERS = (Role.CLERK, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
_UNSCOPED = unscoped("what is limited in public is told to everybody")
SHOWS: dict[str, Words] = {
    "undelivered": Words("本单位待送达", "Ours to deliver"),
    "counter": Words("由我单位执行的限制", "Limits that we carry out"),
    "delivered": Words("已送达", "Delivered"),
    "all": Words("全部", "All"),
}
PERIOD = timedelta(days=366)
#: Kinds whose limits are seen by everybody who comes to them, so that their public facts are no secret of a person.
PUBLIC_KINDS = frozenset({"website", "host", "app", "short_code"})


def find_limit_notices(show: str = "") -> QuerySet[LimitNotice]:
    """Return the notices that the current viewer may read, the latest first.

    `show` narrows them: to those that the own organisation has to deliver, those of limits that it carries out for
    others, and those that are delivered.
    """
    rows = LimitNotice.objects.all().select_related("owner", "instance__version", "notice")
    viewer, open_rows = current_viewer(), rows.filter(delivered_at=None, lifted_at=None)
    own = viewer.organization if viewer else None
    match show:
        case "undelivered":
            return open_rows.filter(owner=own).order_by("route_due_at", "pk")
        case "counter":
            legs = find_legs(_UNSCOPED).filter(instance=OuterRef("instance"), receiver=own)
            return open_rows.exclude(owner=own).filter(Exists(legs)).order_by("route_due_at", "pk")
        case "delivered":
            return rows.filter(delivered_at__isnull=False)
    return rows


def find_handled_notices(viewer: Viewer) -> QuerySet[LimitNotice]:
    """Return the notices that the viewer's organisation may print and deliver, and for which it may file appeals.

    A supervisor reads notices, but their codes are not for it.
    """
    return find_limit_notices().filter(LimitNotice.handled_by(viewer))


def find_other_notices(viewer: Viewer) -> QuerySet[SubjectNotice]:
    """Return the undelivered notices of the viewer's organisation that tell of no limit, the oldest first."""
    return _undelivered(viewer).filter(~Exists(_of_written()))


def find_unnotified(viewer: Viewer) -> QuerySet[SubjectNotice]:
    """Return the notices of the viewer's organisation that are to be delivered still, the oldest first.

    The notice of a limit that has ended meanwhile is none of them.
    """
    is_open = Exists(_of_written().filter(delivered_at=None, lifted_at=None))
    return _undelivered(viewer).filter(~Exists(_of_written()) | is_open)


def _undelivered(viewer: Viewer) -> QuerySet[SubjectNotice]:
    return undelivered_notices(viewer).select_related("instance__version").order_by("written_at")


def _of_written() -> QuerySet[LimitNotice]:
    return _UNSCOPED.rows(LimitNotice).filter(notice=OuterRef("pk"))


def count_to_deliver(viewer: Viewer) -> int:
    """Return how many notices the list of the viewer's organisation shows as to be delivered."""
    return find_limit_notices("undelivered").count() + find_other_notices(viewer).count()


def find_by_code(written: str) -> QuerySet[LimitNotice]:
    """Return the notice of a code that the current viewer may read."""
    return find_limit_notices().filter(code=hash_notice_code(read_notice_code(written)))


def find_by_value(written: str) -> tuple[list[str], QuerySet[LimitNotice]]:
    """Return the things (digests) that a written number or account may be, and their notices."""
    things = []
    for kind in all_kinds():
        try:
            things.append(canonicalize(kind, written).thing)
        except Malformed:
            continue
    return things, find_limit_notices().filter(thing__in=things)


class HeardState(NamedTuple):
    """A process and its states in which an appeal is being heard."""

    process: str
    states: tuple[str, ...]


def heard_states(processes: Iterable[Process] | None = None) -> list[HeardState]:
    """Return the states of processes in which somebody has to decide an appeal."""
    return [
        HeardState(process.name, states)
        for process in (processes or load_processes().values())
        if (states := _heard(process))
    ]


def _heard(process: Process) -> tuple[str, ...]:
    appealed = {event.to for event in process.events.values() if event.appeal}
    deciding = {state for event in process.events.values() if event.decides_appeal for state in event.sources}
    return tuple(sorted(appealed & deciding))


def find_heard_appeals() -> QuerySet[ProcessInstance]:
    """Return the running processes that the current viewer may read in which an appeal is heard, most urgent first."""
    condition = Q(pk=None)
    for process, states in heard_states():
        condition |= Q(process=process, state__in=states)
    rows = find_instances().filter(condition, ended_at=None).select_related("owner", "version")
    return rows.order_by(URGENT, "pk")


class NoticeFigures(NamedTuple):
    """Figures of the notices and appeals of a period. Times are medians in hours, None without any; `n` beside each."""

    notices: int
    by_state: dict[str, int]
    delivered: MarkedShare
    hours_to_delivery: float | None
    appeals: int
    appealed: MarkedShare
    decided: int
    upheld: MarkedShare
    hours_to_decision: float | None
    restored: int
    hours_to_restore: float | None


def measure_notices(viewer: Viewer, since: datetime | None = None, until: datetime | None = None) -> NoticeFigures:
    """Return the figures of the notices that the viewer's organisation wrote, or one it supervises, in a period.

    Without a period it is the last year. Appeals are those filed in it. Exercises are left out.
    """
    until = until or timezone.now()
    since = since or until - PERIOD
    written = LimitNotice.objects.filter(
        owner__in=viewer.reads, written_at__gte=since, written_at__lt=until, simulated=False
    )
    states = dict.fromkeys(NoticeState.values, 0)
    states |= dict(written.order_by().values_list("state").annotate(count=Count("pk")))
    deliveries = written.filter(delivered_at__isnull=False).values_list("written_at", "delivered_at")
    appeals = LimitAppeal.objects.filter(
        notice__owner__in=viewer.reads, filed_at__gte=since, filed_at__lt=until, notice__simulated=False
    )
    decided = appeals.filter(outcome__in=(AppealOutcome.UPHELD, AppealOutcome.REJECTED))
    upheld = decided.filter(outcome=AppealOutcome.UPHELD)
    restored = upheld.filter(restored_at__isnull=False).values_list("filed_at", "restored_at")
    notices, counted = sum(states.values()), {"decided": decided.count(), "restored": restored.count()}
    appealed = appeals.order_by().values("notice").distinct().count()
    return NoticeFigures(
        notices=notices,
        by_state=states,
        delivered=_share(notices, deliveries.count()),
        hours_to_delivery=_median_hours(deliveries),
        appeals=appeals.count(),
        appealed=_share(max(notices, appealed), appealed),
        decided=counted["decided"],
        upheld=_share(counted["decided"], upheld.count()),
        hours_to_decision=_median_hours(decided.values_list("filed_at", "decided_at")),
        restored=counted["restored"],
        hours_to_restore=_median_hours(restored),
    )


class PublicFacts(NamedTuple):
    """What everybody may know of a limit: fact, basis, period, remedy, its end, and who decided."""

    fact: Words
    basis: Words
    period: Words
    remedy: Words
    until: datetime | None
    owner: Words


def find_public_facts(kind: str, value: str) -> list[PublicFacts]:
    """Return the public facts of the limits on a site, app or sender now, the latest first; [] for other kinds.

    The page for appeals has the URL name `appeal`. Facts about a person are disclosed with the notice code only.
    """
    if kind not in PUBLIC_KINDS:
        return []
    try:
        thing = canonicalize(kind, value).thing
    except Malformed:
        return []
    rows = _UNSCOPED.rows(LimitNotice).filter(thing=thing, lifted_at=None, simulated=False)
    return [_public_facts(row) for row in rows.select_related("notice", "owner").order_by("-pk")[:10]]


def _public_facts(row: LimitNotice) -> PublicFacts:
    told = row.notice
    return PublicFacts(
        fact=row.fact,
        basis=Words(told.basis_zh, told.basis_en),
        period=Words(told.period_zh, told.period_en),
        remedy=Words(told.remedy_zh, told.remedy_en),
        until=told.until,
        owner=Words(row.owner.name_zh, row.owner.name_en),
    )


def _share(count: int, counted: int) -> MarkedShare:
    return to_share([Stratum(count, count, counted)])


def _median_hours(pairs: Iterable[tuple[datetime, datetime | None]]) -> float | None:
    spans = sorted((end - begin).total_seconds() / 3600 for begin, end in pairs if end is not None)
    if not spans:
        return None
    middle = len(spans) // 2
    return spans[middle] if len(spans) % 2 else (spans[middle - 1] + spans[middle]) / 2
