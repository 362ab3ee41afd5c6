"""What follows a step: notices to the person, list entries, false disposals, messages, and the next process."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests.command.audit.rereviews import CARD, personal, verifying
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.verification import verify
from fanzha.command.organizations.models import Duty, Person
from fanzha.command.processes import effects
from fanzha.command.processes.effects import EFFECTS, erase_personal_files
from fanzha.command.processes.hooks import load_handlers
from fanzha.command.processes.models import (
    FalseDisposal,
    ListEntry,
    Notification,
    OutboxItem,
    ProcessInstance,
    SubjectNotice,
)
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import fire, open_process
from fanzha.command.processes.worker import run_once
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.effects import Effect
from fanzha.processes.refusal import Refusal
from fanzha.store.evidence_files import find_file


def done_twice(item: OutboxItem) -> None:
    for _ in range(2):
        effects.EFFECTS[Effect(item.effect)].run(item)


def made(world: World, effect: Effect, **payload: object) -> OutboxItem:
    return OutboxItem.objects.create(
        key=f"test:{effect}", instance=drafted(world), step=1, effect=effect, payload={"event": "draft", **payload}
    )


def test_the_person_concerned_is_told_fact_period_basis_and_remedy_once(world: World) -> None:
    order = issued(world)
    with unscoped("test"):
        done_twice(OutboxItem.objects.get(instance=order, effect=Effect.NOTIFY_SUBJECT))
        notice = SubjectNotice.objects.get()
    assert "measure was taken" in notice.fact_en and "措施" in notice.fact_zh and notice.remedy_en and notice.basis_zh
    assert notice.until is not None and notice.until > timezone.now()
    assert "burst" not in notice.fact_en  # what was seen stays with investigators


def test_a_list_entry_ends_and_is_kept(world: World) -> None:
    item = made(world, Effect.PUBLISH_LIST_ENTRY)
    with unscoped("test"):
        done_twice(item)
        assert ListEntry.objects.get().withdrawn_at is None
        done_twice(OutboxItem(key="off", instance=item.instance, effect=Effect.WITHDRAW_LIST_ENTRY))
        assert ListEntry.objects.get().withdrawn_at is not None


def test_a_false_disposal_is_counted_once(world: World) -> None:
    with unscoped("test"):
        done_twice(made(world, Effect.RECORD_FALSE_DISPOSAL, event="roll_back"))
        assert [one.event for one in FalseDisposal.objects.all()] == ["roll_back"]


def test_carriers_of_the_province_are_asked_to_warn(world: World) -> None:
    with unscoped("test"):
        done_twice(made(world, Effect.WARN_EXPOSED))
        told = {one.owner_id for one in Notification.objects.all()}
    assert told == {world[name].pk for name in ("carrier", "other_carrier", "mvno", "other_mvno")}


def test_the_regulator_of_the_province_is_told(world: World) -> None:
    with unscoped("test"):
        done_twice(made(world, Effect.NOTIFY_REGULATOR))
        assert [one.owner_id for one in Notification.objects.all()] == [world["administration"].pk]


def test_carriers_who_warn_see_of_what_and_not_of_whom(world: World) -> None:
    analyst, centre, platform = actor(world, "centre", Role.ANALYST), world["centre"], world["platform"]
    site = {"kind": "site", "indicator": "pay.example.com", "live_victims": "plain"}
    account = {"account": "wechat:made_up", "cause": "patrol", "findings": ("made up",)}
    made = open_process("indicator", "report", centre, analyst, site)
    flagger = actor(world, "platform", Role.ANALYST)
    other = open_process("platform_account", "flag", platform, flagger, account)
    with unscoped("test"):
        for number, instance in enumerate((made, other)):
            item = OutboxItem(key=f"{number}", instance=instance, effect=Effect.WARN_EXPOSED, payload={"event": "x"})
            done_twice(item)
    with scoped_to(world.viewer("carrier", Role.EXECUTOR)):
        assert list(ProcessInstance.objects.all()) == [made]


# When a check has passed, the face goes; that it went is on record, once.


def test_the_worker_finds_it(world: World) -> None:
    assert load_handlers()[Effect.ERASE_BIOMETRICS] is EFFECTS[Effect.ERASE_BIOMETRICS]


def test_a_check_that_passed_leaves_no_face(world: World) -> None:
    review, name = verifying(world)
    fire(review.ref, "pass_verification", actor(world, "carrier", Role.REVIEWER), {})
    assert find_file(name) is not None
    deliver_due(timezone.now())
    assert find_file(name) is None
    assert personal(review) == [{"card": CARD}, {"purpose": "for my family"}]
    with unscoped("test"):
        item = OutboxItem.objects.select_related("instance__owner").get(effect="erase_biometrics")
        assert item.state == "done"
        erase_personal_files(item)
        on_record = LogEntry.objects.filter(kind="biometrics_erased")
        assert [(one.process, one.organisation) for one in on_record] == [(review.ref, world["carrier"].ref)]
        assert '"files":1' in on_record[0].facts
    assert verify().faults == []


# Who is on duty follows from the process that names officers: escalations go to the right person at each moment.


def people(world: World) -> tuple[Person, Person]:
    return world.person("carrier", Role.DUTY_OFFICER), world.person("carrier", Role.REVIEWER)


def named(world: World, begins_at: datetime) -> ProcessInstance:
    officer, deputy = people(world)
    return open_process(
        "duty_officers",
        "name_persons",
        world["carrier"],
        actor(world, "carrier", Role.ADMINISTRATOR),
        {
            "officer": officer.ref,
            "deputy": deputy.ref,
            "begins_at": to_ms(begins_at),
            "ends_at": to_ms(begins_at + timedelta(hours=12)),
            "reachable_by": "the duty line",
        },
        at=begins_at - timedelta(hours=1),
    )


def on_duty(world: World, at: datetime) -> Person | None:
    watch = Duty.at(world["carrier"].pk, at)
    return watch.officer if watch else None


def test_an_officer_who_confirmed_is_on_duty_from_the_beginning_on(world: World) -> None:
    now = timezone.now()
    begins_at = now - timedelta(minutes=1)
    running = named(world, begins_at)
    fire(running.ref, "confirm", actor(world, "carrier", Role.DUTY_OFFICER), {}, at=begins_at - timedelta(minutes=5))
    assert on_duty(world, now) is None
    run_once()
    assert on_duty(world, now) == people(world)[0]
    assert on_duty(world, now + timedelta(hours=13)) is None


def test_the_deputy_stands_in_for_who_did_not_confirm(world: World) -> None:
    now = timezone.now()
    named(world, now - timedelta(minutes=1))
    run_once()
    assert on_duty(world, now) == people(world)[1]
    assert Duty.objects.count() == 1


def test_handing_to_the_deputy_and_back_moves_the_one_watch(world: World) -> None:
    now = timezone.now()
    begins_at = now - timedelta(minutes=1)
    running, officer = named(world, begins_at), actor(world, "carrier", Role.DUTY_OFFICER)
    fire(running.ref, "confirm", officer, {}, at=begins_at - timedelta(minutes=5))
    run_once()
    for event, who in (("hand_to_deputy", 1), ("come_back", 0)):
        fire(running.ref, event, officer, *([{"open_matters": "two orders"}]))
        run_once()
        assert on_duty(world, timezone.now()) == people(world)[who]
    assert Duty.objects.count() == 1


def test_handing_over_ends_the_watch_and_an_effect_done_twice_changes_nothing(world: World) -> None:
    now = timezone.now()
    begins_at = now - timedelta(minutes=1)
    running, officer = named(world, begins_at), actor(world, "carrier", Role.DUTY_OFFICER)
    fire(running.ref, "confirm", officer, {}, at=begins_at - timedelta(minutes=5))
    run_once()
    fire(running.ref, "hand_over", officer, {"open_matters": "none"})
    run_once()
    ended = Duty.objects.get().until
    assert ended <= timezone.now()
    with unscoped("test"):
        OutboxItem.objects.filter(effect="clear_duty").update(state="waiting", next_at=now)
    run_once()
    assert Duty.objects.get().until == ended


def test_nobody_is_his_own_deputy(world: World) -> None:
    officer = world.person("carrier", Role.DUTY_OFFICER).ref
    begins_at = timezone.now() + timedelta(hours=1)
    given = {
        "officer": officer,
        "deputy": officer,
        "begins_at": to_ms(begins_at),
        "ends_at": to_ms(begins_at + timedelta(hours=1)),
        "reachable_by": "the duty line",
    }
    with pytest.raises(Refusal) as refused:
        open_process(
            "duty_officers", "name_persons", world["carrier"], actor(world, "carrier", Role.ADMINISTRATOR), given
        )
    assert set(refused.value.fields) == {"deputy"}
