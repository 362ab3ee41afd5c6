"""Comments are read by the organisation of their author; shared ones also by those who may read the topic."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.collaboration.models import Comment, TopicSubscription
from fanzha.command.collaboration.services import add_comment, set_subscription
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def texts(world: World, name: str) -> list[str]:
    return [row.text for row in Comment.as_read_by(world.viewer(name, Role.ANALYST)).order_by("pk")]


def test_who_reads_a_comment(world: World) -> None:
    order, centre = issued(world), world.viewer("centre", Role.ANALYST)
    add_comment("process", order.ref, "among us", centre)
    add_comment("process", order.ref, "to all who take part", centre, share=True)
    assert texts(world, "centre") == ["among us", "to all who take part"]
    assert texts(world, "carrier") == ["to all who take part"]
    assert texts(world, "bank") == []


def test_a_subscription_is_read_by_its_person_alone(world: World) -> None:
    order, centre = issued(world), world.viewer("centre", Role.ANALYST)
    set_subscription("process", order.ref, centre, is_on=True)
    assert TopicSubscription.as_read_by(centre).filter(topic=order.ref).count() == 1
    assert not TopicSubscription.as_read_by(world.viewer("centre", Role.CLERK)).exists()
