"""Those who watch over see who looked at whom, who is on duty, which keys end, and who is behind."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from tests.command.dashboards.late import late_order
from tests.command.health.factories import source
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.recorder import recorded
from fanzha.command.dashboards.dashboard import Dashboard
from fanzha.command.dashboards.governance import (
    administrator_dashboard,
    privacy_officer_dashboard,
    supervisor_dashboard,
)
from fanzha.command.organizations.models import ApiKey, Duty
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.log.entry import Draft


def build_dashboard(part: Any, world: World, name: str, role: Role) -> Dashboard:
    viewer = world.viewer(name, role)
    with scoped_to(viewer), translation.override("en"):
        dashboard: Dashboard = part(viewer, actor(world, name, role), timezone.now())
    return dashboard


def test_a_supervisor_sees_how_many_sources_are_silent(world: World) -> None:
    source(world, "carrier", "calls", silent=timedelta(hours=3))
    source(world, "far_carrier", "calls", silent=timedelta(hours=3))
    figure = build_dashboard(supervisor_dashboard, world, "administration", Role.ANALYST).figures[-1]
    assert (figure.number, figure.words, figure.href, figure.is_harm) == ("1", "sources silent", "/health/", True)
    assert build_dashboard(supervisor_dashboard, world, "administration", Role.CLERK).figures[-1].href == ""


def test_a_supervisor_sees_how_much_was_in_time_and_who_is_late(world: World) -> None:
    late_order(world, ("carrier", "far_carrier"))
    desk = build_dashboard(supervisor_dashboard, world, "administration", Role.ANALYST)
    figures = [(figure.number, figure.is_harm) for figure in desk.figures]
    assert figures == [("0%", False), ("0%", False), ("1", True), ("0", False)]
    assert [press.word for row in desk.listings[0].rows for press in row.actions] == ["Send a reminder"]


def test_a_privacy_officer_counts_the_unmaskings_of_his_own_organisation(world: World) -> None:
    at = to_ms(timezone.now())
    with recorded() as log:
        for name in ("carrier", "carrier", "bank"):
            log.add(Draft(kind="unmasking", at=at, actor="somebody", organization=world[name].ref))
    desk = build_dashboard(privacy_officer_dashboard, world, "carrier", Role.PRIVACY_OFFICER)
    assert [figure.number for figure in desk.figures] == ["2", "0"]


def test_the_log_of_a_week_is_found_by_its_place_and_not_by_looking_at_every_entry(world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        build_dashboard(privacy_officer_dashboard, world, "carrier", Role.PRIVACY_OFFICER)
    counts = [query["sql"] for query in queries if "COUNT" in query["sql"] and LogEntry._meta.db_table in query["sql"]]
    assert len(counts) == 2 and all('"place" >=' in sql and '"at"' not in sql for sql in counts)


def test_an_administrator_sees_who_is_on_duty_and_which_keys_end(world: World) -> None:
    now = timezone.now()
    people = {role: world.person("carrier", role) for role in (Role.DUTY_OFFICER, Role.REVIEWER)}
    hour = timedelta(hours=1)
    Duty.objects.create(
        organization=world["carrier"],
        officer=people[Role.DUTY_OFFICER],
        deputy=people[Role.REVIEWER],
        since=now - hour,
        until=now + hour,
    )
    ApiKey.make(world["carrier"], "expires soon", expires_at=now + timedelta(days=3))
    ApiKey.make(world["carrier"], "ends late", expires_at=now + timedelta(days=300))
    desk = build_dashboard(administrator_dashboard, world, "carrier", Role.ADMINISTRATOR)
    assert desk.figures[0].number == "3"
    rows = {listing.ident: [row.title for row in listing.rows] for listing in desk.listings}
    assert rows["duty"] == ["carrier duty_officer"]
    assert [title.split(" (")[0] for title in rows["keys"]] == ["expires soon"]
