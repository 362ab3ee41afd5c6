"""Comments are read by the organisation of their author; shared ones also by those who may read the topic."""

import pytest
from django.utils import timezone
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.collaboration.models import Comment, TopicSubscription
from fanzha.command.collaboration.services import add_comment, set_subscription
from fanzha.command.subjects.models import Share, Subject
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


def test_a_finding_of_ones_own_opens_no_comments_of_others_on_a_subject(world: World) -> None:
    for name in ("carrier", "bank"):
        campaign(world[name], 1)
    subject = number(0)
    assert Subject.as_read_by(world.viewer("bank", Role.ANALYST)).filter(pk=subject.pk).exists()
    add_comment("subject", subject.ref, "by the carrier", world.viewer("carrier", Role.ANALYST), share=True)
    add_comment("subject", subject.ref, "by the bank", world.viewer("bank", Role.ANALYST), share=True)
    assert (texts(world, "carrier"), texts(world, "bank")) == (["by the carrier"], ["by the bank"])
    Share._base_manager.create(
        subject=subject, owner=world["carrier"], receiver=world["bank"], purpose="a case", shared_at=timezone.now()
    )
    assert texts(world, "carrier") == ["by the carrier", "by the bank"] == texts(world, "bank")
