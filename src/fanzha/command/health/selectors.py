"""Read how sources and screens are: those of this installation live, those of other organisations as reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from fanzha.command.detection_rules.selectors import operates_rules
from fanzha.command.health.components import ask_screens, load_health_settings, read_detection
from fanzha.command.health.models import ComponentKind, ReportedComponent
from fanzha.command.organizations.selectors import all_organizations

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.viewer import Viewer


#: Installations report every minute; after this time without a report nothing is known of a component any more.
REPORT_TIMEOUT = timedelta(minutes=10)


class HealthLevel(IntEnum):
    """How a component is, the worst first."""

    FAILING = 0
    SILENT = 1
    LESS = 2
    IN_ORDER = 3


class ComponentState(NamedTuple):
    """How a source or screen of an organisation is; `quiet` is None if it never brought anything.

    `is_unreported` says that its installation has not reported for `REPORT_TIMEOUT`.
    """

    row: ReportedComponent
    owner: Organization
    level: HealthLevel
    quiet: timedelta | None
    is_unreported: bool = False


def list_components(viewer: Viewer, now: datetime) -> list[ComponentState]:
    """Return the sources and screens that the viewer may see, worst first, then by how long they have been so.

    Those of the viewer's own installation are read at this moment. Raise UsageError for its damaged files.
    """
    rows = list(ReportedComponent.objects.order_by("owner", "kind", "name"))
    if operates_rules(viewer) and (local := read_local_components(now)):
        reported = {(row.kind, row.name): row for row in rows if row.owner_id == viewer.organization}
        rows = [row for row in rows if row.owner_id != viewer.organization]
        for row in local:
            row.owner_id = viewer.organization
            before = reported.get((row.kind, row.name))
            row.last_at = row.last_at or (before.last_at if before else None)
        rows += local
    owners = all_organizations().in_bulk({row.owner_id for row in rows})
    states = [_state(row, owners[row.owner_id], now) for row in rows]
    return sorted(states, key=lambda one: (one.level, -(one.quiet or timedelta.max).total_seconds(), one.row.name))


def read_local_components(now: datetime) -> list[ReportedComponent]:
    """Return the sources and screens of this installation, not stored and without owner. Raise UsageError."""
    settings = load_health_settings()
    detection = read_detection(settings, now)
    sources = [
        ReportedComponent(
            kind=ComponentKind.SOURCE,
            name=source.name[:120],
            tables=list(source.tables),
            last_at=None if source.quiet is None else now - source.quiet,
            silent_after_seconds=_limit_seconds(source.silent_after, source.quiet, is_silent=source.is_silent),
            usual_gap_seconds=None if source.usual_gap is None else int(source.usual_gap.total_seconds()),
            usual_count=source.usual_count,
            hours=list(source.hours),
            is_less=source.less,
            problem=source.problem[:300],
            reported_at=now,
        )
        for source in (detection.sources if detection else ())
    ]
    screens = [
        ReportedComponent(
            kind=ComponentKind.SCREEN,
            name=screen.name[:120],
            last_at=None if screen.problem else now,
            problem=screen.problem[:300],
            reported_at=now,
        )
        for screen in ask_screens(settings)
    ]
    for row in (*sources, *screens):
        row.title_zh, row.title_en = (title[:120] for title in settings.titles.get(row.name, ("", "")))
    return sources + screens


def _limit_seconds(limit: timedelta, quiet: timedelta | None, *, is_silent: bool) -> int:
    """Return after how many seconds a source is silent; sooner than its setting if detection learned so."""
    if is_silent and quiet is not None and quiet <= limit:
        return int(quiet.total_seconds())
    return int(limit.total_seconds())


def is_stopped(now: datetime) -> bool:
    """Return whether continuous detection of this installation ran and stopped. Raise UsageError."""
    detection = read_detection(load_health_settings(), now)
    return detection is not None and detection.is_stopped


def count_silent(states: Sequence[ComponentState]) -> int:
    """Return how many sources are silent or cannot be read."""
    return sum(one.level <= HealthLevel.SILENT for one in states if one.row.kind == ComponentKind.SOURCE)


def count_reported_silent(now: datetime) -> int:
    """Return how many sources of the organisations that the viewer may see are silent, as they were reported."""
    rows = ReportedComponent.objects.filter(kind=ComponentKind.SOURCE).select_related("owner")
    return count_silent([_state(row, row.owner, now) for row in rows])


def _state(row: ReportedComponent, owner: Organization, now: datetime) -> ComponentState:
    quiet = None if row.last_at is None else max(now - row.last_at, timedelta())
    is_silent = row.kind == ComponentKind.SOURCE and (
        quiet is None or quiet >= timedelta(seconds=row.silent_after_seconds)
    )
    is_unreported = now - row.reported_at > REPORT_TIMEOUT
    if row.problem or is_unreported:
        level = HealthLevel.FAILING
    elif is_silent:
        level = HealthLevel.SILENT
    else:
        level = HealthLevel.LESS if row.is_less else HealthLevel.IN_ORDER
    return ComponentState(row, owner, level, quiet, is_unreported)
