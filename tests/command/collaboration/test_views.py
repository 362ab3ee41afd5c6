"""The comments on the pages of campaigns, subjects and processes, and what they lead to."""

import pytest
from django.test import Client
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.collaboration.models import Comment
from fanzha.command.processes.models import Notification
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_page_takes_comments(world: World) -> None:
    row, order = campaign(world["centre"], 1), drafted(world)
    client = world.client("centre", Role.ANALYST)
    for kind, ref, path in (
        ("campaign", row.ref, f"/campaigns/{row.ref}/"),
        ("subject", number(0).ref, f"/subjects/{number(0).ref}/"),
        ("process", order.ref, f"/processes/{order.ref}/"),
    ):
        answer = client.post(f"/discussions/{kind}/{ref}/comments/", {"text": f"<b>on this {kind}</b>"})
        comment = Comment._base_manager.get(topic=ref)
        assert answer.headers["Location"] == f"{path}#comment-{comment.ref}"
        shown = page(client, path)
        assert f"&lt;b&gt;on this {kind}&lt;/b&gt;" in shown and "Unsubscribe" in shown


def test_an_empty_comment_is_refused_and_a_withdrawn_one_says_so(world: World) -> None:
    row, client = campaign(world["carrier"], 1), world.client("carrier", Role.ANALYST)
    client.post(f"/discussions/campaign/{row.ref}/comments/", {"text": " "})
    assert "write a comment first" in page(client, f"/campaigns/{row.ref}/")
    client.post(f"/discussions/campaign/{row.ref}/comments/", {"text": "a mistake of mine"})
    comment = Comment._base_manager.get()
    world.client("carrier", Role.CLERK).post(f"/comments/{comment.ref}/withdraw/")
    assert "a mistake of mine" in page(client, f"/campaigns/{row.ref}/")
    client.post(f"/comments/{comment.ref}/withdraw/")
    shown = page(client, f"/campaigns/{row.ref}/")
    assert "Withdrawn" in shown and "a mistake of mine" not in shown


def test_a_mention_is_counted_in_the_bar_until_it_is_read(world: World) -> None:
    row, author, reader = campaign(world["carrier"], 1), world.client("carrier", Role.ANALYST), Role.REVIEWER
    client = world.client("carrier", reader)
    author.post(f"/discussions/campaign/{row.ref}/comments/", {"text": "@carrier reviewer, see"})
    inbox = page(client, "/inbox/")
    number = Notification._base_manager.get().pk
    assert "Messages, 1 unread" in inbox and f'href="/inbox/{number}/"' in inbox
    assert "Messages, none unread" in page(author, "/inbox/")
    assert "mentions you" in page(author, "/inbox/?show=colleagues")
    author.post("/inbox/read/", {"message": [number]})
    assert "Messages, 1 unread" in page(client, "/inbox/")
    assert client.get(f"/inbox/{number}/").headers["Location"].startswith(f"/campaigns/{row.ref}/#comment-")
    assert "Messages, none unread" in page(client, "/inbox/")


def test_a_subscription_is_begun_and_ended(world: World) -> None:
    row, client = campaign(world["carrier"], 1), world.client("carrier", Role.CLERK)
    for on, word in (("yes", "Unsubscribe"), ("no", "Subscribe")):
        client.post(f"/discussions/campaign/{row.ref}/subscription/", {"on": on})
        assert f"{word}</button>" in page(client, f"/campaigns/{row.ref}/")


def test_names_are_suggested_while_typing(world: World) -> None:
    row, client = campaign(world["carrier"], 1), world.client("carrier", Role.ANALYST)
    world.person("carrier", Role.REVIEWER)
    assert 'data-name="carrier reviewer"' in page(client, f"/discussions/campaign/{row.ref}/people/?q=rev")
    assert client.get(f"/discussions/campaign/{row.ref}/people/?q=bank").content.strip() == b""
