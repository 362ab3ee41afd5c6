"""A campaign's page reads its ties, hours, subjects and history; what is undone stays in the history."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row

from fanzha.command.campaigns import selectors
from fanzha.command.campaigns.models import Campaign, Placement, Tie
from fanzha.command.campaigns.queue import strongest_sentences
from fanzha.command.campaigns.services import apply_transition
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.campaigns.undo import undo_transition
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_one_text_is_one_tie_however_many_bands_it_has(world: World) -> None:
    row = campaign(world["carrier"])
    for band in range(5):
        Tie._base_manager.create(
            owner=row.owner, kind="script", value="hello", key=f"band{band}", subjects=3, campaign=row
        )
    with override("en"):
        assert [selectors.tie_label(tie) for tie in selectors.select_ties(row)] == ["trunk T0", "script “hello”"]


def test_findings_are_counted_by_hour(world: World) -> None:
    chart = selectors.draw_findings_by_hour(campaign(world["carrier"], 5))
    assert [row[1] for row in chart.table.rows] == [5]


def test_subjects_are_paged_by_score(world: World) -> None:
    row, viewer = campaign(world["carrier"], 5), world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        first = selectors.select_campaign_subjects(row, viewer, size=3)
        second = selectors.select_campaign_subjects(row, viewer, first.next, size=3)
        with pytest.raises(ValueError, match="float"):
            selectors.select_campaign_subjects(row, viewer, "nonsense")
    seen = [one.placement.subject_id for one in (*first.campaign_subjects, *second.campaign_subjects)]
    assert sorted(seen) == sorted(number(place).pk for place in range(5)) and second.next == ""


def test_what_was_undone_stays_in_the_history(world: World) -> None:
    row, viewer = campaign(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    done = apply_transition({row.ref: None}, CampaignTransition(TransitionKind.TAKE), viewer)
    with scoped_to(viewer), override("en"):
        assert (
            found := selectors.last_undoable_action(Campaign.objects.get(pk=row.pk))
        ) and found.together == done.together
        undo_transition(done.together, viewer)
        assert selectors.last_undoable_action(Campaign.objects.get(pk=row.pk)) is None
        told = [one.what for one in selectors.campaign_timeline(row, viewer)]
    assert told == ["Undone", "Taken (undone)", "First finding"]


pytestmark = pytest.mark.django_db


def detail(words: str) -> bytes:
    return pack(FindingTexts((words,), (words,), f"{words}!", f"{words}!"))


def test_the_strongest_subject_speaks_and_victims_do_not(world: World) -> None:
    row, viewer = campaign(world["carrier"], 3), world.viewer("carrier", Role.ANALYST)
    Placement._base_manager.filter(subject=number(1)).update(top_score=0.95)
    Placement._base_manager.filter(subject=number(2)).update(top_score=0.99, is_victim=True)
    FindingRow._base_manager.filter(subject=number(1)).update(packed=detail("the strongest"))
    finding_row(world["carrier"], number(1), trigger="x", packed=detail("a mistake"), withdrawn_at=AT)
    finding_row(world["bank"], number(1), packed=detail("of the bank"))
    with override("en"):
        assert strongest_sentences([row], viewer) == {row.pk: "the strongest"}
        assert strongest_sentences([row], world.viewer("carrier", Role.CLERK)) == {row.pk: "the strongest!"}


def test_many_campaigns_cost_as_many_queries_as_one(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    rows = [campaign(world["carrier"], 2, first=place * 10) for place in range(8)]
    counts = []
    for asked in (rows[:1], rows, []):
        with CaptureQueriesContext(connection) as held:
            assert len(strongest_sentences(asked, viewer)) == len(asked)
        counts.append(len(held))
    assert counts == [3, 3, 0]
