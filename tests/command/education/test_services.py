"""An editor writes, another person approves, the newer version replaces the older; the shipped set is approved once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.education.items_made import (
    CHECKED,
    approved,
    draft,
    fresh,
    item_of,
    published,
    submitted,
    written,
)
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.education.services import (
    approve_shipped,
    create_item,
    hash_text,
    missing_shipped,
    save_version,
    start_version,
    submit_shipped,
    submit_version,
    waiting_shipped,
)
from fanzha.command.education.shipped_items import shipped_items
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_steps_record_reading_level_and_hashes_of_the_text(world: World) -> None:
    version = submitted(world, written(world))
    with unscoped("test"):
        evidence = Step.objects.get(instance__ref=version.process).evidence
    assert evidence["text_zh"] == hash_text(version, "zh") and evidence["text_en"] == hash_text(version, "en")
    assert evidence["audience"] == "everybody" and evidence["channel"] == "page"
    assert version.state == "draft" and version.item.live is None


def test_nobody_approves_their_own_text(world: World) -> None:
    both = actor(world, "centre", Role.EDITOR, Role.REVIEWER)
    version = written(world)
    submit_version(version, both, timezone.now())
    with pytest.raises(Refusal) as refused:
        fire(fresh(version).process, "approve", both, CHECKED)
    assert refused.value.reason is Reason.SAME_PERSON


def test_a_text_is_fixed_once_it_is_submitted_and_free_once_it_is_sent_back(world: World) -> None:
    version = submitted(world, written(world))
    with pytest.raises(Refusal):
        save_version(version, draft(title_en="Another"))
    reviewer = actor(world, "centre", Role.REVIEWER)
    fire(version.process, "send_back", reviewer, {"reason": "Say what to do first."})
    save_version(version, draft(body_en="## What to do\n- Call 110 first."))
    submit_version(fresh(version), actor(world, "centre", Role.EDITOR), timezone.now())
    with unscoped("test"):
        step = Step.objects.filter(instance__ref=version.process, event="resubmit").get()
    assert step.evidence["text_en"] == hash_text(fresh(version), "en")
    fire(version.process, "approve", reviewer, CHECKED)
    assert fresh(version).state == "approved" and fresh(version).checked_at


def test_a_newer_version_is_shown_instead(world: World) -> None:
    first = published(world)
    second = start_version(first.item, timezone.now())
    assert second.number == 2 and start_version(first.item, timezone.now()) == second
    save_version(second, draft(title_en="A better title"))
    fire(approved(world, second).process, "publish", actor(world, "centre", Role.EDITOR), {})
    assert item_of(first).live == second and fresh(first).state == "live"  # the periodic job retires the first


def test_what_is_withdrawn_is_shown_no_longer(world: World) -> None:
    version = published(world)
    fire(
        version.process, "retire", actor(world, "centre", Role.REVIEWER), {"reason": "The trick is not used any more."}
    )
    assert item_of(version).live is None and fresh(version).ended_at


def test_a_text_with_a_phone_number_is_not_submitted(world: World) -> None:
    version = written(world, draft(body_en="## What to do\n- Call 17000000088.", slug="number"))
    with pytest.raises(Refusal, match="phone number"):
        submit_version(version, actor(world, "centre", Role.EDITOR), timezone.now())


def test_an_address_is_used_once(world: World) -> None:
    written(world)
    with pytest.raises(Refusal):
        create_item(world["centre"], draft(), timezone.now())
    assert create_item(world["carrier"], draft(), timezone.now()).item.slug == "made-up"


def test_the_shipped_set_is_approved_whole_by_another_person(world: World) -> None:
    editor, now = actor(world, "centre", Role.EDITOR, Role.REVIEWER), timezone.now()
    reviewer = actor(world, "centre", Role.DUTY_OFFICER)
    refs = submit_shipped(world["centre"], editor, now)
    assert len(refs) == len(shipped_items()) and submit_shipped(world["centre"], editor, now) == []
    assert not missing_shipped(world["centre"]) and len(waiting_shipped(world["centre"])) == len(refs)
    with pytest.raises(Refusal):
        approve_shipped(world["centre"], editor, "I read it.", now)
    assert approve_shipped(world["centre"], reviewer, "All of it was read.", now) == len(refs)
    with unscoped("test"):
        assert set(ProcessInstance.objects.filter(ref__in=refs).values_list("state", flat=True)) == {"live"}
        instance = ProcessInstance.objects.get(ref=refs[0])
        due = instance.timers.get(state="waiting").due_at
    assert abs(due - now - timedelta(days=180)) < timedelta(days=1)
