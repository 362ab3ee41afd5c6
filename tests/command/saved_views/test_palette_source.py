"""Views of lists that the viewer may open are found by name."""

import pytest
from tests.command.people import World

from fanzha.command.saved_views.palette_source import find_entries
from fanzha.command.saved_views.services import save_view
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_a_view_leads_to_its_list(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    save_view("orders", "overdue", "show=late", viewer)
    with scoped_to(viewer):
        (entry,) = find_entries(viewer)
    assert (entry.title, entry.url, entry.note) == ("overdue", "/orders/?show=late", "Orders")
