"""The start page: the dashboards of all roles of the viewer."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fanzha.command.dashboards.analyst import analyst_dashboard
from fanzha.command.dashboards.dashboard import Dashboard, merge_dashboards
from fanzha.command.dashboards.governance import (
    administrator_dashboard,
    privacy_officer_dashboard,
    supervisor_dashboard,
)
from fanzha.command.dashboards.operations import (
    clerk_dashboard,
    executor_dashboard,
    liaison_dashboard,
    reviewer_dashboard,
)
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.processes.parties import to_actor
from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import SUPERVISORS, Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor

Part = Callable[[Viewer, Actor, datetime], Dashboard]

#: What each role is shown, the most pressing role first.
PARTS: dict[Role, tuple[Part, ...]] = {
    Role.DUTY_OFFICER: (reviewer_dashboard, executor_dashboard),
    Role.REVIEWER: (reviewer_dashboard,),
    Role.CERTIFYING_OFFICER: (reviewer_dashboard,),
    Role.EXECUTOR: (executor_dashboard,),
    Role.ANALYST: (analyst_dashboard,),
    Role.LIAISON: (liaison_dashboard,),
    Role.INSPECTOR: (clerk_dashboard,),
    Role.CLERK: (clerk_dashboard,),
    Role.EDITOR: (clerk_dashboard,),
    Role.CALL_TAKER: (clerk_dashboard,),
    Role.PRIVACY_OFFICER: (privacy_officer_dashboard,),
    Role.ADMINISTRATOR: (administrator_dashboard,),
}


@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """Show the dashboards of the viewer's roles."""
    viewer = request.viewer
    actor, now = to_actor(viewer), timezone.now()
    return render(
        request, "dashboards/home.html", {"desk": merge_dashboards(part(viewer, actor, now) for part in _parts(viewer))}
    )


def _parts(viewer: Viewer) -> Iterator[Part]:
    for role, parts in PARTS.items():
        if role in viewer.roles:
            yield from parts
    if viewer.kind in SUPERVISORS:
        yield supervisor_dashboard
