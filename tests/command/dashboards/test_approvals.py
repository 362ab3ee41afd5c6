"""A second person finds what waits for him, emergencies apart; his own case is there, blocked, with the reason."""

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence, drafted

from fanzha.base.clock import to_ms
from fanzha.command.dashboards.approvals import list_approvals
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.components import ListRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def waiting(world: World, *roles: Role) -> tuple[list[ListRow], list[ListRow]]:
    viewer = world.viewer("centre", *roles)
    with scoped_to(viewer):
        return list_approvals(viewer, actor(world, "centre", *roles))


def test_a_draft_waits_for_its_second_person(world: World) -> None:
    made = drafted(world)
    emergencies, [row] = waiting(world, Role.REVIEWER)
    assert emergencies == []
    assert f"/processes/{made.ref}/do/approve/" in [press.url for press in row.presses]


def test_ones_own_case_is_blocked_and_says_why(world: World) -> None:
    both = (Role.ANALYST, Role.REVIEWER)
    now = timezone.now()
    open_process("order", "draft", world["centre"], actor(world, "centre", *both), draft_evidence(world, now))
    _emergencies, [row] = waiting(world, *both)
    assert row.presses == ()
    assert row.why


def test_what_one_person_ordered_in_an_emergency_stands_by_itself(world: World) -> None:
    made = drafted(world)
    now = timezone.now()
    evidence = {"danger": "calls go on", "expires_at": to_ms(now) + 3_600_000}
    fire(made.ref, "issue_emergency", actor(world, "centre", Role.DUTY_OFFICER), evidence, at=now)
    [row], others = waiting(world, Role.REVIEWER)
    assert others == []
    assert f"/processes/{made.ref}/do/ratify/" in [press.url for press in row.presses]
