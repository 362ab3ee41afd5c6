"""The holder appeals in the process that limits, by himself or by a clerk, and can never decide."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.notices.limits_made import decide, hearer, limited, limited_card, notice_of, settle
from tests.command.people import World

from fanzha.command.notices.appeal_entry import (
    Statement,
    allowed_events,
    answer_question,
    can_appeal,
    file_appeal,
    find_appeal,
    find_by_receipt,
    holder_actor,
    withdraw_appeal,
)
from fanzha.command.processes.services import fire
from fanzha.command.processes.worker import fire_due_timers
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.usefixtures("home", "in_english")
COURIER = Statement("I deliver parcels.")


def test_the_holder_of_a_target_files_and_withdraws(world: World) -> None:
    notice, now = limited(world), timezone.now()
    assert can_appeal(notice)
    receipt = file_appeal(notice, COURIER, now)
    appeal = find_by_receipt(receipt)
    assert appeal is not None and appeal == find_appeal(notice) and not can_appeal(notice)
    assert allowed_events(appeal) == {"withdraw_appeal"}
    withdraw_appeal(appeal, COURIER, now)
    assert can_appeal(notice)


def test_an_appeal_filed_twice_at_once_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = limited_card(world)
    file_appeal(notice, COURIER, timezone.now())
    # both checked before the first one filed
    monkeypatch.setattr("fanzha.command.notices.appeal_entry.can_appeal", lambda *_: True)
    with pytest.raises(Refusal):
        file_appeal(notice_of(notice.instance), COURIER, timezone.now())


def test_what_is_not_heard_in_time_goes_to_the_regulator(world: World) -> None:
    notice = limited(world)
    file_appeal(notice, COURIER, timezone.now())
    for days in (20, 30):  # the duty officer is told first
        fire_due_timers(timezone.now() + timedelta(days=days))
    appeal = find_appeal(notice)
    assert appeal is not None and appeal.instance.state == "heard_higher"
    assert (appeal.is_higher, appeal.outcome) == (True, "")
    decide(world, appeal.instance, "regulator_upholds", "administration")
    appeal.refresh_from_db()
    assert appeal.outcome == "upheld"


def test_the_holder_decides_nothing(world: World) -> None:
    notice = limited(world)
    file_appeal(notice, COURIER, timezone.now())
    appeal = find_appeal(notice)
    assert appeal is not None
    for event in ("uphold", "reject", "regulator_upholds"):
        with pytest.raises(Refusal):
            fire(appeal.instance.ref, event, holder_actor(notice), {"reason": "my own", "next_channel": "none"})


def test_the_holder_of_a_card_appeals_in_the_process_that_limits_it(world: World) -> None:
    notice = limited_card(world)
    receipt = file_appeal(notice, COURIER, timezone.now())
    appeal = find_by_receipt(receipt)
    assert appeal is not None and appeal.instance == notice.instance and appeal.instance.state == "appealed"
    with pytest.raises(Refusal):
        fire(notice.instance.ref, "uphold_appeal", holder_actor(notice), {"reason": "my own"})
    fire(notice.instance.ref, "uphold_appeal", hearer(world, "carrier"), {"reason": "a courier"})
    settle()
    appeal.refresh_from_db()
    assert appeal.outcome == "upheld" and notice_of(notice.instance).lifted_at is not None


def test_the_holder_of_a_card_is_asked_answers_and_withdraws(world: World) -> None:
    notice, now = limited_card(world), timezone.now()
    file_appeal(notice, COURIER, now)
    appeal = find_appeal(notice)
    assert appeal is not None and allowed_events(appeal) == {"withdraw_appeal"}
    fire(notice.instance.ref, "ask_person", hearer(world, "carrier"), {"question": "Which company do you work for?"})
    assert allowed_events(appeal) == {"withdraw_appeal", "answer_question"}
    answer_question(appeal, COURIER, now)
    assert allowed_events(appeal) == {"withdraw_appeal"}
    withdraw_appeal(appeal, COURIER, now)
    assert (appeal.outcome, appeal.instance.state) == ("withdrawn", "limited") and can_appeal(notice)


def test_an_appeal_about_a_card_that_is_not_heard_in_time_goes_to_the_regulator(world: World) -> None:
    notice = limited_card(world)
    file_appeal(notice, COURIER, timezone.now())
    for days in (20, 30):  # the duty officer is told first
        fire_due_timers(timezone.now() + timedelta(days=days))
    appeal = find_appeal(notice)
    assert appeal is not None and appeal.instance.state == "appealed_higher"
    assert (appeal.is_higher, appeal.outcome) == (True, "")
    decide(world, appeal.instance, "regulator_upholds", "administration")
    appeal.refresh_from_db()
    assert appeal.outcome == "upheld" and notice_of(notice.instance).lifted_at is not None
