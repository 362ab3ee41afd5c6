"""Each feed is measured by what people decided on its subjects; with few decisions no share is stated."""

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import SUSPECTED, decide
from tests.command.exchange.feed_world import TERMS, feed_of, result, stated
from tests.command.people import World

from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.feed_precision import list_feed_precisions
from fanzha.command.subjects.services import OpinionDraft
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
CLEAR = OpinionDraft(Level.CLEAR, score=1.0, fraud_type="", reason=SUSPECTED.reason)


def test_each_feed_has_its_own_share_with_interval(world: World) -> None:
    good, other = feed_of(world), feed_of(world, TERMS.__class__("other list", "csv", "https://other.example/l.csv"))
    hosts = [f"a{number}.example.com" for number in range(32)]
    import_result(good, result(*(stated(host) for host in hosts), stated("110", "phone_number")), timezone.now())
    import_result(other, result(stated("b.example.com")), timezone.now())
    for host in hosts[:30]:
        decide(world, host)
    for host in hosts[30:]:
        decide(world, host, draft=CLEAR)
    rows = {row.feed.name: row for row in list_feed_precisions(world.viewer("centre"), timezone.now())}
    found, unsure = rows["partner list"], rows["other list"]
    assert (found.used, found.unused, found.confirmed, found.refuted) == (32, 1, 30, 2)
    assert found.share == 30 / 32 and found.interval is not None and 0.75 < found.interval.low < found.share
    assert (unsure.confirmed, unsure.share, unsure.interval) == (0, None, None)
    page = world.client("centre", Role.REVIEWER).get("/exchange/partners/").content.decode()
    assert "94%" in page and "not enough decisions" in page
    assert list_feed_precisions(world.viewer("carrier"), timezone.now()) == []
