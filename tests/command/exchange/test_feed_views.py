"""The pages subscribe to a feed, show how it does, change the trust in it, and end it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.exchange.feed_world import feed_of, result, stated
from tests.command.people import World

from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.models import Feed
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_feed_is_subscribed_to_changed_and_ended_on_pages(world: World) -> None:
    client = world.client("centre", Role.LIAISON)
    assert "No feed of another organisation" in client.get("/exchange/feeds/").content.decode()
    values = {
        "source": world["partner"].ref, "name": "partner list", "format": "csv", "url": "https://a.example/list.csv",
        "trust": 0.5, "confidence": 0.7, "half_life_days": 30, "marking": "TLP:AMBER", "limit_a_day": 10,
        "silent_after_hours": 24,
    }  # fmt: skip
    wrong = client.post("/exchange/feeds/new/", values | {"url": "ftp://a.example/"})
    assert wrong.status_code == 422 and "an https address" in wrong.content.decode()
    page = client.post("/exchange/feeds/new/", values)["Location"]
    client.post(page, {"trust": 0.9, "is_active": "on"})
    assert Feed._base_manager.get().trust == 0.9
    assert client.post(f"{page}end/")["Location"] == "/exchange/feeds/"
    assert Feed._base_manager.get().ended_at


def test_the_page_says_what_was_used_and_what_not(world: World) -> None:
    feed = feed_of(world)
    import_result(feed, result(stated("a.example.com"), stated("110", "phone_number")), timezone.now())
    page = world.client("centre", Role.REVIEWER).get(f"/exchange/feeds/{feed.ref}/").content.decode()
    assert "names a protected brand, number or address: 1" in page and "Fewer than 30 decisions" in page
    assert "Save" not in page


def test_a_silent_feed_is_marked_in_the_list(world: World) -> None:
    feed = feed_of(world)
    now = timezone.now()
    Feed._base_manager.filter(pk=feed.pk).update(created_at=now - timedelta(days=3), failing_since=now)
    page = world.client("centre", Role.LIAISON).get("/exchange/feeds/").content.decode()
    assert "silent" in page and "not reached" in page
