"""A view says whether it is the reader's own."""

import pytest
from tests.command.people import World

from fanzha.command.saved_views.schemas import SavedViewOut
from fanzha.command.saved_views.services import save_view
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_own_and_shared(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    view = save_view("orders", "late", "show=late", viewer, share=True)
    assert SavedViewOut.of(view, viewer.person).own and not SavedViewOut.of(view, None).own
