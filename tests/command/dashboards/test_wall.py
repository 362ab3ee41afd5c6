"""The wall's scenes: every place, the latest campaigns and all deadlines, without any subject."""

from datetime import timedelta

from django.utils import timezone, translation
from tests.command.dashboards.late import late_order
from tests.command.dashboards.test_analyst import campaign
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.dashboards.wall import CELLS, Scene, wall_figures, wall_scenes
from fanzha.command.web.components import DataTable
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def scenes(world: World, name: str, province: str = "") -> list[Scene]:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer), translation.override("en"):
        return wall_scenes(wall_figures(viewer, timezone.now(), province))


def table(scene: Scene, caption: str) -> DataTable:
    return next(panel.table for panel in scene.panels if panel.table and panel.table.caption == caption)


def test_no_scene_has_more_than_a_screen_holds(world: World) -> None:
    late_order(world)
    campaign(world, victims=7)
    for name, province in (("ministry", ""), ("ministry", "51"), ("administration", "")):
        for scene in scenes(world, name, province):
            assert 0 < sum(panel.cells for panel in scene.panels) <= CELLS, (name, province, scene.title)


def test_the_latest_campaigns_are_told_by_type_and_organisation(world: World) -> None:
    now = timezone.now()
    campaign(world, first_at=now - timedelta(hours=3), fraud_type="prize")
    campaign(world, first_at=now - timedelta(hours=1), fraud_type="fake_loan")
    campaign(world, first_at=now - timedelta(days=40))
    latest = table(scenes(world, "ministry")[1], "Latest campaigns")
    assert [row[1] for row in latest.rows] == ["Example carrier"] * 2
    assert [row[3] for row in latest.rows] == [now - timedelta(hours=1), now - timedelta(hours=3)]
    assert table(scenes(world, "ministry", "33")[1], "Latest campaigns").rows == ()


def test_deadlines_that_passed_stand_before_those_to_come(world: World) -> None:
    late_order(world, ("carrier",))
    issued(world, receivers=("mvno",))
    rows = table(scenes(world, "administration")[2], "Deadlines").rows
    assert [row[0] for row in rows] == ["Example carrier", "Example mvno"]
    assert "clock-late" in str(rows[0][2]) and "clock-late" not in str(rows[1][2])
