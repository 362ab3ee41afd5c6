"""Every kind of limit writes a notice to its holder, and the end of the limit ends it."""

from typing import Any

import pytest
from django.utils import timezone
from tests.command.notices.limits_made import code_of, limited, notice_of, settle
from tests.command.people import World
from tests.command.processes.orders_made import MIXED_TARGETS, actor, mixed_issued

from fanzha.command.notices.models import LimitNotice
from fanzha.command.notices.registry import HIGHER, WITHDRAWALS, erase_notices, find_things
from fanzha.command.notices.selectors import heard_states
from fanzha.command.processes.effects import write_notice
from fanzha.command.processes.models import OutboxItem, SubjectNotice
from fanzha.command.processes.selectors import load_processes
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.effects import Effect
from fanzha.processes.process import DataCategory

pytestmark = pytest.mark.usefixtures("home", "in_english")


def test_each_target_of_an_order_has_a_notice_of_its_own(world: World) -> None:
    order = mixed_issued(world)
    settle()
    with unscoped("test"):
        rows = list(LimitNotice.objects.filter(instance=order).order_by("place"))
    assert [row.place for row in rows] == [1, 2, 3] and len(rows) == len(MIXED_TARGETS)
    assert [row.has_pin for row in rows] == [False, True, True]
    assert len({row.code for row in rows}) == 3


def test_a_roll_back_ends_the_notice_before_it_was_delivered(world: World) -> None:
    notice = limited(world)
    fire(notice.instance.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "the wrong number"})
    settle()
    notice = notice_of(notice.instance)
    assert notice.state == "lifted" and notice.lifted_at is not None


def test_a_renewal_is_told_again_with_the_same_code(world: World) -> None:
    notice = limited(world)
    with unscoped("test"):
        LimitNotice.objects.update(state="delivered", delivered_at=timezone.now())
    end = int(timezone.now().timestamp() * 1000) + 20 * 86_400_000
    fire(
        notice.instance.ref,
        "propose_renewal",
        actor(world, "centre", Role.ANALYST),
        {"reason": "goes on", "proposed_end": end},
    )
    fire(
        notice.instance.ref,
        "approve_renewal",
        actor(world, "centre", Role.REVIEWER),
        {"expires_at": end, "opinion": "yes"},
    )
    settle()
    renewed = notice_of(notice.instance)
    assert renewed.notice_id != notice.notice_id and renewed.delivered_at is None
    assert code_of(renewed) == code_of(notice)
    with unscoped("test"):
        assert SubjectNotice.objects.filter(instance=notice.instance).count() == 2


def test_an_erased_person_leaves_no_value(world: World) -> None:
    notice = limited(world)
    erase_notices(notice.instance.ref)
    erased = notice_of(notice.instance)
    assert (erased.thing, erased.shown, erased.proof) == ("", "", "")


def test_every_limit_of_every_process_can_be_appealed_and_an_upheld_appeal_counts() -> None:
    for process in load_processes().values():
        limiting = {name for name, state in process.states.items() if state.limiting}
        if not limiting or process.data is DataCategory.MIRRORED:
            continue
        appealed = {source for event in process.events.values() if event.appeal for source in event.sources}
        heard = {source for event in process.events.values() if event.decides_appeal for source in event.sources}
        assert limiting <= appealed | heard, process.name
        for event in process.events.values():
            if event.decides_appeal and not process.states[event.to].limiting:
                assert Effect.RECORD_FALSE_DISPOSAL in event.effects, (process.name, event.to)


#: Processes about companies, whose appeals the regulator hears from the beginning.
OF_COMPANIES = {"annual_report", "service_assessment", "supervision"}


def test_every_appeal_can_be_withdrawn_and_asked_about_and_goes_on_if_nobody_hears_it() -> None:
    for process in load_processes().values():
        limits = any(state.limiting for state in process.states.values())
        if not limits or process.data is DataCategory.MIRRORED or process.name in OF_COMPANIES:
            continue
        ((_, heard),) = heard_states([process])
        for name in ("ask_person", "answer_question"):
            assert set(heard) <= set(process.events[name].sources), (process.name, name)
        withdrawn = {source for name in WITHDRAWALS & set(process.events) for source in process.events[name].sources}
        assert set(heard) <= withdrawn, process.name
        higher = {process.events[name].to for name in HIGHER & set(process.events)}
        fired = {step.fire for deadline in process.deadlines.values() for step in deadline.then}
        passed_on = {
            source for name in fired & {"not_heard", "closing_not_heard"} for source in process.events[name].sources
        }
        assert process.owners == ("police",) or set(heard) == higher | passed_on, process.name


def test_a_process_that_names_nothing_has_one_notice_for_the_desk(world: World) -> None:
    notice = limited(world)
    assert [thing.kind for thing in find_things(notice.instance)] == ["phone_number"]


def test_the_queries_of_an_order_do_not_grow_with_its_targets(world: World, django_assert_max_num_queries: Any) -> None:
    numbers = tuple(f"number:+86170000{place:05d}" for place in range(60))
    order = mixed_issued(world, ("carrier",), numbers)
    item = OutboxItem.objects.select_related("instance__version").get(instance=order, effect="notify_subject")
    with unscoped("test"), django_assert_max_num_queries(40):
        write_notice(item)
        assert LimitNotice.objects.filter(instance=order).count() == len(numbers)
    assert OutboxItem.objects.filter(instance=order, effect="send_notice_text").count() == len(numbers)
