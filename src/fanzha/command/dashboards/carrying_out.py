"""The desks that carry out and answer: what must be done by when, each with its next step to press."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.command.dashboards.approvals import approvals
from fanzha.command.dashboards.desk import Desk
from fanzha.command.dashboards.files_waiting import files_waiting
from fanzha.command.dashboards.waiting import (
    LOOKED_THROUGH,
    SHOWN,
    instances_to_do,
    late_owed,
    legs_owed,
    legs_to_do,
    owed,
    own_instances,
    received,
)
from fanzha.command.processes.models import SubjectNotice
from fanzha.command.processes.selectors import late_legs
from fanzha.command.web.components import Empty, Figure, Listing
from fanzha.command.web.counting import counted
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor

#: Executors come to carry out, and see more of it than others.
_MANY = 15


def executor(viewer: Viewer, actor: Actor, now: datetime) -> Desk:
    """Return the part of whoever carries orders out: by when, with one press for what comes next."""
    rows = received(viewer)
    late, notices = counted(late_legs(rows, now)), _notices(viewer)
    return Desk(
        (
            Figure(str(counted(rows)), _("to be carried out")),
            Figure(str(late), _("late here"), is_harm=bool(late)),
            Figure(f"{notices:,}", _("notices to deliver"), reverse("subject_notices")),
        ),
        (
            Listing(
                _("To be carried out by us"),
                legs_to_do(viewer, actor, _MANY),
                Empty(_("Nothing was ordered of your organisation that waits for you.")),
                ident="to-do",
            ),
        ),
    )


def reviewer(viewer: Viewer, actor: Actor, now: datetime) -> Desk:
    """Return what needs a second person: emergencies on top; one's own cases say why they are blocked."""
    emergencies, others = approvals(viewer, actor)
    return Desk(
        (Figure(f"{len(emergencies):,}", _("emergencies to confirm"), is_harm=bool(emergencies)),),
        (
            Listing(
                _("Emergencies that wait for a second person"),
                emergencies,
                Empty(_("Nothing was ordered by one person alone."), "shield"),
                ident="emergencies",
            ),
            Listing(
                _("Waiting for a second person"),
                others,
                Empty(_("Nothing waits for a second person.")),
                ident="approvals",
            ),
            *files_waiting(viewer),
            Listing(
                _("Late at others"),
                late_owed(viewer, now),
                Empty(_("Nobody lets you wait beyond a deadline.")),
                ident="late",
            ),
        ),
    )


def liaison(viewer: Viewer, actor: Actor, now: datetime) -> Desk:
    """Return what came in, what must go out, and which feedback is owed to whom."""
    leads = owed(viewer, instance__process="lead")
    return Desk(
        (),
        (
            Listing(
                _("Came in, and waits for us"),
                legs_to_do(viewer, actor, _MANY),
                Empty(_("All that came in was answered.")),
                ident="to-do",
            ),
            Listing(
                _("Leads for which others owe us feedback"),
                legs_owed(leads[:SHOWN]),
                Empty(_("Nobody owes you feedback.")),
                _all("lead"),
                ident="owed",
            ),
            _own(viewer, actor),
        ),
    )


def clerk(viewer: Viewer, actor: Actor, now: datetime) -> Desk:
    """Return what waits for somebody who files, answers and tells people."""
    notices = _notices(viewer)
    words = ngettext("notice to deliver", "notices to deliver", notices)
    return Desk(
        (Figure(f"{notices:,}", words, reverse("subject_notices")),),
        (
            Listing(
                _("To be carried out by us"),
                legs_to_do(viewer, actor),
                Empty(_("Nothing was ordered of your organisation that waits for you.")),
                ident="to-do",
            ),
            _own(viewer, actor),
        ),
    )


def _own(viewer: Viewer, actor: Actor) -> Listing:
    rows = own_instances(viewer)[:LOOKED_THROUGH]
    empty = Empty(_("None of your organisation's processes waits for you."))
    return Listing(
        _("Your organisation's processes that wait for you"), instances_to_do(rows, actor), empty, _all(), ident="own"
    )


def _notices(viewer: Viewer) -> int:
    return SubjectNotice.objects.filter(owner=viewer.organization, delivered_at=None).count()


def _all(process: str = "") -> str:
    address = reverse("processes")
    return f"{address}?process={process}" if process else address
