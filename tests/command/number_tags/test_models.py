"""Tags are read by who took them in and by its supervisors, never by others."""

from tests.command.people import World

from fanzha.command.number_tags.models import Tag
from fanzha.command.web.roles import Role


def test_supervisors_read_tags(world: World) -> None:
    viewer = world.viewer("administration", Role.ANALYST)
    assert world["carrier"].pk in viewer.reads and str(world["carrier"].pk) in str(Tag.readable(viewer))
    assert world["far_carrier"].pk not in viewer.reads
