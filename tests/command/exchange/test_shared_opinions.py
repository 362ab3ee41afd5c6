"""What people decide on a statement of a feed goes out as an opinion on its object, and ends with the decision."""

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of, decide
from tests.command.exchange.feed_world import feed_of, result, stated
from tests.command.exchange.test_publication import last, withdraw
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.publication import share_pending
from fanzha.command.subjects.services import OpinionDraft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

ABOUT = "indicator--3b1c1d1e-1111-4222-8333-444444444444"


@pytest.mark.parametrize(
    ("level", "opinion"), [(Level.SUSPECTED, "strongly-agree"), (Level.CLEAR, "strongly-disagree")]
)
def test_a_decision_is_an_opinion_on_the_object_that_stated_it(world: World, level: Level, opinion: str) -> None:
    collection = collection_of(world)
    import_result(feed_of(world), result(stated("login.example.com", object_id=ABOUT)), timezone.now())
    share_pending(timezone.now())
    assert last(collection, "opinion") == []
    decide(world, "login.example.com", draft=OpinionDraft(level, score=1.0))
    share_pending(timezone.now())
    (found,) = last(collection, "opinion")
    assert (found["opinion"], found["object_refs"]) == (opinion, [ABOUT])
    withdraw(world)
    share_pending(timezone.now())
    assert last(collection, "opinion")[0]["revoked"]


def test_what_is_marked_above_the_ceiling_is_not_answered_in_the_collection(world: World) -> None:
    collection = collection_of(world, ceiling=Marking.GREEN)
    strict = stated("login.example.com", object_id=ABOUT, marking=Marking.AMBER)
    import_result(feed_of(world), result(strict), timezone.now())
    decide(world, "login.example.com")
    share_pending(timezone.now())
    assert last(collection, "opinion") == []
