"""A month of made-up cases, written as rows, and bulletins that the centre drafts of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple

from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.bulletins.models import Bulletin
from fanzha.command.bulletins.services import draft_bulletin
from fanzha.command.processes.models import (
    FalseDisposal,
    Leg,
    ProcessInstance,
    ProcessVersion,
    Step,
    Timer,
    TimerStatus,
)
from fanzha.command.processes.services import fire
from fanzha.command.statistics.models import OutsideValue
from fanzha.command.statistics.selectors import last_month, parse_month
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.catalog import all_processes

#: The month of the bulletin, a moment in it, one in the month before, and the moment of the draft.
MONTH = "2026-10"
WITHIN, BEFORE = datetime(2026, 10, 12, 3, tzinfo=UTC), datetime(2026, 9, 12, 3, tzinfo=UTC)
DRAFTED = datetime(2026, 11, 3, 2, tzinfo=UTC)
_keys = count()


class ReportMonth(NamedTuple):
    """How many reports a company was passed in a month, and what became of them."""

    total: int
    true: int = 0
    untrue: int = 0
    late: int = 0  # of those found true
    again: int = 0  # of those found true
    unhandled_late: int = 0
    passed_on: int = 0


def instances(world: World, process: str, owner: str, number: int, at: datetime) -> list[ProcessInstance]:
    """Processes of an owner that were opened a minute apart and have ended, so that they wait for nobody."""
    version = ProcessVersion.of(all_processes()[process])
    rows = [
        ProcessInstance(
            process=process,
            version=version,
            owner=world[owner],
            state="assigned",
            situation={"process": process, "facts": {}, "history": []},
            simulated=True,
            opened_at=at + timedelta(minutes=place),
            changed_at=at + timedelta(minutes=place),
            ended_at=at + timedelta(days=2, minutes=place),
        )
        for place in range(number)
    ]
    return ProcessInstance.objects.bulk_create(rows)


def steps(instance: ProcessInstance, leg: str, *events: str) -> Iterator[Step]:
    """Steps that follow each other by a minute."""
    for number, event in enumerate(events, 1):
        at = instance.opened_at + timedelta(minutes=number)
        yield Step(instance=instance, number=number, leg=leg, event=event, before="", after="", at=at)


def reports_of_month(world: World, company: str, month: ReportMonth, at: datetime = WITHIN) -> None:
    """Reports that the centre passed to a company in a month."""
    with unscoped("test"):
        opened = instances(world, "public_report", "centre", month.total + month.passed_on, at)
        made_legs, made_steps, timers = [], [], []
        for place, one in enumerate(opened):
            is_true, is_untrue = place < month.true, month.true <= place < month.true + month.untrue
            is_late = place < month.late or (0 <= place - month.true - month.untrue < month.unhandled_late)
            events = ["acknowledge"]
            if is_true:
                events += ["find_true", "report_disposed"]
            if is_untrue:
                events += ["find_unfounded"]
            if month.late <= place < month.late + month.again:
                events += ["recheck"]
            if place >= month.total:
                events, is_late = ["pass_on"], False
            made_legs.append(
                Leg(
                    instance=one,
                    name="1",
                    receiver=world[company],
                    state="passed_on" if place >= month.total else "checking",
                    opened_at=one.opened_at,
                    changed_at=one.opened_at,
                    ended_at=one.ended_at,
                )
            )
            made_steps += list(steps(one, "1", *events))
            timers.append(
                Timer(
                    instance=one,
                    timer_id=f"check:{next(_keys)}",
                    leg="1",
                    deadline="check",
                    due_at=one.opened_at + timedelta(hours=1),
                    state=TimerStatus.FIRED if is_late else TimerStatus.CANCELLED,
                )
            )
        Leg.objects.bulk_create(made_legs)
        Step.objects.bulk_create(made_steps)
        Timer.objects.bulk_create(timers)


def limits_of_month(world: World, company: str, total: int, wrong: int, at: datetime = WITHIN) -> None:
    """Cards that a company limited in a month, some of them wrongly and after an appeal."""
    with unscoped("test"):
        made_steps, disposals = [], []
        for place, one in enumerate(instances(world, "card_rereview", company, total, at)):
            made_steps += [
                Step(instance=one, number=1, event="notify", before="", after="notified", at=one.opened_at),
                Step(
                    instance=one, number=2, event="approve_limit", before="proposed", after="limited", at=one.opened_at
                ),
            ]
            if place < wrong:
                moment = one.opened_at + timedelta(days=1)
                made_steps.append(
                    Step(instance=one, number=3, event="uphold_appeal", before="appealed", after="lifting", at=moment)
                )
                disposals.append(
                    FalseDisposal(
                        key=f"made-{next(_keys)}", owner=world[company], instance=one, event="uphold_appeal", at=moment
                    )
                )
        Step.objects.bulk_create(made_steps)
        FalseDisposal.objects.bulk_create(disposals)


def orders_of_month(world: World, company: str, total: int, in_time: int, late: int, at: datetime = WITHIN) -> None:
    """Orders of the centre to a company: carried out in time, late, or not due yet."""
    with unscoped("test"):
        made_legs, made_steps, timers = [], [], []
        for place, one in enumerate(instances(world, "order", "centre", total, at)):
            is_done, is_late = place < in_time + late, in_time <= place < in_time + late
            leg = Leg(
                instance=one,
                name="1",
                receiver=world[company],
                state="executed" if is_done else "acknowledged",
                opened_at=one.opened_at,
                changed_at=one.opened_at,
                ended_at=one.ended_at,
            )
            made_legs.append(leg)
            made_steps += list(steps(one, "1", "acknowledge", *(["report_executed"] if is_done else [])))
            timers.append(
                Timer(
                    instance=one,
                    timer_id=f"execute:{next(_keys)}",
                    leg="1",
                    deadline="execute",
                    due_at=one.opened_at + timedelta(minutes=30) if is_done else DRAFTED + timedelta(days=1),
                    state=TimerStatus.FIRED if is_late else TimerStatus.CANCELLED if is_done else TimerStatus.WAITING,
                )
            )
        Leg.objects.bulk_create(made_legs)
        Step.objects.bulk_create(made_steps)
        Timer.objects.bulk_create(timers)


def warnings_of_month(world: World, company: str, total: int, reached: int, at: datetime = WITHIN) -> None:
    """Possible victims whom a company was to warn: the texts of some arrived."""
    with unscoped("test"):
        opened = instances(world, "dissuasion", company, total, at)
        Step.objects.bulk_create(
            [
                one
                for place, instance in enumerate(opened)
                for one in steps(
                    instance, "", *(["send_text", "record_warning_delivered"] if place < reached else ["send_text"])
                )
            ]
        )


def subscribers_of_month(world: World, month: str = MONTH) -> None:
    """Subscribers of those who have any, as they enter them."""
    counts = {"carrier": 2_000_000, "other_carrier": 1_000_000, "mvno": 60_000, "other_mvno": 40_000}
    OutsideValue.objects.bulk_create(
        OutsideValue(owner=world[name], name="subscribers", month=month, value=count, source="test", entered_at=DRAFTED)
        for name, count in counts.items()
    )


def made_month(world: World) -> None:
    """A month with a good, a worse and a small company, and the month before of the good one."""
    subscribers_of_month(world)
    reports_of_month(world, "carrier", ReportMonth(60, true=50, untrue=8, late=2, again=3, passed_on=4))
    reports_of_month(world, "carrier", ReportMonth(60, true=30, untrue=4, late=6, again=5), BEFORE)
    reports_of_month(world, "other_carrier", ReportMonth(50, true=20, untrue=2, late=9, again=4, unhandled_late=11))
    reports_of_month(world, "mvno", ReportMonth(10, true=10))
    limits_of_month(world, "carrier", 40, 2)
    limits_of_month(world, "other_carrier", 35, 12)
    orders_of_month(world, "carrier", 36, 33, 1)
    warnings_of_month(world, "carrier", 31, 28)


def drafted(world: World, owner: str = "centre", at: datetime = DRAFTED, month: str = MONTH) -> Bulletin:
    """A bulletin that an analyst of the owner had drafted."""
    instance = draft_bulletin(world[owner], parse_month(month), actor(world, owner, Role.ANALYST), at)
    with unscoped("test"):
        return Bulletin.objects.get(ref=instance.ref)


def drafted_before(world: World) -> Bulletin:
    """The bulletin of the month before, drafted a month before."""
    month = last_month(parse_month(MONTH).since)
    return drafted(world, at=DRAFTED - timedelta(days=31), month=month.key)


def sent(world: World, at: datetime = DRAFTED) -> Bulletin:
    """A draft that was sent to the companies."""
    bulletin = drafted(world, at=at)
    fire(bulletin.ref, "send", actor(world, "centre", Role.ANALYST), {}, at=at + timedelta(hours=1))
    return bulletin


def leg_of(bulletin: Bulletin, world: World, company: str) -> str:
    """The name of a company's leg."""
    with unscoped("test"):
        return Leg.objects.get(instance__ref=bulletin.ref, receiver=world[company]).name


