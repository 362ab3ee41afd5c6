"""A view is read by its owner; a shared one by the organisation."""

import pytest
from tests.command.people import World

from fanzha.command.saved_views.models import DefaultView, SavedView
from fanzha.command.saved_views.services import save_view
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_who_reads_a_view(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    save_view("orders", "mine", "show=late", viewer, as_default=True)
    save_view("orders", "ours", "show=all", viewer, share=True)
    read = {
        name: [view.name for view in SavedView.as_read_by(world.viewer(name, role))]
        for name, role in (("carrier", Role.CLERK), ("other_carrier", Role.ANALYST), ("administration", Role.ANALYST))
    }
    assert read == {"carrier": ["ours"], "other_carrier": [], "administration": []}
    assert [view.name for view in SavedView.as_read_by(viewer)] == ["mine", "ours"]
    assert DefaultView.as_read_by(viewer).exists()
    assert not DefaultView.as_read_by(world.viewer("carrier", Role.CLERK)).exists()
