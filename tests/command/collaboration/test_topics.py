"""What people discuss: campaigns, processes and subjects, for those who may read them."""

import pytest
from django.http import Http404
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.collaboration.topics import get_topic, topic_kinds
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_three_apps_name_their_topics() -> None:
    assert set(topic_kinds()) == {"campaign", "process", "subject"}


def test_a_topic_is_there_for_those_who_may_read_it(world: World) -> None:
    row = campaign(world["carrier"], 1)
    own, other = world.viewer("carrier", Role.CLERK), world.viewer("bank", Role.ANALYST)
    assert get_topic("campaign", row.ref, own).url == f"/campaigns/{row.ref}/"
    assert get_topic("subject", number(0).ref, own).title.en == "phone number +86 17•• ••0 0000"
    for kind, ref in (("campaign", row.ref), ("subject", number(0).ref), ("campaign", "nothing"), ("page", row.ref)):
        with pytest.raises(Http404):
            get_topic(kind, ref, other)


def test_who_takes_part_in_a_process_is_named(world: World) -> None:
    order = drafted(world)
    topic = get_topic("process", order.ref, world.viewer("centre", Role.ANALYST))
    assert topic.title.en.startswith("Order · +86 17") and topic.url == f"/processes/{order.ref}/"
    assert set(topic.kind.participants(topic.row)) == {world["centre"].pk}
