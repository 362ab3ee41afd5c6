"""All that match are decided in chunks, with progress, by who still may, and undone by one press."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns import bulk_runs
from fanzha.command.campaigns.bulk_runs import matching_refs, resume_stalled, run_bulk, start_run
from fanzha.command.campaigns.models import BulkRun, BulkRunState, Campaign
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


def states(viewer: Viewer) -> list[str]:
    return list(Campaign._base_manager.filter(owner=viewer.organization).order_by("pk").values_list("state", flat=True))


def test_the_filter_selects_own_campaigns_hottest_first(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    with scoped_to(viewer):
        assert matching_refs("show=waiting&columns=time", viewer) == all_refs(viewer)[3::-1]
        assert len(matching_refs("kind=nonsense", viewer)) == 4 and matching_refs("show=late&kind=other", viewer) == []
        monkeypatch.setattr(bulk_runs, "MAX_MATCHED", 1)
        assert len(matching_refs("", viewer)) == 1


def test_a_run_changes_what_it_may_and_is_undone_by_one_press(viewer: Viewer) -> None:
    run = start_run(all_refs(viewer), SNOOZE, viewer)
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
    run = start_run(all_refs(viewer), SNOOZE, viewer)
    BulkRun._base_manager.update(position=2, done=2, state="running")
    run_bulk.call(run.ref)
    assert states(viewer) == ["open", "open", "snoozed", "snoozed", "cleared"]
    run_bulk.call(run.ref)
    assert BulkRun._base_manager.get().done == 4


def test_a_run_of_a_killed_worker_is_queued_again_once(viewer: Viewer) -> None:
    start_run(all_refs(viewer), SNOOZE, viewer)
    later = timezone.now() + timedelta(hours=1)
    resume_stalled(later)
    assert DBTaskResult.objects.count() == 1  # it still waits
    DBTaskResult.objects.all().delete()
    resume_stalled(later)
    resume_stalled(later)
    assert DBTaskResult.objects.count() == 1


def test_who_lost_the_role_changes_nothing_any_more(viewer: Viewer) -> None:
    run = start_run(all_refs(viewer), SNOOZE, viewer)
    Membership.objects.filter(person=viewer.person).update(role=Role.CLERK)
    run_bulk.call(run.ref)
    assert states(viewer)[:4] == ["open"] * 4 and BulkRun._base_manager.get().done == 0


def test_what_is_not_done_with_all(world: World, viewer: Viewer) -> None:
    for transition, actor in (
        (CampaignTransition(TransitionKind.MERGE), viewer),
        (SNOOZE, viewer._replace(person=None)),
        (SNOOZE, world.viewer("carrier", Role.CLERK)),
        (CampaignTransition(TransitionKind.CLEAR), viewer),  # without a reason
    ):
        with pytest.raises(Refusal):
            start_run(all_refs(viewer), transition, actor)
