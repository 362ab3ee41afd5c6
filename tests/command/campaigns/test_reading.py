"""A campaign's page reads its ties, hours, subjects and history; what is undone stays in the history."""

import pytest
from django.utils.translation import override
from tests.command.campaigns.made import campaign, number
from tests.command.people import World

from fanzha.command.campaigns import reading
from fanzha.command.campaigns.acting import act
from fanzha.command.campaigns.deeds import Deed, Doing
from fanzha.command.campaigns.models import Campaign, Tie
from fanzha.command.campaigns.undoing import undo
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by

pytestmark = pytest.mark.django_db


def test_one_text_is_one_tie_however_many_bands_it_has(world: World) -> None:
    row = campaign(world["carrier"])
    for band in range(5):
        Tie._base_manager.create(
            owner=row.owner, kind="script", value="hello", key=f"band{band}", subjects=3, campaign=row
        )
    with override("en"):
        assert [reading.tie_said(tie) for tie in reading.ties_of(row)] == ["trunk T0", "script “hello”"]


def test_findings_are_counted_by_hour(world: World) -> None:
    chart = reading.findings_by_hour(campaign(world["carrier"], 5))
    assert [row[1] for row in chart.table.rows] == [5]


def test_subjects_are_paged_by_score(world: World) -> None:
    row, viewer = campaign(world["carrier"], 5), world.viewer("carrier", Role.ANALYST)
    with seen_by(viewer):
        first = reading.subjects_of(row, viewer, size=3)
        second = reading.subjects_of(row, viewer, first.next, size=3)
        with pytest.raises(ValueError, match="float"):
            reading.subjects_of(row, viewer, "nonsense")
    seen = [one.placement.subject_id for one in (*first.placed, *second.placed)]
    assert sorted(seen) == sorted(number(place).pk for place in range(5)) and second.next == ""


def test_what_was_undone_stays_in_the_history(world: World) -> None:
    row, viewer = campaign(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    done = act({row.ref: None}, Deed(Doing.TAKE), viewer)
    with seen_by(viewer), override("en"):
        assert (found := reading.undoable(Campaign.objects.get(pk=row.pk))) and found.together == done.together
        undo(done.together, viewer)
        assert reading.undoable(Campaign.objects.get(pk=row.pk)) is None
        told = [one.what for one in reading.happenings_of(row, viewer)]
    assert told == ["Undone", "Taken, undone since", "First finding"]
