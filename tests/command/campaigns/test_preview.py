"""Before a press on many it is said whom it touches, who is allowlisted, and how often such things proved wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.reviews.factories import settled

from fanzha.command.campaigns.preview import build_preview
from fanzha.command.campaigns.transitions import TransitionKind
from fanzha.command.web.roles import Role
from fanzha.store.state_folder import state_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def allowlist() -> Iterator[Path]:
    """An allowlist with one number of the tests."""
    path = state_folder() / "lists" / "spared.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("number,origin_kind,origin,owner,proof\n+8617000000001,trunk,T9,a clinic,checked\n", "utf-8")
    yield path
    path.unlink()


def test_figures_of_all_that_can_be_decided_are_added(world: World, allowlist: Path) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    rows = [campaign(world["carrier"], 3, victims=1), campaign(world["carrier"], 2, first=10)]
    aside = campaign(world["carrier"], 4, first=20, state="cleared")
    other = campaign(world["bank"], 4, first=30)
    shown = build_preview([row.ref for row in (*rows, aside, other)], TransitionKind.CONFIRM, viewer)
    assert {row.pk for row in shown.allowed} == {row.pk for row in rows}
    assert [row.pk for row, _ in shown.refused] == [aside.pk]
    assert (shown.subjects, shown.victims, shown.opinion_count, shown.allowlisted) == (5, 1, 5, 1)


def test_the_share_of_false_findings_is_that_of_blind_reviews_of_others(world: World) -> None:
    viewer = world.viewer("carrier", Role.REVIEWER)
    row = campaign(world["carrier"])
    assert build_preview([row.ref], TransitionKind.TAKE, viewer).false_share.marked == 0
    settled(world, 40, wrong=0)
    shown = build_preview([row.ref], TransitionKind.TAKE, viewer)
    assert shown.likely_false.endswith("n = 40") and shown.opinion_count == 0
    analyst = world.viewer("carrier", Role.ANALYST)
    assert build_preview([row.ref], TransitionKind.TAKE, analyst).likely_false == "not enough decisions (n = 0)"
