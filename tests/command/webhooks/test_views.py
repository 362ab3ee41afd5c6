"""An administrator tells another system, sees what it took, and sends again what was given up."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.webhooks.told import URL, subscription

from fanzha.command.web.roles import Role
from fanzha.command.webhooks.delivery import queue_all
from fanzha.command.webhooks.models import Delivery, Subscription
from fanzha.command.webhooks.signing_keys import public_keys


def test_a_system_subscribes_by_the_form(world: World) -> None:
    client = world.client("centre", Role.ADMINISTRATOR)
    refused = client.post(reverse("webhooks"), {"url": "http://a.example/"})
    assert refused.status_code == 422 and "Enter an https address" in refused.content.decode()
    answer = client.post(reverse("webhooks"), {"url": URL, "processes": ["order"]})
    one = Subscription._base_manager.get()
    assert answer["Location"] == reverse("webhook", args=[one.ref]) and one.processes == ["order"]
    content = client.get(answer["Location"]).content.decode()
    assert public_keys(one)[0] in content and URL.partition("?")[0] in content


@pytest.mark.parametrize(("language", "words"), [("en", "given up"), ("zh-hans", "已放弃")])
def test_what_was_given_up_is_seen_and_sent_again(world: World, language: str, words: str) -> None:
    one, client = subscription(world, "centre"), world.client("centre", Role.ADMINISTRATOR, language=language)
    drafted(world)
    queue_all(timezone.now())
    Delivery._base_manager.update(state="dead", problem="HTTP 500")
    assert words in client.get(reverse("webhooks")).content.decode()
    assert "HTTP 500" in client.get(reverse("webhook", args=[one.ref])).content.decode()
    client.post(reverse("webhook_again", args=[one.ref, Delivery._base_manager.get().pk]))
    assert Delivery._base_manager.get().state == "waiting"


def test_it_is_paused_resumed_and_ended(world: World) -> None:
    one, client = subscription(world), world.client("carrier", Role.ADMINISTRATOR)
    at = reverse("webhook_change", args=[one.ref])
    for do, active in (("pause", False), ("resume", True)):
        client.post(at, {"do": do})
        one.refresh_from_db()
        assert one.is_active is active
    assert b"new key" in client.post(at, {"do": "key"}, follow=True).content
    assert client.post(at, {"do": "dance"}).status_code == 400
    assert client.post(at, {"do": "end"})["Location"] == reverse("webhooks")
    assert client.get(reverse("webhook", args=[one.ref])).status_code == 404


def test_queries_do_not_grow_with_rows(world: World) -> None:
    client = world.client("carrier", Role.ADMINISTRATOR)
    subscription(world)
    client.get(reverse("webhooks"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("webhooks"))
    for _ in range(5):
        subscription(world)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("webhooks"))
    assert len(many) == len(one)
