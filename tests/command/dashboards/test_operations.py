"""Whoever carries out, decides, answers or files finds what waits for him, and how much of it is late."""

from typing import Any

from django.utils import timezone
from tests.command.dashboards.late import late_order
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence, drafted, issued

from fanzha.base.clock import to_ms
from fanzha.command.dashboards.dashboard import Dashboard
from fanzha.command.dashboards.operations import (
    clerk_dashboard,
    executor_dashboard,
    inspector_dashboard,
    liaison_dashboard,
    list_appeals,
    list_approvals,
    reviewer_dashboard,
)
from fanzha.command.processes.models import Leg
from fanzha.command.processes.parties import to_actor, to_party
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.components import ListRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def build_dashboard(part: Any, world: World, name: str, role: Role) -> Dashboard:
    viewer = world.viewer(name, role)
    with scoped_to(viewer):
        process: Dashboard = part(viewer, actor(world, name, role), timezone.now())
    return process


def rows(desk: Dashboard) -> dict[str, int]:
    return {listing.ident: len(listing.rows) for listing in desk.listings}


def test_an_executor_sees_what_is_late_as_harm(world: World) -> None:
    late_order(world)
    desk = build_dashboard(executor_dashboard, world, "carrier", Role.EXECUTOR)
    assert [(figure.number, figure.is_harm) for figure in desk.figures] == [("1", False), ("1", True), ("0", False)]
    assert rows(desk) == {"to-do": 1}


def test_the_numbers_of_an_executor_are_those_of_the_lists_that_they_link_to(world: World) -> None:
    late_order(world, ("carrier",))
    issued(world, receivers=("carrier",))
    done = issued(world, receivers=("carrier",))  # what he has done waits for the owner, so it counts for nothing here
    leg = Leg._base_manager.get(instance=done)
    evidence = {"executed_at": to_ms(timezone.now()), "result": "all", "proof": upload_for_all([b"proof"])}
    fire(done.ref, "report_executed", actor(world, "carrier", Role.EXECUTOR), evidence, leg=leg.name)
    desk = build_dashboard(executor_dashboard, world, "carrier", Role.EXECUTOR)
    client = world.client("carrier", Role.EXECUTOR)
    for figure, many in zip(desk.figures, (2, 1, 0), strict=True):
        assert figure.number == str(many)
        assert client.get(figure.href).content.decode().count("data-row") == many
    assert [[button.main for button in row.actions] for row in desk.listings[0].rows] == [[True], [True]]


