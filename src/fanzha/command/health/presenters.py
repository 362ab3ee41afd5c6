"""Present sources, screens and jobs: one sentence over all, what needs somebody as cards, the rest as short rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.command.health.fault_effects import find_effect, table_words
from fanzha.command.health.jobs import FailedJob, JobHealth, cause_words, task_words
from fanzha.command.health.models import ComponentKind
from fanzha.command.health.selectors import ComponentState, HealthLevel
from fanzha.command.organizations.selectors import find_duty, organizations_by_ref
from fanzha.command.web.components import ActionButton, Badge, FactItem, ListRow, Tone
from fanzha.command.web.i18n import localize, localize_text
from fanzha.command.web.job_queue import SITE_QUEUE, organization_of
from fanzha.processes.legal_basis import cited_basis_words

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from fanzha.command.exchange.models import Feed

#: A job that waits longer than this is late.
LONG_WAIT = timedelta(minutes=10)
_NAMED = 4
_WIDTH, _HEIGHT = 120, 24


class Headline(NamedTuple):
    """The sentence over the page, with the tone of the worst."""

    words: str
    tone: Tone
    icon: str


class ComponentCard(NamedTuple):
    """One source or screen: its heading, state, drawing of the last hours, and, where it needs somebody, facts."""

    title: str
    organization: str
    badge: Badge
    drawing: SafeString | str
    note: str
    facts: Sequence[FactItem] = ()


def headline(states: Sequence[ComponentState], now: datetime) -> Headline:
    """Return how many sources and screens are silent, and since when the longest."""
    sources = [one for one in states if one.row.kind == ComponentKind.SOURCE]
    silent = [one for one in sources if one.level <= HealthLevel.SILENT]
    screens = sum(one.level is HealthLevel.FAILING for one in states if one.row.kind == ComponentKind.SCREEN)
    if not states:
        return Headline(_("No source reports here yet."), Tone.PLAIN, "question")
    sentences = []
    if silent:
        count = {"silent": len(silent), "all": len(sources)}
        since = min((one.row.last_at for one in silent if one.row.last_at), default=None)
        sentences.append(
            ngettext(
                "%(silent)s of %(all)s sources is silent, since %(since)s.",
                "%(silent)s of %(all)s sources are silent, the longest since %(since)s.",
                len(silent),
            )
            % {**count, "since": clock_words(since, now)}
            if since
            else ngettext(
                "%(silent)s of %(all)s sources has never brought anything.",
                "%(silent)s of %(all)s sources have never brought anything.",
                len(silent),
            )
            % count
        )
    if screens:
        sentences.append(
            ngettext("%(count)s screen is not ready.", "%(count)s screens are not ready.", screens) % {"count": screens}
        )
    if sentences:
        return Headline(" ".join(sentences), Tone.HARM, "alert")
    if less := sum(one.level is HealthLevel.LESS for one in sources):
        words = ngettext(
            "%(less)s of %(all)s sources brings less than usual; none is silent.",
            "%(less)s of %(all)s sources bring less than usual; none is silent.",
            less,
        )
        return Headline(words % {"less": less, "all": len(sources)}, Tone.WARN, "alert")
    words = ngettext("The only source is reporting.", "All %(all)s sources are reporting.", len(sources))
    return Headline(words % {"all": len(sources)}, Tone.CALM, "check")


def clock_words(at: datetime, now: datetime) -> str:
    """Return the time of day of a moment, with its day unless that is today."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    time = local.strftime("%H:%M")
    if local.date() == today.date():
        return time
    return _("%(day)s, %(time)s") % {"day": date_format(local, "MONTH_DAY_FORMAT"), "time": time}


def present_attention(state: ComponentState, states: Sequence[ComponentState], now: datetime) -> ComponentCard:
    """Present a source or screen that needs somebody: since when, what is usual, what it means, who to call."""
    row = state.row
    never = _("it has never brought anything") if row.kind == ComponentKind.SOURCE else _("it has not been ready yet")
    facts = [FactItem(_("Since when"), _since_words(state, now) if row.last_at else never)]
    if row.kind == ComponentKind.SOURCE:
        facts.append(FactItem(_("Usual"), _usual_words(state)))
    if state.is_unreported:
        words = _("Its installation has not reported since %(clock)s: how it is now is not known.")
        facts.append(FactItem(_("Last report"), words % {"clock": clock_words(row.reported_at, now)}))
    facts.append(FactItem(_("What this means"), _meaning_words(state, states)))
    facts.append(FactItem(_("Who to call"), _contact_words(state, now)))
    if row.problem:
        facts.append(FactItem(_("Reported cause"), localize_text(row.problem)))
    return _card(state, facts)


