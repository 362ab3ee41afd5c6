"""A late leg says whose it is, and has one press to urge, for people."""

from django.utils import timezone
from tests.command.dashboards.late import late_order
from tests.command.people import World

from fanzha.command.dashboards.late_rows import late_rows
from fanzha.command.dashboards.oversight import late_now
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by


def test_it_is_urged_by_one_press(world: World) -> None:
    late_order(world, ("carrier",))
    viewer = world.viewer("administration", Role.ANALYST)
    with seen_by(viewer):
        legs = list(late_now(viewer, timezone.now()))
        [row], [seen] = late_rows(legs, viewer, "/"), late_rows(legs, viewer._replace(roles=frozenset()), "/")
    assert [press.url for press in row.presses] == [f"/province/urge/{legs[0].pk}/"]
    assert row.presses[0].fields == (("next", "/"),)
    assert seen.presses == ()
    assert row.meta == (str(world["carrier"]),)
