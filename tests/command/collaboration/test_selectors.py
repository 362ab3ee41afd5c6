"""The comments of a page: oldest first, people of other organisations without names, how many came before."""

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.collaboration import selectors
from fanzha.command.collaboration.selectors import Discussion, load_discussion
from fanzha.command.collaboration.services import add_comment, withdraw_comment
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer

pytestmark = pytest.mark.django_db


def discussion(kind: str, ref: str, viewer: Viewer, *, with_all: bool = False) -> Discussion:
    with scoped_to(viewer):
        return load_discussion(kind, ref, viewer, with_all=with_all)


def test_authors_of_other_organisations_are_not_named(world: World) -> None:
    order, centre, carrier = issued(world), world.viewer("centre", Role.ANALYST), world.viewer("carrier", Role.CLERK)
    add_comment("process", order.ref, "to all", centre, share=True)
    (own,), (foreign,) = (discussion("process", order.ref, viewer).comments for viewer in (centre, carrier))
    assert (own.author, foreign.author) == ("centre analyst", "Example centre")
    assert own.may_withdraw and not foreign.may_withdraw


def test_a_withdrawn_comment_stays_without_its_text(world: World) -> None:
    row, viewer = campaign(world["carrier"], 1), world.viewer("carrier", Role.ANALYST)
    withdraw_comment(add_comment("campaign", row.ref, "wrong", viewer), viewer)
    (shown,) = discussion("campaign", row.ref, viewer).comments
    assert shown.is_withdrawn and shown.text == "" and not shown.may_withdraw


def test_the_latest_come_last_and_the_earlier_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "COMMENTS_SHOWN", 2)
    row, viewer = campaign(world["carrier"], 1), world.viewer("carrier", Role.ANALYST)
    for text in ("one", "two", "three"):
        add_comment("campaign", row.ref, text, viewer)
    shown = discussion("campaign", row.ref, viewer)
    assert ([one.text for one in shown.comments], shown.earlier) == (["two", "three"], 1)
    complete = discussion("campaign", row.ref, viewer, with_all=True)
    assert ([one.text for one in complete.comments], complete.earlier) == (["one", "two", "three"], 0)