def present_in_order(state: ComponentState) -> ComponentCard:
    """Present a source or screen that works."""
    return _card(state, ())


def present_feeds(feeds: Sequence[Feed], now: datetime, *, may_open: bool) -> list[ListRow]:
    """Present the feeds of intelligence that are silent, with the cause if one is known."""
    return [
        ListRow(
            title=feed.name,
            href=reverse("exchange_feed", args=[feed.ref]) if may_open else "",
            summary=localize_text(feed.problem) if feed.problem else "",
            aside=_("for %(time)s") % {"time": duration_words(now - (feed.brought_at or feed.created_at))},
            badges=(Badge(_("Silent"), "", Tone.HARM),),
        )
        for feed in feeds
    ]


def _card(state: ComponentState, facts: Sequence[FactItem]) -> ComponentCard:
    row = state.row
    if row.kind == ComponentKind.SCREEN:
        brings, note = _("screen"), _("Ready.") if state.level is HealthLevel.IN_ORDER else ""
    else:
        brings = _(", ").join(table_words(row.tables))
        note = _("Last events %(time)s ago.") % {"time": duration_words(state.quiet)} if state.quiet is not None else ""
    title = f"{row.title} · {brings}" if brings and not row.title_en else row.title
    return ComponentCard(title, state.owner.name, _badge(state), _drawing(state), note, facts)


def _badge(state: ComponentState) -> Badge:
    if state.is_unreported:
        return Badge(_("no report"), "alert", Tone.HARM)
    if state.row.kind == ComponentKind.SCREEN:
        is_ready = state.level is HealthLevel.IN_ORDER
        return Badge(_("ready"), "check", Tone.PLAIN) if is_ready else Badge(_("not ready"), "alert", Tone.HARM)
    match state.level:
        case HealthLevel.FAILING:
            return Badge(_("cannot be read"), "alert", Tone.HARM)
        case HealthLevel.SILENT:
            return Badge(_("silent"), "alert", Tone.HARM)
        case HealthLevel.LESS:
            return Badge(_("less than usual"), "alert", Tone.WARN)
    return Badge(_("in order"), "check", Tone.PLAIN)


def _since_words(state: ComponentState, now: datetime) -> str:
    assert state.row.last_at is not None and state.quiet is not None
    time = {"time": duration_words(state.quiet), "clock": clock_words(state.row.last_at, now)}
    if state.row.kind == ComponentKind.SCREEN:
        return _("%(clock)s: not ready for %(time)s") % time
    if state.level is not HealthLevel.SILENT:
        return _("last events at %(clock)s, %(time)s ago") % time
    return _("%(clock)s: silent for %(time)s") % time


def _usual_words(state: ComponentState) -> str:
    row = state.row
    words = []
    if row.usual_count is not None:
        words.append(
            ngettext("%(count)s event an hour at this time", "%(count)s events an hour at this time", row.usual_count)
            % {"count": f"{row.usual_count:,}"}
        )
        if state.level is HealthLevel.LESS and len(row.hours) > 1:
            words.append(_("in the last full hour: %(count)s") % {"count": f"{row.hours[-2]:,}"})
    if row.usual_gap_seconds is not None:
        gap = duration_words(timedelta(seconds=row.usual_gap_seconds))
        words.append(_("no pause longer than %(time)s") % {"time": gap})
    elif not words:
        limit = duration_words(timedelta(seconds=row.silent_after_seconds))
        words.append(_("not learned yet; reported after %(time)s without events") % {"time": limit})
    return _("; ").join(words)


def _meaning_words(state: ComponentState, states: Sequence[ComponentState]) -> str:
    if state.row.kind == ComponentKind.SCREEN:
        return _("Calls and texts that pass it are let through unchecked.")
    effect = find_effect(state, states)
    if effect.blind and state.level is not HealthLevel.LESS:
        words = ngettext(
            "%(count)s detector sees nothing any more: %(names)s.",
            "%(count)s detectors see nothing any more or miss a part of what they need: %(names)s.",
            len(effect.blind),
        ) % {"count": len(effect.blind), "names": _names([localize(one) for one in effect.blind])}
        laws = localize(cited_basis_words("; ".join(effect.laws[:_NAMED])))
        return words + (" " + _("Duties concerned: %(laws)s.") % {"laws": laws} if laws else "")
    found = [*effect.blind, *effect.weaker]
    if not found:
        return _("No detector of the package reads it; own rules may.")
    return ngettext(
        "%(count)s detector sees less: %(names)s.", "%(count)s detectors see less: %(names)s.", len(found)
    ) % {"count": len(found), "names": _names([localize(one) for one in found])}