def test_a_step_that_asks_for_nothing_is_taken_from_the_start_page(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    desk = build_dashboard(executor_dashboard, world, "carrier", Role.EXECUTOR)
    [button] = desk.listings[0].rows[0].actions
    client = world.client("carrier", Role.EXECUTOR)
    answer = client.post(button.url, dict(button.fields))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert Leg._base_manager.get(instance=order).state == "acknowledged"


def test_a_reviewer_sees_emergencies_approvals_and_who_is_late(world: World) -> None:
    late_order(world)
    drafted(world)
    desk = build_dashboard(reviewer_dashboard, world, "centre", Role.REVIEWER)
    assert [(figure.number, figure.href) for figure in desk.figures] == [("0", "#emergencies"), ("1", "#approvals")]
    assert rows(desk) == {
        "emergencies": 0,
        "approvals": 1,
        "appeals": 0,
        "files": 0,
        "late": 3,
    }


def test_police_see_what_came_in_and_others_which_feedback_is_owed_to_them(world: World) -> None:
    lead = {
        "fraud_type": "investment",
        "grade": "urgent",
        "subjects": ("+8617000001234",),
        "summary": "calls and a site",
        "receivers": (to_party(world["police"]),),
    }
    process = open_process("lead", "draft", world["centre"], actor(world, "centre", Role.ANALYST), lead)
    fire(process.ref, "hand_over", actor(world, "centre", Role.REVIEWER), {"legal_basis": "Art. 26"})
    assert rows(build_dashboard(liaison_dashboard, world, "police", Role.LIAISON)) == {"to-do": 1, "owed": 0, "own": 0}
    assert rows(build_dashboard(liaison_dashboard, world, "centre", Role.LIAISON)) == {"to-do": 0, "owed": 1, "own": 1}


def test_a_clerk_of_an_organisation_without_anything_sees_that_all_is_done(world: World) -> None:
    assert rows(build_dashboard(clerk_dashboard, world, "bank", Role.CLERK)) == {"to-do": 0, "own": 0}


def test_notices_to_deliver_are_counted_for_whom_may_open_their_list(world: World) -> None:
    figures = build_dashboard(clerk_dashboard, world, "carrier", Role.CLERK).figures
    assert [figure.href for figure in figures] == ["/notices/"]
    assert build_dashboard(clerk_dashboard, world, "carrier", Role.EDITOR).figures == ()


def test_an_inspector_starts_an_inspection_from_the_start_page(world: World) -> None:
    desk = build_dashboard(inspector_dashboard, world, "administration", Role.INSPECTOR)
    assert desk.actions[0].main and desk.actions[0].url == "/processes/open/supervision/draw/"
    assert world.client("administration", Role.INSPECTOR).get(desk.actions[0].url).status_code == 200
    assert build_dashboard(inspector_dashboard, world, "centre", Role.INSPECTOR).actions == ()


def waiting(world: World, *roles: Role) -> tuple[list[ListRow], list[ListRow]]:
    viewer = world.viewer("centre", *roles)
    with scoped_to(viewer):
        return list_approvals(viewer, actor(world, "centre", *roles))


def test_an_appeal_for_a_target_waits_for_the_reviewers_of_the_owner_who_did_not_decide(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    evidence = {"order": order.ref, "targets": (1,), "channel": "shop", "text": "a shop"}
    clerk = actor(world, "centre", Role.CLERK)
    appeal = open_process("target_appeal", "appeal", world["centre"], clerk, evidence)
    for name, roles, unit, links in (
        ("centre", (Role.DUTY_OFFICER, Role.REVIEWER), "appeals", [f"/processes/{appeal.ref}/"]),
        ("centre", (Role.DUTY_OFFICER, Role.REVIEWER), "operations", []),  # the unit that approved the order
        ("centre", (Role.REVIEWER,), "appeals", []),  # who approved it
        ("centre", (Role.ANALYST,), "appeals", []),
        ("carrier", (Role.REVIEWER,), "appeals", []),
    ):
        viewer = world.viewer(name, *roles)._replace(unit=unit)
        with scoped_to(viewer):
            assert [row.href for row in list_appeals(to_actor(viewer))] == links


def test_a_draft_waits_for_its_second_person(world: World) -> None:
    process = drafted(world)
    emergencies, [row] = waiting(world, Role.REVIEWER)
    assert emergencies == []
    assert f"/processes/{process.ref}/do/approve/" in [press.url for press in row.actions]


def test_ones_own_case_is_blocked_and_says_why(world: World) -> None:
    both = (Role.ANALYST, Role.REVIEWER)
    now = timezone.now()
    open_process("order", "draft", world["centre"], actor(world, "centre", *both), draft_evidence(world, now))
    _emergencies, [row] = waiting(world, *both)
    assert row.actions == ()
    assert row.summary


def test_what_one_person_ordered_in_an_emergency_stands_by_itself(world: World) -> None:
    process = drafted(world)
    now = timezone.now()
    evidence = {"danger": "calls go on", "expires_at": to_ms(now) + 3_600_000}
    fire(process.ref, "issue_emergency", actor(world, "centre", Role.DUTY_OFFICER), evidence, at=now)
    [row], others = waiting(world, Role.REVIEWER)
    assert others == []
    assert f"/processes/{process.ref}/do/ratify/" in [press.url for press in row.actions]