def replied(world: World, *, silent: str = "mvno") -> Bulletin:
    """A draft to which all companies but one replied in time."""
    bulletin = sent(world)
    for company in ("carrier", "other_carrier"):
        evidence = {"opinion": "agrees", "reply": f"What {company} says of it."}
        if company == "other_carrier":
            evidence = {
                "opinion": "disagrees",
                "reply": "A queue stood still for two days.",
                "counter_figures": ("Handled 30/50",),  # type: ignore[dict-item]
            }
        fire(
            bulletin.ref,
            "reply",
            actor(world, company, Role.ANALYST),
            evidence,
            leg=leg_of(bulletin, world, company),
            at=DRAFTED + timedelta(days=1),
        )
    pass_reply_time(bulletin, leg_of(bulletin, world, silent))
    return bulletin


def pass_reply_time(bulletin: Bulletin, leg: str) -> None:
    """Let the time to reply of a leg pass."""
    from fanzha.command.processes.services import pass_timer

    with unscoped("test"):
        timer = Timer.objects.get(instance__ref=bulletin.ref, leg=leg, deadline="reply", state=TimerStatus.WAITING)
    assert pass_timer(timer, timer.due_at + timedelta(seconds=1))


def published(world: World) -> Bulletin:
    """A bulletin that a second person published, with the replies in it."""
    bulletin = replied(world)
    at = DRAFTED + timedelta(days=14)
    analyst, reviewer = actor(world, "centre", Role.ANALYST), actor(world, "centre", Role.REVIEWER)
    fire(bulletin.ref, "propose", analyst, {"taken_up": "The reply about the queue stands in it."}, at=at)
    fire(bulletin.ref, "publish", reviewer, {}, at=at + timedelta(hours=1))
    bulletin.refresh_from_db()
    return bulletin
