"""The desk shows what each partner was given, what came back, and how well it held; others see nothing of it."""

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of, decide, let_read, program
from tests.command.exchange.feed_world import feed_of, result, stated
from tests.command.people import World

from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.partners import list_partners
from fanzha.command.exchange.publication import share_pending
from fanzha.command.web.roles import Role
from fanzha.share.opinions import Precision

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_what_was_given_and_what_came_back_stand_beside_each_partner(world: World) -> None:
    collection = collection_of(world)
    let_read(world, collection)
    import_result(feed_of(world), result(stated("login.example.com"), stated("b.example.com")), timezone.now())
    decide(world, "login.example.com")
    share_pending(timezone.now())
    program(world).get(f"collections/{collection.taxii_id}/objects/", limit=3)
    rows = {row.organization: row for row in list_partners(world.viewer("centre"), timezone.now())}
    assert set(rows) == {world["carrier"], world["partner"]}
    assert (rows[world["carrier"]].collections, rows[world["carrier"]].given) == (1, 3)
    back = rows[world["partner"]]
    assert (back.feeds, back.used, back.confirmed, back.refuted) == (1, 2, 1, 0)
    assert back.precision is Precision.UNKNOWN
    assert list_partners(world.viewer("bank"), timezone.now()) == []
    page = world.client("centre", Role.REVIEWER).get("/exchange/partners/").content.decode()
    assert "Example partner" in page and "not enough decisions" in page
    listed = world.client("centre", Role.LIAISON).get("/api/v1/exchange/partners").json()
    assert [row["given"] for row in listed if row["organization"] == world["carrier"].ref] == [3]
