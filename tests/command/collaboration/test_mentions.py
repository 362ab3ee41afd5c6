"""Whom a comment mentions: colleagues by name, organisations that take part; nobody of other organisations."""

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.collaboration.mentions import find_mentions, suggest_mentions
from fanzha.command.collaboration.topics import Topic, get_topic
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(world: World) -> Viewer:
    for role in (Role.REVIEWER, Role.CLERK):
        world.person("carrier", role)
    world.person("bank", Role.ANALYST)
    return world.viewer("carrier", Role.ANALYST)


@pytest.fixture
def topic(world: World, author: Viewer) -> Topic:
    return get_topic("campaign", campaign(world["carrier"], 1).ref, author)


def named(text: str, topic: Topic, viewer: Viewer, *, share: bool = False) -> list[str]:
    found = find_mentions(text, topic, viewer, share=share)
    return [person.name for person in found.people] + [row.name_en for row in found.organizations]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@carrier reviewer, look at this", ["carrier reviewer"]),
        ("请看＠carrier reviewer和@CARRIER CLERK", ["carrier clerk", "carrier reviewer"]),
        ("@carrier analyst wrote it himself", []),
        ("@bank analyst is of another organisation", []),
        ("carrier reviewer without the sign", []),
    ],
)
def test_a_colleague_is_mentioned_by_name(topic: Topic, author: Viewer, text: str, expected: list[str]) -> None:
    assert named(text, topic, author) == expected


def test_the_longer_name_wins(world: World, topic: Topic, author: Viewer) -> None:
    shorter = world.person("carrier", Role.LIAISON)
    shorter.name = "carrier review"
    shorter.save()
    assert named("@carrier reviewer", topic, author) == ["carrier reviewer"]
    assert named("@carrier review!", topic, author) == ["carrier review"]


def test_suggestions_are_colleagues_alone(topic: Topic, author: Viewer) -> None:
    assert [one.name for one in suggest_mentions("rev", topic, author)] == ["carrier reviewer"]
    assert {one.name for one in suggest_mentions("", topic, author)} == {"carrier clerk", "carrier reviewer"}
    assert suggest_mentions("bank", topic, author) == []


def test_an_organisation_that_takes_part_is_mentioned_in_what_is_shared(world: World) -> None:
    order, author = issued(world), world.viewer("centre", Role.ANALYST)
    topic = get_topic("process", order.ref, author)
    assert [one.name for one in suggest_mentions("example mvno", topic, author)] == ["Example mvno"]
    assert named("@Example mvno please", topic, author, share=True) == ["Example mvno"]
    assert named("@Example mvno please", topic, author) == [] == named("@Example bank", topic, author, share=True)
