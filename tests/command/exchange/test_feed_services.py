"""Feeds are subscribed to with sound terms, told to the collector, and raise one alarm when they fall silent."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.command.exchange.feed_world import TERMS, feed_of, result, stated
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.feed_services import (
    change_feed,
    end_feed,
    raise_alarms,
    silent_feeds,
    subscribe_feed,
    update_collector,
)
from fanzha.command.exchange.models import Feed
from fanzha.command.processes.models import Notification
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal
from fanzha.store.feed_queue import open_feed_queue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "x"}, "name"),
        ({"format": "rss"}, "format"),
        ({"url": "http://a.example/"}, "url"),
        ({"url": "https://u:p@a.example/"}, "url"),
        ({"url": "folder:x"}, "url"),
        ({"format": "misp", "url": "folder:../x"}, "url"),
        ({"only_kind": "website"}, "only_kind"),
        ({"secret_file": "../site"}, "secret_file"),
        ({"secret_file": ".."}, "secret_file"),
        ({"token_url": "https://a.example/token", "secret_file": "client"}, "user"),
        ({"token_url": "http://a.example/token", "user": "c", "secret_file": "client"}, "token_url"),
        ({"token_url": "https://a.example/t", "user": "c", "secret_file": "c", "token_scope": 'a"b'}, "token_scope"),
        ({"token_scope": "exchange:read"}, "token_scope"),
        ({"trust": 0.0}, "trust"),
        ({"half_life_days": 0.0}, "half_life_days"),
        ({"marking": Marking.RED}, "marking"),
    ],
)
def test_wrong_terms_are_refused_beside_their_field(world: World, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        feed_of(world, replace(TERMS, **change))
    assert field in refused.value.fields


def test_an_organisation_is_no_feed_of_its_own_and_names_are_single(world: World) -> None:
    feed_of(world)
    with pytest.raises(Refusal):
        feed_of(world)
    with pytest.raises(Refusal):
        subscribe_feed(world["centre"], replace(TERMS, name="own"), world.viewer("centre", Role.LIAISON))


def test_the_collector_is_told_of_active_feeds(world: World, home: Path) -> None:
    feed = feed_of(world)
    update_collector(timezone.now())
    with open_feed_queue() as queue:
        (due,) = queue.select_due(0)
    assert (due.definition.ref, due.definition.url, due.definition.allows_private) == (feed.ref, feed.url, False)
    change_feed(feed, 0.5, is_active=False, viewer=world.viewer("centre", Role.LIAISON))
    update_collector(timezone.now())
    with open_feed_queue() as queue:
        assert queue.select_due(0) == []


def test_the_collector_is_told_where_a_client_gets_its_tokens(world: World) -> None:
    scope = "exchange:read exchange:write"
    terms = replace(TERMS, user="c", secret_file="c", token_url="https://a.example/token", token_scope=scope)
    feed_of(world, terms)
    update_collector(timezone.now())
    with open_feed_queue() as queue:
        (due,) = queue.select_due(0)
    assert due.definition[-2:] == ("https://a.example/token", "exchange:read exchange:write")


def test_secrets_and_folders_lie_below_the_reference_of_the_subscriber(world: World) -> None:
    feed_of(world, replace(TERMS, format="misp", url="folder:lists/a", secret_file="resolver-zone.tsig"))
    update_collector(timezone.now())
    with open_feed_queue() as queue:
        (due,) = queue.select_due(0)
    ref = world["centre"].ref
    assert due.definition.secret_file == f"{ref}/resolver-zone.tsig"
    assert due.definition.url == f"folder:{ref}/lists/a"


def test_a_source_that_has_people_here_states_its_opinions_itself(world: World) -> None:
    feed_of(world)
    world.person("partner", Role.ANALYST)
    with pytest.raises(Refusal) as refused:
        feed_of(world, replace(TERMS, name="another list"))
    assert "source" in refused.value.fields
    update_collector(timezone.now())
    with open_feed_queue() as queue:
        assert queue.select_due(0) == []


def test_a_feed_that_falls_silent_raises_one_alarm_until_it_speaks_again(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    assert silent_feeds(now) == [] and raise_alarms(now) == 0
    later = now + timedelta(hours=25)
    assert [raise_alarms(later), raise_alarms(later + timedelta(hours=1))] == [1, 0]
    with unscoped("test"):
        assert "partner list" in Notification.objects.get().text_en
        import_result(feed, result(stated("a.example.com")), later)
        assert raise_alarms(later) == 0 and Feed.objects.get().alarmed_at is None
        assert raise_alarms(later + timedelta(hours=25)) == 1


def test_an_ended_feed_withdraws_all_that_it_stated(world: World) -> None:
    feed, viewer = feed_of(world), world.viewer("centre", Role.LIAISON)
    import_result(feed, result(stated("a.example.com"), stated("b.example.com")), timezone.now())
    with pytest.raises(Refusal):
        end_feed(feed, world.viewer("carrier", Role.LIAISON))
    end_feed(feed, viewer)
    with unscoped("test"):
        assert not OpinionRow.objects.filter(OpinionRow.standing()).exists()
    with pytest.raises(Refusal):
        end_feed(feed, viewer)
