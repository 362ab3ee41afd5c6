"""The desks that watch over: who looked at whom, who may what, and for supervisors who is behind."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.command.audit.models import LogEntry
from fanzha.command.dashboards.dashboard import Dashboard
from fanzha.command.dashboards.file_approvals import file_approvals
from fanzha.command.dashboards.formats import percent
from fanzha.command.dashboards.navigation import address_of
from fanzha.command.dashboards.oversight import legs_late_now, overall_rate
from fanzha.command.dashboards.work_queue import instance_title, present_late_legs
from fanzha.command.evidence.filters import Narrowed, narrow
from fanzha.command.organizations.models import ApiKey, Duty, Invitation, Membership
from fanzha.command.processes.models import SubjectNotice
from fanzha.command.web.components import Empty, Figure, Listing, Press, Row
from fanzha.command.web.counting import counted
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor

WEEK, SOON = timedelta(days=7), timedelta(days=30)
MAX_ROWS = 5


def supervisor_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return who is behind among those that a regulator or centre supervises, with a way to urge."""
    rate = overall_rate(viewer, now)
    late = legs_late_now(viewer, now)
    many = counted(late)
    place = reverse("province")
    return Dashboard(
        (
            Figure(percent(rate.in_time), _("done in time, 30 days"), place),
            Figure(percent(rate.effect), _("of orders proven to have taken effect"), place),
            Figure(str(many), _("late now"), f"{place}#late", is_harm=bool(many)),
        ),
        (
            Listing(
                _("Late at supervised organisations"),
                present_late_legs(late[:MAX_ROWS], viewer, reverse("home")),
                Empty(_("Nobody is late.")),
                f"{place}#late",
                ident="late-there",
            ),
        ),
    )


def privacy_officer_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return who looked at whom, and whom nobody has told yet."""
    own, since = LogEntry.objects.filter(organisation=actor.organization), now - WEEK
    looked, exported = (narrow(own, Narrowed(kind=kind, since=since)).count() for kind in ("unmasking", "export"))
    waiting = SubjectNotice.objects.filter(owner=viewer.organization, delivered_at=None)
    waiting = waiting.select_related("instance__version").order_by("written_at")
    return Dashboard(
        (
            Figure(f"{looked:,}", _("unmaskings in 7 days"), address_of("unmaskings")),
            Figure(f"{exported:,}", _("exports in 7 days"), address_of("exports")),
        ),
        (
            *file_approvals(viewer),
            Listing(
                _("People who were not told yet"),
                [_notice_row(one) for one in waiting[:MAX_ROWS]],
                Empty(_("Everybody who was limited was told.")),
                reverse("subject_notices"),
                ident="notices",
            ),
        ),
    )


def administrator_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return who takes part, who is on duty, and what runs out."""
    members = Membership.objects.in_force(now).filter(organization=viewer.organization)
    people = members.values("person").distinct().count()
    keys = ApiKey.objects.filter(organization=viewer.organization, revoked_at=None, expires_at__gt=now)
    duty = Duty.at(viewer.organization, now)
    invited = Invitation.still_open().filter(organization=viewer.organization)
    soon = list(keys.filter(expires_at__lt=now + SOON).order_by("expires_at")[:MAX_ROWS])
    return Dashboard(
        (
            Figure(f"{people:,}", _("people"), address_of("people")),
            Figure(f"{invited.count():,}", _("open invitations"), address_of("people")),
        ),
        (
            Listing(
                _("On duty now"),
                [] if duty is None else [_duty_row(duty)],
                Empty(
                    _("Nobody is on duty: what is late goes to the whole desk."),
                    "alert",
                    _link_action("duties", _("Duty officers")),
                ),
                address_of("duties"),
                ident="duty",
            ),
            Listing(
                _("Keys that end within 30 days"),
                [Row(str(one), address_of("api_keys") or "/", due=one.expires_at) for one in soon],
                Empty(_("No key ends soon.")),
                address_of("api_keys"),
                ident="keys",
            ),
        ),
    )


def _notice_row(notice: SubjectNotice) -> Row:
    return Row(instance_title(notice.instance), reverse("process", args=[notice.instance.ref]), at=notice.written_at)


def _duty_row(duty: Duty) -> Row:
    why = _("deputy: %(name)s") % {"name": duty.deputy}
    return Row(str(duty.officer), address_of("duties") or "/", why, due=duty.until)


def _link_action(name: str, word: str) -> Press | None:
    address = address_of(name)
    return Press(word, address, post=False) if address else None
