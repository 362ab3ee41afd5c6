"""The list of legs shows what waits for the viewer, what is late and what was restored yesterday, the urgent first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.command.dashboards.late import late_order
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.dashboards.work_views import RESTORED, SHOW_WORDS, select_legs
from fanzha.command.processes.models import FalseDisposal
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped


def listed(world: World, name: str, role: Role, show: str, cursor: str = "") -> str:
    answer = world.client(name, role).get(reverse("work"), {"show": show, "cursor": cursor})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_each_tab_shows_its_own_rows(world: World) -> None:
    late_order(world, ("carrier",))
    issued(world, receivers=("carrier",))
    counts = {
        ("carrier", Role.EXECUTOR): {"waiting": 2, "late": 1, "others": 0, "supervised": 2},
        ("centre", Role.ANALYST): {"waiting": 0, "late": 0, "others": 1},
        ("administration", Role.ANALYST): {"supervised": 1},
        ("carrier", Role.PRIVACY_OFFICER): {"waiting": 0},
    }
    for (name, role), shown in counts.items():
        for show, many in shown.items():  # who supervises nobody gets the first tab instead
            assert listed(world, name, role, show).count("data-row") == many, (name, show)


def test_the_most_urgent_stands_first_and_a_wrong_cursor_begins_anew(world: World) -> None:
    issued(world, receivers=("carrier",))
    late = late_order(world, ("carrier",))
    viewer = world.viewer("carrier", Role.EXECUTOR)
    with scoped_to(viewer):
        assert select_legs("waiting", viewer, timezone.now())[0].instance_id == late.pk
    assert listed(world, "carrier", Role.EXECUTOR, "waiting", "x").count("data-row") == 2


@pytest.mark.parametrize(("days", "many"), [(1, 1), (0, 0), (2, 0)])
def test_what_was_restored_yesterday_is_listed(world: World, days: int, many: int) -> None:
    order = issued(world, receivers=("carrier",))
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    with unscoped("test"):
        FalseDisposal.objects.create(
            key="x", instance=order, owner=world["centre"], event="roll_back", at=noon - timedelta(days=days)
        )
    assert listed(world, "centre", Role.ANALYST, RESTORED).count("data-row") == many
    assert RESTORED in SHOW_WORDS
