"""What follows a step: notices to the person, list entries, false disposals, messages, and the next process."""

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.command.processes import effects
from fanzha.command.processes.models import (
    FalseDisposal,
    ListEntry,
    Notification,
    OutboxItem,
    ProcessInstance,
    SubjectNotice,
)
from fanzha.command.processes.services import open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.effects import Effect


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
    assert "limited" in notice.fact_en and "限制" in notice.fact_zh and notice.remedy_en and notice.basis_zh
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