def _names(names: Sequence[str]) -> str:
    shown = _(", ").join(names[:_NAMED])
    if len(names) <= _NAMED:
        return shown
    return _("%(names)s and %(count)s more") % {"names": shown, "count": len(names) - _NAMED}


def _contact_words(state: ComponentState, now: datetime) -> str:
    duty = find_duty(state.row.owner_id, now)
    if duty is None:
        return _("%(organization)s; nobody is on its duty roster now") % {"organization": state.owner.name}
    people = {"officer": duty.officer, "mail": duty.officer.email, "deputy": duty.deputy, "mail2": duty.deputy.email}
    return _("%(officer)s (%(mail)s), on duty; deputy: %(deputy)s (%(mail2)s)") % people


def _drawing(state: ComponentState) -> SafeString | str:
    """Return a bar for each of the last hours, "" for what has no hours."""
    hours = [max(0, int(count)) for count in state.row.hours][-24:]
    if not hours:
        return ""
    top, step = max(*hours, 1), _WIDTH / len(hours)
    bars = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        (
            ("series-1" if count else "series-harm" if state.level <= HealthLevel.SILENT else "series-4",)
            + (f"{number * step:.1f}", f"{_HEIGHT - height:.1f}", f"{step - 1:.1f}", f"{height:.1f}")
            for number, count in enumerate(hours)
            for height in [max(2.0, count / top * _HEIGHT)]
        ),
    )
    label = _("Events by hour, the last %(hours)s hours: at most %(most)s, now %(now)s") % {
        "hours": len(hours),
        "most": f"{max(hours):,}",
        "now": f"{hours[-1]:,}",
    }
    return format_html(
        '<svg class="sparkline status-line" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>',
        *(_WIDTH, _HEIGHT, label, label, bars),
    )


def present_jobs(jobs: JobHealth, now: datetime, own: Sequence[str], *, may_retry: bool) -> list[ListRow]:
    """Present failed jobs first, then the queues; jobs of the queues `own` have a button if `may_retry`."""
    queues = {organization_of(name) for name in [*jobs.queues, *(job.queue for job in jobs.failed)]} - {""}
    names = {ref: found.name for ref, found in organizations_by_ref(queues).items()}
    rows = [_failed_row(job, names, may_retry=may_retry and job.queue in own) for job in jobs.failed]
    for name, state in sorted(jobs.queues.items(), key=lambda item: item[1].oldest_at or now):
        wait = now - state.oldest_at if state.oldest_at else timedelta()
        is_late = wait > LONG_WAIT
        summary = _("The oldest has waited %(time)s.") % {"time": duration_words(wait)} if state.oldest_at else ""
        rows.append(
            ListRow(
                title=_queue_title(name, names),
                href="",
                summary=summary,
                badges=(Badge(_("late"), "alert", Tone.HARM),) if is_late else (),
                meta=(
                    _("waiting: %(count)s") % {"count": f"{state.waiting:,}"},
                    _("running: %(count)s") % {"count": f"{state.running:,}"},
                ),
            )
        )
    return rows


def _failed_row(job: FailedJob, names: dict[str, str], *, may_retry: bool) -> ListRow:
    url = reverse("health_retry", args=[job.ident])
    button = ActionButton(_("Run it again"), url, icon="history")
    return ListRow(
        title=task_words(job.task),
        href="",
        summary=cause_words(job)
        if job.may_retry
        else cause_words(job) + " " + _("Run it again on the page of its rule."),
        badges=(Badge(_("failed"), "alert", Tone.HARM),),
        at=job.at,
        meta=(_queue_title(job.queue, names), *((job.error,) if job.error else ())),
        actions=(button,) if may_retry and job.may_retry else (),
    )


def _queue_title(name: str, names: dict[str, str]) -> str:
    return _("Jobs of the site") if name == SITE_QUEUE else names.get(organization_of(name), name)


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
