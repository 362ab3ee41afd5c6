"""A changed verdict is queued only if its owner shares any."""

import pytest
from tests.command.exchange.exchange_world import collection_of, decide
from tests.command.people import World

from fanzha.command.exchange.models import PendingShare

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_nothing_is_queued_for_who_shares_nothing(world: World) -> None:
    collection_of(world)
    decide(world, "login.example.com", owner="bank")
    assert not PendingShare.objects.exists()
    decide(world, "login.example.com")
    assert {row.owner_id for row in PendingShare.objects.all()} == {world["centre"].pk}
