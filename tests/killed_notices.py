"""Notices of limits and appeals, by a process that is killed at random again and again, and what is then on record.

`python -m tests.killed_notices KILLS SEED` works on the site of FANZHA_HOME and prints JSON. Each limit is an order on
a number of its own: its notice is written, printed, handed over and opened by the person, who appeals; the appeal is
upheld, rejected twice, or withdrawn. Every kind also runs once undisturbed: that is what the others are compared with.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from tests.killed_orders import KINDS, act_as, finished, killed, known_world, settle

# isort: split
from django.utils import timezone
from tests.command.people import World, make_world
from tests.command.processes.orders_made import draft_evidence

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.verification import verify
from fanzha.command.notices.appeal_entry import Statement, appeal_higher, file_appeal, find_appeal, withdraw_appeal
from fanzha.command.notices.deliveries import Attempt
from fanzha.command.notices.models import DeliveryOutcome, DeliveryRoute, LimitAppeal, LimitNotice, NoticeDelivery
from fanzha.command.notices.notice_codes import make_notice_code
from fanzha.command.notices.services import hand_over, open_notice, print_code
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import Leg, ProcessInstance, Step, SubjectNotice
from fanzha.command.processes.parties import to_actor
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import Actor

LONGEST_SECONDS = 0.4  # of work before a kill
REASON = {"reason": "a courier with delivery slips"}
STATEMENT = Statement("I deliver parcels.")
CLERK = ("carrier", Role.CLERK)
HEARERS = {"centre": (Role.DUTY_OFFICER, Role.REVIEWER), "administration": (Role.REVIEWER,)}


def work(limits: int, told: Callable[[str], None], leases: int = 2) -> None:
    """Do what is left to do with so many limits; `told` hears of each thing after it is on record."""
    world = known_world()
    for number in range(limits):
        notice = limit(world, number, told, leases)
        deliver(world, notice, told)
        appeal(world, notice, number % KINDS, told, leases)


def limit(world: World, number: int, told: Callable[[str], None], leases: int) -> LimitNotice:
    """Order on a number and approve the order; return its notice."""
    ref, now = digest(f"killed limit {number}", size=13).upper(), timezone.now()
    with unscoped("the test looks how far it was"):
        order = ProcessInstance.objects.filter(ref=ref).first()
    if order is None:
        evidence = draft_evidence(world, now, ("carrier",)) | {"subjects": (f"+861700000{number:04d}",)}
        about = About(title=f"limit {number}", simulated=True)
        analyst = act_as(world, "centre", Role.ANALYST)
        order = open_process("order", "draft", world["centre"], analyst, evidence, about=about, at=now, ref=ref)
        told(f"{ref} draft")
    act(order, "approve", act_as(world, "centre", Role.REVIEWER), {"opinion": "as the evidence says"}, told)
    settle(leases)
    with unscoped("the test looks how far it was"):
        return LimitNotice.objects.select_related("owner", "instance__version", "instance__owner").get(instance=order)


def deliver(world: World, notice: LimitNotice, told: Callable[[str], None]) -> None:
    """Print a notice, hand it over, and open it as its holder does; each once."""
    viewer, now = world.viewer(*CLERK), timezone.now()
    with unscoped("the test looks how far it was"):
        is_printed = LogEntry.objects.filter(kind="notice_code_printed", about=notice.ref).exists()
    if not is_printed:
        print_code(viewer, notice, replaces=False, now=now)
        told(f"{notice.ref} printed")
    if not notice.deliveries.filter(outcome=DeliveryOutcome.HANDED_OVER).exists():
        attempt = Attempt("", DeliveryRoute.SHOP, DeliveryOutcome.HANDED_OVER, "identity_card")
        hand_over(viewer, notice, attempt, world["carrier"], now)
        told(f"{notice.ref} handed_over")
    opened = open_notice(make_notice_code(notice.ref, notice.generation), notice.shown[-4:], now)
    assert opened is not None
    told(f"{notice.ref} opened")


def appeal(world: World, notice: LimitNotice, kind: int, told: Callable[[str], None], leases: int) -> None:
    """Appeal for the holder, and decide it by its kind: upheld, rejected by owner and regulator, or withdrawn."""
    if find_appeal(notice) is None:
        file_appeal(notice, STATEMENT, timezone.now())
        told(f"{notice.ref} appealed")
    filed = find_appeal(notice)
    assert filed is not None
    case = filed.instance
    if kind == 0:
        act(case, "uphold", hearer(world, "centre"), REASON, told)
        settle(leases)
        executor = act_as(world, "carrier", Role.EXECUTOR)
        with unscoped("the test looks how far it was"):
            leg = Leg.objects.get(instance=case)
        lifted = {"lifted_at": to_ms(timezone.now()), "result": "done"}
        act(case, "report_lifted", executor, lifted, told, leg.name)
    elif kind == 1:
        act(case, "reject", hearer(world, "centre"), REASON | {"next_channel": "the regulator"}, told)
        if not is_done(case, "appeal_to_regulator"):
            appeal_higher(filed, STATEMENT, timezone.now())
            told(f"{case.ref} appeal_to_regulator")
        act(case, "regulator_rejects", hearer(world, "administration"), REASON, told)
    elif not is_done(case, "withdraw_appeal"):
        withdraw_appeal(filed, STATEMENT, timezone.now())
        told(f"{case.ref} withdraw_appeal")
    settle(leases)


def act(
    case: ProcessInstance,
    event: str,
    by: Actor,
    evidence: dict[str, Any],
    told: Callable[[str], None],
    leg: str = "",
) -> None:
    """Take a step unless it is on record."""
    if not is_done(case, event, leg):
        fire(case.ref, event, by, evidence, leg=leg)
        told(f"{case.ref} {event}")


def is_done(case: ProcessInstance, event: str, leg: str = "") -> bool:
    """Return whether a step is on record."""
    with unscoped("the test looks how far it was"):
        return Step.objects.filter(instance=case, event=event, leg=leg).exists()


def hearer(world: World, name: str) -> Actor:
    """A reviewer of another unit, who did not decide on the order."""
    return to_actor(world.viewer(name, *HEARERS[name])._replace(unit="appeals"))


def made_world() -> None:
    """Make the organisations with their people."""
    world = make_world()
    for role in (Role.ANALYST, Role.REVIEWER):
        world.person("centre", role)
    for role in (Role.CLERK, Role.EXECUTOR):
        world.person("carrier", role)
    for name, roles in HEARERS.items():
        world.person(name, roles[0])


def on_record(limits: int) -> dict[str, Any]:
    """Return what is on record of each limit, without what differs from one to the next."""
    with unscoped("the test looks at everything"):
        printed = LogEntry.objects.filter(kind="notice_code_printed").count()
        attempts = LogEntry.objects.filter(kind="notice_attempt").count()
        notices = list(LimitNotice.objects.order_by("pk"))
        return {
            "limits": [_of_one(notice) for notice in notices],
            "expected": limits,
            "codes": len({notice.code for notice in notices}),
            "printed": printed,
            "attempts": [attempts, NoticeDelivery.objects.count()],
            "texts": SubjectNotice.objects.count() - len(set(SubjectNotice.objects.values_list("key", flat=True))),
            "steps": sorted(f"{ref} {event}" for ref, event in Step.objects.values_list("instance__ref", "event")),
            "refs": [notice.ref for notice in notices],
            "faults": [str(fault) for fault in verify().faults],
        }


def _of_one(notice: LimitNotice) -> dict[str, Any]:
    cases = LimitAppeal.objects.filter(notice=notice).select_related("instance")
    return {
        "state": [notice.state, notice.lifted_at is not None],
        "attempts": sorted(notice.deliveries.values_list("route", "outcome")),
        "told": sorted(SubjectNotice.objects.filter(limit_notices=notice).values_list("fact_en", flat=True)),
        "appeals": [
            [case.number, case.outcome, case.is_higher, case.instance.state, case.decided_at is not None]
            for case in cases
        ],
    }


def main(kills: int, seed: int) -> None:
    """Kill so many times; then let the work be finished, and print what is on record."""
    if finished(lambda told: told(str(Organization.objects.count()))) == ["0"]:
        finished(lambda _: made_world())
    draw, ledger, hits, limits = Random(seed), list[str](), 0, KINDS
    ledger += finished(lambda told: work(KINDS, told))  # undisturbed
    while hits < kills:
        limits += 2
        hits += killed(partial(work, limits), draw.uniform(0.0, LONGEST_SECONDS), ledger)
    ledger += finished(lambda told: work(limits, told, leases=9))
    found = finished(lambda told: told(json.dumps(on_record(limits))))
    print(json.dumps({"kills": hits, "ledger": [line for line in ledger if line], **json.loads(found[0])}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
