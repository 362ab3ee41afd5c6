"""The page of health: sources, screens and background jobs, with what to do where something is wrong."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.errors import UsageError
from fanzha.command.dashboards.component_health import (
    DetectionHealth,
    JobHealth,
    ScreenHealth,
    SourceHealth,
    ask_screens,
    load_health_settings,
    read_detection,
    read_jobs,
)
from fanzha.command.detection_rules.selectors import operates_rules
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_organization_ref
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import Badge, EmptyState, ListRow, Tone
from fanzha.command.web.job_queue import SITE_QUEUE, queue_name
from fanzha.command.web.roles import Role

HEALTH_ROLES = (Role.ADMINISTRATOR, Role.DUTY_OFFICER, Role.REVIEWER)
#: A job that waits longer than this is late.
_LONG_WAIT = timedelta(minutes=10)


@signed_in(*HEALTH_ROLES)
def health(request: SignedInRequest) -> HttpResponse:
    """Show the own background jobs, and to the operator of the rules sources and screens too."""
    viewer, now = request.viewer, timezone.now()
    is_operator = operates_rules(viewer)
    own = queue_name(get_organization_ref(viewer.organization))
    context = {
        "is_operator": is_operator,
        "jobs": _job_rows(read_jobs([own, SITE_QUEUE] if is_operator else [own], now), now),
        "no_jobs": EmptyState(_("No job waits, runs or failed in the last week.")),
    }
    if is_operator:
        context |= _components(now)
    return render(request, "dashboards/health.html", context)


def _components(now: datetime) -> dict[str, object]:
    problems, detection, screens = [], None, []
    try:
        settings = load_health_settings()
        screens = ask_screens(settings)
        detection = read_detection(settings, now)
    except UsageError as error:
        problems.append(str(error))
    return {
        "problems": problems,
        "detection": detection,
        "sources": _source_rows(detection) if detection else [],
        "screens": [_screen_row(screen) for screen in screens],
        "no_sources": EmptyState(_("Continuous detection has never run with this state folder."), "clock"),
        "no_screens": EmptyState(_("No screen is named under [health.screens] in fanzha.toml."), "shield"),
    }


def _source_rows(detection: DetectionHealth) -> list[ListRow]:
    worst_first = sorted(
        detection.sources, key=lambda one: (not (one.is_silent or one.problem), not one.less, one.name)
    )
    return [
        ListRow(
            title=source.name,
            href="",
            summary=source.problem or _quiet_words(source),
            badges=(_source_badge(source),),
            meta=tuple(_source_figures(source)),
        )
        for source in worst_first
    ]


def _quiet_words(source: SourceHealth) -> str:
    if source.quiet is None:
        return ""
    if source.is_silent:
        return _("This source has been silent for %(time)s.") % {"time": duration_words(source.quiet)}
    return _("It last brought events %(time)s ago.") % {"time": duration_words(source.quiet)}


def _source_badge(source: SourceHealth) -> Badge:
    if source.problem:
        return Badge(_("cannot be read"), "alert", Tone.HARM)
    if source.is_silent:
        return Badge(_("silent"), "alert", Tone.HARM)
    if source.less:
        return Badge(_("less than usual"), "alert", Tone.WARN)
    return Badge(_("in order"), "check", Tone.PLAIN)


def _source_figures(source: SourceHealth) -> list[str]:
    figures = []
    if source.age_seconds is not None:
        age = duration_words(timedelta(seconds=source.age_seconds))
        figures.append(_("99%% of its events arrive within %(time)s") % {"time": age})
    if source.late:
        figures.append(_("%(count)s events came too late") % {"count": f"{source.late:,}"})
    return figures


def _screen_row(screen: ScreenHealth) -> ListRow:
    badge = Badge(_("not ready"), "alert", Tone.HARM) if screen.problem else Badge(_("ready"), "check", Tone.PLAIN)
    figures = [
        (_("answered"), screen.answered),
        (_("refused calls"), screen.refused),
        (_("not looked at"), screen.unscreened),
        (_("shed under overload"), screen.shed),
    ]
    meta = [f"{words}: {number:,}" for words, number in figures if number is not None]
    if screen.snapshot_age is not None:
        meta.insert(0, _("snapshot made %(time)s ago") % {"time": duration_words(screen.snapshot_age)})
    return ListRow(title=screen.name, href="", summary=screen.problem, badges=(badge,), meta=tuple(meta))


def _job_rows(jobs: JobHealth, now: datetime) -> list[ListRow]:
    rows = []
    for name, state in sorted(jobs.queues.items()):
        wait = now - state.oldest_at if state.oldest_at else timedelta()
        late = wait > _LONG_WAIT
        summary = _("The oldest has waited %(time)s.") % {"time": duration_words(wait)} if state.oldest_at else ""
        rows.append(
            ListRow(
                title=_queue_title(name),
                href="",
                summary=summary,
                badges=(Badge(_("late"), "alert", Tone.HARM),) if late else (),
                meta=(
                    _("waiting: %(count)s") % {"count": f"{state.waiting:,}"},
                    _("running: %(count)s") % {"count": f"{state.running:,}"},
                ),
            )
        )
    for job in jobs.failed:
        rows.append(
            ListRow(
                title=job.task.replace("_", " "),
                href="",
                summary=job.error or _("Its worker was killed. What it worked on is taken up again by itself."),
                badges=(Badge(_("failed"), "alert", Tone.WARN),),
                at=job.at,
                meta=(_queue_title(job.queue),),
            )
        )
    return rows


def _queue_title(name: str) -> str:
    return _("Jobs of the site") if name == SITE_QUEUE else _("Jobs of your organisation")


def duration_words(length: timedelta) -> str:
    """Return a length of time in its largest unit, rounded down."""
    seconds = int(length.total_seconds())
    for unit, form in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= unit:
            return _UNITS[form](seconds // unit)
    return _UNITS["second"](seconds)


_UNITS = {
    "day": lambda count: ngettext("%(count)s day", "%(count)s days", count) % {"count": count},
    "hour": lambda count: ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count},
    "minute": lambda count: ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count},
    "second": lambda count: ngettext("%(count)s second", "%(count)s seconds", count) % {"count": count},
}
