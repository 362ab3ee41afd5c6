"""Links to views: which one the address shows, and which are in the menu."""

import pytest
from tests.command.people import World

from fanzha.command.saved_views import selectors
from fanzha.command.saved_views.selectors import find_views, list_view_links, menu_views
from fanzha.command.saved_views.services import save_view
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_the_view_of_the_address_is_marked(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    save_view("campaign_queue", "late", "sort=oldest&show=late", viewer, as_default=True)
    save_view("campaign_queue", "new", "show=new", viewer, share=True)
    with scoped_to(viewer):
        links = list_view_links(viewer, "campaign_queue", "show=late&sort=oldest&cursor=x")
        assert [view.name for view in find_views("orders")] == []
    assert [(one.name, one.is_here, one.is_default, one.is_shared) for one in links] == [
        ("late", True, True, False),
        ("new", False, False, True),
    ]
    assert links[0].url == "/campaigns/?show=late&sort=oldest"


def test_own_views_come_first_in_the_menu_and_pages_of_other_roles_are_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, clerk = world.viewer("carrier", Role.ANALYST), world.viewer("carrier", Role.CLERK)
    save_view("campaign_queue", "a", "show=late", viewer, share=True)
    save_view("orders", "z", "show=late", clerk)
    with scoped_to(clerk):
        assert menu_views(clerk) == [("z", "/orders/?show=late"), ("a", "/campaigns/?show=late")]
        monkeypatch.setattr(selectors, "MENU_VIEWS", 1)
        assert [name for name, _url in menu_views(clerk)] == ["z"]
