"""What is held of many subjects is read in as many queries as of one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.campaigns.made import number
from tests.command.people import World
from tests.command.subjects.made import AT, finding_row

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.subjects.giving_opinions import Saying, give
from fanzha.command.subjects.known import known_of
from fanzha.command.subjects.models import PoliceCase
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by

pytestmark = pytest.mark.django_db


def test_verdict_case_and_figures_are_those_that_may_be_read(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    for place in range(12):
        finding_row(world["carrier"], number(place), score=0.7)
    finding_row(world["centre"], number(0), marking=Marking.GREEN, score=0.8)
    finding_row(world["bank"], number(0), score=0.9)
    give([number(0)], Saying(Level.SUSPECTED, score=1.0), viewer, timezone.now())
    PoliceCase._base_manager.create(
        subject=number(0), owner=world["police"], marking=Marking.GREEN, reference="A1", status="filed", at=AT
    )
    counts = []
    for many in (1, 12):
        with seen_by(viewer), CaptureQueriesContext(connection) as held:
            known = known_of([number(place) for place in range(many)], viewer)
        counts.append(len(held) - many)  # the subjects themselves
    assert counts[0] == counts[1] == 3
    first, second = known[0], known[1]
    assert (first.findings, first.top_score) == (2, 0.8)
    assert first.verdict and first.verdict.owner_id == world["carrier"].pk
    assert first.case and first.case.reference == "A1"
    assert (second.findings, second.verdict, second.case) == (1, None, None)
