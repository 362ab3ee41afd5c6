"""The page that lists legs: those that wait for the viewer, and those that are late at other organisations."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.campaigns.selectors import yesterday
from fanzha.command.dashboards.oversight import legs_late_now
from fanzha.command.dashboards.work_queue import (
    instance_row,
    legs_waiting,
    outstanding_legs,
    present_late_legs,
    present_outstanding_legs,
    present_waiting_legs,
)
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import find_instances, late_legs, own_false_disposals, to_actor
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState, ListRow
from fanzha.command.web.i18n import localize
from fanzha.command.web.list_options import SortOrder, take_page
from fanzha.command.web.roles import SUPERVISORS
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, ProcessInstance

PAGE_SIZE = 50
WAITING, LATE, OTHERS, SUPERVISED, RESTORED = "waiting", "late", "others", "supervised", "restored"
SHOW_WORDS: dict[str, Words] = {
    WAITING: Words("待我办理", "waiting for you"),
    LATE: Words("其中超时", "of them late"),
    OTHERS: Words("其他单位超时", "late at other organisations"),
    SUPERVISED: Words("监管单位超时", "late at supervised organisations"),
    RESTORED: Words("昨日恢复", "restored yesterday"),
}
_BY_DEADLINE = SortOrder(SHOW_WORDS[WAITING], "clock", datetime.fromisoformat, descending=False)
_NEVER_DUE = datetime(9999, 1, 1, tzinfo=UTC)


@signed_in
def work(request: SignedInRequest) -> HttpResponse:
    """List legs, the most urgent first; the query `show` selects which."""
    viewer = request.viewer
    shown = request.GET.get("show", WAITING)
    choices = [name for name in SHOW_WORDS if name != SUPERVISED or viewer.kind in SUPERVISORS]
    shown = shown if shown in choices else WAITING
    if shown == RESTORED:
        return _render(
            request, choices, shown, [instance_row(row) for row in restored_yesterday(viewer, timezone.now())]
        )
    rows = select_legs(shown, viewer, timezone.now()).annotate(
        clock=Coalesce("late_since", "due_at", Value(_NEVER_DUE))
    )
    try:
        legs, cursor = take_page(rows, _BY_DEADLINE, request.GET.get("cursor", ""), PAGE_SIZE)
    except ValueError:
        legs, cursor = take_page(rows, _BY_DEADLINE, "", PAGE_SIZE)
    return _render(request, choices, shown, _presenter(shown, viewer)(legs), cursor)


def restored_yesterday(viewer: Viewer, now: datetime) -> "QuerySet[ProcessInstance]":
    """Return the own processes by which somebody was found yesterday to have been limited wrongly."""
    begins, ends = yesterday(now)
    wrong = own_false_disposals(viewer).filter(at__gte=begins, at__lt=ends)
    return find_instances().select_related("owner", "version").filter(pk__in=wrong.values("instance")).order_by("-pk")


def _render(
    request: SignedInRequest, choices: Sequence[str], shown: str, rows: list[ListRow], cursor: str = ""
) -> HttpResponse:
    words = {WAITING: _("Nothing is waiting for you."), RESTORED: _("Nothing was restored yesterday.")}
    context = {
        "tabs": [(name, localize(SHOW_WORDS[name]), name == shown) for name in choices],
        "rows": rows,
        "next": cursor,
        "empty": EmptyState(words.get(shown) or _("Nothing is late.")),
    }
    return render(request, "dashboards/work.html", context)


def select_legs(shown: str, viewer: Viewer, now: datetime) -> "QuerySet[Leg]":
    """Return the legs of one tab."""
    if shown == SUPERVISED:
        return legs_late_now(viewer, now).select_related("instance__version", "instance__owner", "receiver")
    if shown == OTHERS:
        return late_legs(outstanding_legs(viewer), now)
    return late_legs(legs_waiting(viewer), now) if shown == LATE else legs_waiting(viewer)


def _presenter(shown: str, viewer: Viewer) -> "Callable[[Sequence[Leg]], list[ListRow]]":
    if shown == SUPERVISED:
        return lambda legs: present_late_legs(legs, viewer, f"{reverse('work')}?show={SUPERVISED}")
    if shown == OTHERS:
        return present_outstanding_legs
    return lambda legs: present_waiting_legs(legs, to_actor(viewer))
