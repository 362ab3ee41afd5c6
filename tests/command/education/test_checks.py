"""Steps that texts and figures do not allow are refused and not offered."""

import pytest
from django.utils import timezone
from tests.command.education.items_made import (
    CHECKED,
    approved,
    draft,
    fresh,
    item_of,
    published,
    quiz_draft,
    submitted,
    written,
)
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.education.checks import IN_TRIAL, NO_EARLIER, NO_MEASURE, NOT_URGENT, ONLY_ON_PAGE, why_not
from fanzha.command.education.models import EducationVersion
from fanzha.command.education.services import PROCESS, start_version
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def instance_of(version: EducationVersion) -> ProcessInstance:
    with unscoped("test"):
        return ProcessInstance.objects.get(ref=version.process)


def test_a_process_without_a_text_is_not_opened(world: World) -> None:
    evidence = {"item": "X", "kind": "column", "number": 1, "urgency": "usual", "audience": "old", "channel": "page"}
    evidence |= {"reading_zh": 10, "reading_en": 3, "text_zh": "x", "text_en": "x"}
    with pytest.raises(Refusal, match=ONLY_ON_PAGE.en):
        open_process(PROCESS, "submit", world["centre"], actor(world, "centre", Role.EDITOR), evidence)


def test_only_a_new_trick_is_published_at_once(world: World) -> None:
    reviewer = actor(world, "centre", Role.REVIEWER)
    usual = submitted(world, written(world))
    assert why_not(instance_of(usual), "publish_at_once") == NOT_URGENT
    urgent = submitted(world, written(world, draft(slug="new-trick", urgency="urgent")))
    fire(urgent.process, "publish_at_once", reviewer, CHECKED)
    assert item_of(urgent).live == fresh(urgent)


def test_a_new_trick_is_due_in_four_hours(world: World) -> None:
    version = submitted(world, written(world, draft(urgency="urgent")))
    with unscoped("test"):
        timer = instance_of(version).timers.get()
    assert 3.9 < (timer.due_at - timezone.now()).total_seconds() / 3600 < 4.1


def test_a_trial_needs_something_to_compare_with_and_a_measure(world: World) -> None:
    first = approved(world, written(world))
    assert why_not(instance_of(first), "start_trial") == NO_EARLIER
    fire(first.process, "publish", actor(world, "centre", Role.EDITOR), {})
    second = approved(world, start_version(first.item, timezone.now()))
    assert why_not(instance_of(second), "start_trial") == NO_MEASURE
    published(world, quiz_draft())
    assert why_not(instance_of(second), "start_trial") is None
    fire(second.process, "start_trial", actor(world, "centre", Role.EDITOR), {})
    assert why_not(instance_of(second), "start_trial") == IN_TRIAL
    fire(second.process, "stop_trial", actor(world, "centre", Role.REVIEWER), {"reason": "The wording was wrong."})
    assert item_of(second).trial is None and fresh(second).state == "approved"


def test_a_text_is_refused_given_up_or_lapses(world: World) -> None:
    editor, reviewer = actor(world, "centre", Role.EDITOR), actor(world, "centre", Role.REVIEWER)
    refused = submitted(world, written(world))
    fire(refused.process, "refuse", reviewer, {"reason": "It only frightens people."})
    returned = submitted(world, written(world, draft(slug="returned")))
    fire(returned.process, "send_back", reviewer, {"reason": "Say what to do."})
    fire(returned.process, "give_up", editor, {})
    forgotten = approved(world, written(world, draft(slug="forgotten")))
    fire(forgotten.process, "lapse", SYSTEM, {})
    assert [fresh(version).state for version in (refused, returned, forgotten)] == ["refused", "retired", "retired"]
    assert all(fresh(version).ended_at and item_of(version).live is None for version in (refused, returned, forgotten))
