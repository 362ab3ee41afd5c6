"""The latest subjects come page after page, none twice, none left out."""

from datetime import timedelta

import pytest
from tests.command.campaigns.made import number
from tests.command.people import World
from tests.command.subjects.made import AT, finding_row

from fanzha.command.subjects.listing import latest
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by

pytestmark = pytest.mark.django_db


def test_pages_go_on_by_moment(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    for place in range(7):
        finding_row(world["carrier"], number(place), found_at=AT + timedelta(minutes=place // 2))
    seen: list[str] = []
    cursor = ""
    with seen_by(viewer):
        for _ in range(4):
            page = latest(viewer, cursor, 2)
            seen, cursor = [*seen, *(row.value[-1] for row in page.rows)], page.next
        with pytest.raises(ValueError, match="nonsense"):
            latest(viewer, "nonsense_1")
    assert seen[0] == "6" and sorted(seen) == list("0123456") and cursor == ""
