"""A subject in a campaign is masked, says what it adds, and whether a person put it there."""

import pytest
from django.utils.translation import override
from tests.command.campaigns.made import campaign
from tests.command.people import World

from fanzha.command.campaigns.models import Placement
from fanzha.command.campaigns.reading import Placed
from fanzha.command.campaigns.subject_rows import placed_rows

pytestmark = pytest.mark.django_db


def test_a_row_is_masked_and_tells_what_was_found(world: World) -> None:
    row = campaign(world["carrier"], 1)
    placement = Placement._base_manager.select_related("subject").get(campaign=row)
    placement.calls, placement.is_held = 31, True
    with override("en"):
        (shown,) = placed_rows([Placed(placement, None, None)], pick=True)
    assert "17000" not in shown.title and shown.why.startswith("1 finding, 31 calls, fake loan, last")
    assert shown.meta == ("phone number", "placed by a person") and shown.pick == placement.subject.ref
