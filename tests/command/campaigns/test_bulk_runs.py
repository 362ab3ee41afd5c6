"""All that match are decided in chunks, with progress, by who still may, and undone by one press."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns import bulk_runs
from fanzha.command.campaigns.bulk_runs import (
    ClaimLost,
    matching_refs,
    resume_stalled,
    retry_run,
    run_bulk,
    start_large_undo,
    start_run,
)
from fanzha.command.campaigns.models import BulkRun, BulkRunState, Campaign
from fanzha.command.campaigns.services import apply_transition
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.campaigns.undo import undo_transition
from fanzha.command.organizations.models import Membership
from fanzha.command.processes.models import Notification
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db
SNOOZE = CampaignTransition(TransitionKind.SNOOZE, until=timezone.now() + timedelta(days=2))


@pytest.fixture
def viewer(world: World, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    monkeypatch.setattr(bulk_runs, "CHUNK", 2)
    for place in range(5):
        campaign(world["carrier"], 1, first=10 * place, state="cleared" if place == 4 else "open")
    campaign(world["bank"], 1, first=90)
    return world.viewer("carrier", Role.ANALYST)


def all_refs(viewer: Viewer) -> list[str]:
    return list(Campaign._base_manager.filter(owner=viewer.organization).order_by("pk").values_list("ref", flat=True))


def shown(viewer: Viewer) -> dict[str, int | None]:
    """The campaigns of the organisation with the revisions that a preview would show now."""
    return dict(Campaign._base_manager.filter(owner=viewer.organization).order_by("pk").values_list("ref", "revision"))


def states(viewer: Viewer) -> list[str]:
    return list(Campaign._base_manager.filter(owner=viewer.organization).order_by("pk").values_list("state", flat=True))


def test_the_filter_selects_own_campaigns_hottest_first(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    with scoped_to(viewer):
        assert matching_refs("show=waiting&columns=time", viewer) == all_refs(viewer)[3::-1]
        assert len(matching_refs("kind=nonsense", viewer)) == 4 and matching_refs("show=late&kind=other", viewer) == []
        monkeypatch.setattr(bulk_runs, "MAX_MATCHED", 1)
        assert len(matching_refs("", viewer)) == 1


def test_a_run_changes_what_it_may_and_is_undone_by_one_press(viewer: Viewer) -> None:
    run = start_run(shown(viewer), SNOOZE, viewer)
    assert DBTaskResult.objects.filter(task_path=run_bulk.module_path).count() == 1
    run_bulk.call(run.ref)
    done = BulkRun._base_manager.get()
    assert (done.state, done.position, done.done) == (BulkRunState.DONE, 5, 4)
    assert states(viewer) == ["snoozed"] * 4 + ["cleared"]
    (told,) = Notification._base_manager.filter(person=viewer.person, path=f"/campaigns/bulk/{run.ref}/")
    assert told.text_en == "Bulk action finished: 4 of 5 campaigns snoozed"
    with scoped_to(viewer):
        assert len(undo_transition(run.together, viewer).done) == 4
    assert states(viewer) == ["open"] * 4 + ["cleared"]


def test_an_interrupted_run_goes_on_where_it_stopped_and_a_finished_one_does_nothing(viewer: Viewer) -> None:
    run = start_run(shown(viewer), SNOOZE, viewer)
    BulkRun._base_manager.update(position=2, done=2)
    run_bulk.call(run.ref)
    assert states(viewer) == ["open", "open", "snoozed", "snoozed", "cleared"]
    run_bulk.call(run.ref)
    assert BulkRun._base_manager.get().done == 4


def test_a_run_of_a_killed_worker_is_queued_again_once(viewer: Viewer) -> None:
    start_run(shown(viewer), SNOOZE, viewer)
    later = timezone.now() + timedelta(hours=1)
    resume_stalled(later)
    assert DBTaskResult.objects.count() == 1  # it still waits
    DBTaskResult.objects.all().delete()
    BulkRun._base_manager.update(state="running", claim="killed")
    resume_stalled(later)
    resume_stalled(later)
    assert DBTaskResult.objects.count() == 1
    assert (BulkRun._base_manager.get().state, BulkRun._base_manager.get().claim) == ("queued", "")


def test_who_lost_the_role_changes_nothing_any_more(viewer: Viewer) -> None:
    run = start_run(shown(viewer), SNOOZE, viewer)
    Membership.objects.filter(person=viewer.person).update(role=Role.CLERK)
    run_bulk.call(run.ref)
    failed = BulkRun._base_manager.get()
    assert states(viewer)[:4] == ["open"] * 4 and failed.done == 0
    assert (failed.state, failed.problem_en) == (BulkRunState.FAILED, "Your role cannot decide on campaigns")


def test_what_is_not_done_with_all(world: World, viewer: Viewer) -> None:
    for transition, actor in (
        (CampaignTransition(TransitionKind.MERGE), viewer),
        (SNOOZE, viewer._replace(person=None)),
        (SNOOZE, world.viewer("carrier", Role.CLERK)),
        (CampaignTransition(TransitionKind.CLEAR), viewer),  # without a reason
    ):
        with pytest.raises(Refusal):
            start_run(shown(viewer), transition, actor)


def test_what_changed_since_it_was_shown_is_left_out_and_named(viewer: Viewer) -> None:
    run = start_run(shown(viewer), SNOOZE, viewer)
    first = all_refs(viewer)[0]
    apply_transition({first: None}, CampaignTransition(TransitionKind.TAKE), viewer)
    run_bulk.call(run.ref)
    done = BulkRun._base_manager.get()
    assert states(viewer) == ["open", *["snoozed"] * 3, "cleared"] and done.done == 3
    assert [ref for ref, _zh, _en in done.left_out] == [first, all_refs(viewer)[4]]
    assert "was first: taken" in done.left_out[0][2]


def test_a_run_that_another_worker_has_is_left_to_it(viewer: Viewer) -> None:
    run = start_run(shown(viewer), SNOOZE, viewer)
    BulkRun._base_manager.update(state="running", claim="another")
    run_bulk.call(run.ref)
    assert states(viewer)[:4] == ["open"] * 4
    stale = BulkRun._base_manager.select_related("owner", "person", "to").get()
    stale.claim = "before"
    with pytest.raises(ClaimLost), scoped_to(viewer):
        bulk_runs._take_chunk(stale, viewer)
    assert states(viewer)[:4] == ["open"] * 4 and BulkRun._base_manager.get().claim == "another"


def test_a_failed_run_says_why_and_goes_on_where_it_stopped(viewer: Viewer) -> None:
    run = start_run(shown(viewer), SNOOZE, viewer)
    BulkRun._base_manager.update(position=2, done=2, kind="split")  # nothing that is done with many
    run_bulk.call(run.ref)
    failed = BulkRun._base_manager.get()
    assert (failed.state, failed.position) == (BulkRunState.FAILED, 2) and failed.problem_en
    (told,) = Notification._base_manager.filter(person=viewer.person)
    assert "failed (Split off)" in told.text_en and told.path == f"/campaigns/bulk/{run.ref}/"
    BulkRun._base_manager.update(kind="snooze")
    retry_run(failed, viewer)
    run_bulk.call(run.ref)
    assert states(viewer) == ["open", "open", "snoozed", "snoozed", "cleared"]
    with pytest.raises(Refusal, match="has not failed"):
        retry_run(failed, viewer)


def test_the_undo_of_many_is_a_run_too(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    done = start_run(shown(viewer), SNOOZE, viewer)
    run_bulk.call(done.ref)
    assert start_large_undo(done.together, viewer) is None  # few enough to be undone at once
    monkeypatch.setattr(bulk_runs, "AT_ONCE", 3)
    undo = start_large_undo(done.together, viewer)
    assert undo is not None and (undo.kind, len(undo.refs)) == ("undo", 4)
    run_bulk.call(undo.ref)
    assert states(viewer) == ["open"] * 4 + ["cleared"]
    assert BulkRun._base_manager.get(pk=undo.pk).done == 4


def test_who_takes_many_over_gets_one_message(world: World, viewer: Viewer) -> None:
    to = world.person("carrier", Role.REVIEWER)
    run = start_run(shown(viewer), CampaignTransition(TransitionKind.HAND_OVER, "all yours", to=to), viewer)
    run_bulk.call(run.ref)
    (told,) = Notification._base_manager.filter(person=to)
    assert told.text_en.startswith("carrier analyst hands over 4 campaigns to you: ")
    assert told.text_en.endswith(" and others. all yours") and told.path == "/campaigns/?show=mine"
