"""Other organisations read a shared comment without its author and without whom it mentions."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.collaboration.schemas import CommentOut
from fanzha.command.collaboration.services import add_comment
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_people_are_for_their_own_organisation(world: World) -> None:
    order, reviewer = issued(world), world.person("centre", Role.REVIEWER)
    author = world.viewer("centre", Role.ANALYST)
    comment = add_comment("process", order.ref, "@centre reviewer", author, share=True)
    own, foreign = (CommentOut.of(comment, world[name].pk) for name in ("centre", "carrier"))
    assert own.person and own.mentioned == [reviewer.ref]
    assert (foreign.person, foreign.mentioned, foreign.text) == ("", [], "@centre reviewer")
