"""The first page: the parts of all roles that somebody has here, put together."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fanzha.command.dashboards.analyst import analyst
from fanzha.command.dashboards.carrying_out import clerk, executor, liaison, reviewer
from fanzha.command.dashboards.desk import Desk, together
from fanzha.command.dashboards.watching_over import administrator, privacy_officer, supervisor
from fanzha.command.processes.parties import to_actor
from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import SUPERVISORS, Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor

Part = Callable[[Viewer, Actor, datetime], Desk]

#: What each role is shown, the most pressing role first.
PARTS: dict[Role, tuple[Part, ...]] = {
    Role.DUTY_OFFICER: (reviewer, executor),
    Role.REVIEWER: (reviewer,),
    Role.CERTIFYING_OFFICER: (reviewer,),
    Role.EXECUTOR: (executor,),
    Role.ANALYST: (analyst,),
    Role.LIAISON: (liaison,),
    Role.INSPECTOR: (clerk,),
    Role.CLERK: (clerk,),
    Role.EDITOR: (clerk,),
    Role.CALL_TAKER: (clerk,),
    Role.PRIVACY_OFFICER: (privacy_officer,),
    Role.ADMINISTRATOR: (administrator,),
}


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Show what is asked of somebody's roles."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    actor, now = to_actor(viewer), timezone.now()
    return render(
        request, "dashboards/home.html", {"desk": together(part(viewer, actor, now) for part in _parts(viewer))}
    )


def _parts(viewer: Viewer) -> Iterator[Part]:
    for role, parts in PARTS.items():
        if role in viewer.roles:
            yield from parts
    if viewer.kind in SUPERVISORS:
        yield supervisor
