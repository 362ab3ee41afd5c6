"""Dashboards of supervisors, privacy officers and administrators."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.audit.selectors import log_entries
from fanzha.command.dashboards.dashboard import Dashboard
from fanzha.command.dashboards.file_approvals import file_approvals
from fanzha.command.dashboards.formats import percent
from fanzha.command.dashboards.navigation import resolve_url
from fanzha.command.dashboards.oversight import legs_late_now, overall_rate
from fanzha.command.dashboards.work_queue import instance_title, present_late_legs
from fanzha.command.evidence.selectors import LogFilter, filter_entries
from fanzha.command.health.selectors import count_reported_silent
from fanzha.command.health.services import READER_ROLES
from fanzha.command.notices.selectors import find_unnotified
from fanzha.command.organizations.selectors import current_memberships, find_duty, open_invitations, valid_api_keys
from fanzha.command.web.components import ActionButton, EmptyState, KeyFigure, Listing, ListRow
from fanzha.command.web.counts import count_capped
from fanzha.command.web.job_queue import count_waiting
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Duty
    from fanzha.command.processes.models import SubjectNotice

WEEK, SOON = timedelta(days=7), timedelta(days=30)
MAX_ROWS = 5


def supervisor_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return the dashboard of a supervisor: rates and late legs of supervised organisations."""
    rate = overall_rate(viewer, now)
    late = legs_late_now(viewer, now)
    late_count, silent = count_capped(late), count_reported_silent(now)
    health_url = reverse("component_health") if viewer.has(*READER_ROLES) else ""
    province_url, late_url = reverse("province"), f"{reverse('work')}?show=supervised"
    return Dashboard(
        (
            KeyFigure(percent(rate.in_time), _("done on time, 30 days"), province_url),
            KeyFigure(percent(rate.effect), _("of orders verified as effective"), province_url),
            KeyFigure(str(late_count), _("late now"), late_url, is_harm=bool(late_count)),
            KeyFigure(f"{silent:,}", _("sources silent"), health_url, is_harm=bool(silent)),
        ),
        (
            Listing(
                _("Overdue at organisations you supervise"),
                present_late_legs(late[:MAX_ROWS], viewer, reverse("home")),
                EmptyState(_("Nobody is late.")),
                late_url,
                ident="late-there",
            ),
        ),
    )


def privacy_officer_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return the dashboard of a privacy officer: unmaskings, exports and undelivered notices."""
    since = (timezone.localtime(now) - WEEK).replace(hour=0, minute=0, second=0, microsecond=0)
    unmasked, exported = (
        filter_entries(log_entries(), LogFilter(kind=kind, since=since)).count() for kind in ("unmasking", "export")
    )
    log_url = f"{resolve_url('evidence')}?since={since:%Y-%m-%d}&kind="
    waiting = find_unnotified(viewer)
    return Dashboard(
        (
            KeyFigure(f"{unmasked:,}", _("unmaskings in 7 days"), f"{log_url}unmasking"),
            KeyFigure(f"{exported:,}", _("exports in 7 days"), f"{log_url}export"),
        ),
        (
            *file_approvals(viewer),
            Listing(
                _("People not yet notified"),
                [_notice_row(notice) for notice in waiting[:MAX_ROWS]],
                EmptyState(_("Everybody who was limited has been notified.")),
                reverse("subject_notices"),
                ident="notices",
            ),
        ),
    )


def administrator_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return the dashboard of an administrator: people, duty and expiring API keys."""
    members = current_memberships(now).filter(organization=viewer.organization)
    people = members.values("person").distinct().count()
    keys = valid_api_keys(now).filter(organization=viewer.organization)
    duty = find_duty(viewer.organization, now)
    invited = open_invitations().filter(organization=viewer.organization)
    soon = list(keys.filter(expires_at__lt=now + SOON).order_by("expires_at")[:MAX_ROWS])
    return Dashboard(
        (
            KeyFigure(f"{people:,}", _("people"), resolve_url("people")),
            KeyFigure(f"{invited.count():,}", _("open invitations"), resolve_url("people")),
            KeyFigure(
                f"{count_waiting(actor.organization):,}", _("background jobs waiting"), resolve_url("component_health")
            ),
        ),
        (
            Listing(
                _("On duty now"),
                [] if duty is None else [_duty_row(duty)],
                EmptyState(
                    _("Nobody is on duty. Late work is reported to the whole desk."),
                    "alert",
                    _link_action("duties", _("Duty officers")),
                ),
                resolve_url("duties"),
                ident="duty",
            ),
            Listing(
                _("Keys that expire within 30 days"),
                [ListRow(str(api_key), resolve_url("api_keys") or "/", due=api_key.expires_at) for api_key in soon],
                EmptyState(_("No keys expire soon.")),
                resolve_url("api_keys"),
                ident="keys",
            ),
        ),
    )


def _notice_row(notice: SubjectNotice) -> ListRow:
    return ListRow(
        instance_title(notice.instance), reverse("process", args=[notice.instance.ref]), at=notice.written_at
    )


def _duty_row(duty: Duty) -> ListRow:
    why = _("deputy: %(name)s") % {"name": duty.deputy}
    return ListRow(str(duty.officer), resolve_url("duties") or "/", why, due=duty.until)


def _link_action(name: str, word: str) -> ActionButton | None:
    address = resolve_url(name)
    return ActionButton(word, address, post=False) if address else None
