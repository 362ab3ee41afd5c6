"""A campaign tells what the latest finding on its strongest subject says, to investigators with its numbers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from tests.command.campaigns.made import campaign, number
from tests.command.people import World
from tests.command.subjects.made import AT, finding_row

from fanzha.command.campaigns.models import Placement
from fanzha.command.campaigns.strongest import strongest_reasons
from fanzha.command.subjects.finding_codec import Detail, pack
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def detail(words: str) -> bytes:
    return pack(Detail((words,), (words,), f"{words}!", f"{words}!"))


def test_the_strongest_subject_speaks_and_victims_do_not(world: World) -> None:
    row, viewer = campaign(world["carrier"], 3), world.viewer("carrier", Role.ANALYST)
    Placement._base_manager.filter(subject=number(1)).update(top_score=0.95)
    Placement._base_manager.filter(subject=number(2)).update(top_score=0.99, is_victim=True)
    FindingRow._base_manager.filter(subject=number(1)).update(packed=detail("the strongest"))
    finding_row(world["carrier"], number(1), trigger="x", packed=detail("a mistake"), withdrawn_at=AT)
    finding_row(world["bank"], number(1), packed=detail("of the bank"))
    with override("en"):
        assert strongest_reasons([row], viewer) == {row.pk: "the strongest"}
        assert strongest_reasons([row], world.viewer("carrier", Role.CLERK)) == {row.pk: "the strongest!"}


def test_many_campaigns_cost_as_many_queries_as_one(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    rows = [campaign(world["carrier"], 2, first=place * 10) for place in range(8)]
    counts = []
    for asked in (rows[:1], rows, []):
        with CaptureQueriesContext(connection) as held:
            assert len(strongest_reasons(asked, viewer)) == len(asked)
        counts.append(len(held))
    assert counts == [3, 3, 0]
