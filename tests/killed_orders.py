"""Orders from draft to roll-back, by a process that is killed at random again and again, and what is then on record.

`python -m tests.killed_orders KILLS SEED` works on the site of FANZHA_HOME and prints JSON. A process that is ready
forks one that works; each begins where the database says the last one was. Every kind of order also runs once
undisturbed: that is what the others are compared with.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any, NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
django.setup()

from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402
from tests.command.people import World, make_world  # noqa: E402
from tests.command.processes.orders_made import actor, draft_evidence  # noqa: E402

from fanzha.base.clock import to_ms  # noqa: E402
from fanzha.base.ids import digest  # noqa: E402
from fanzha.command.audit.models import LogEntry  # noqa: E402
from fanzha.command.audit.verification import verify  # noqa: E402
from fanzha.command.notices.models import LimitNotice  # noqa: E402
from fanzha.command.organizations.models import Membership, Organization  # noqa: E402
from fanzha.command.processes.models import Leg, Notification, OutboxItem, ProcessInstance, Step, Timer  # noqa: E402
from fanzha.command.processes.outbox_worker import LEASE, deliver_due  # noqa: E402
from fanzha.command.processes.services import About, fire, open_process  # noqa: E402
from fanzha.command.processes.uploads import store_for_organization  # noqa: E402
from fanzha.command.processes.worker import fire_due_timers  # noqa: E402
from fanzha.command.web.roles import Role  # noqa: E402
from fanzha.command.web.scoping import unscoped  # noqa: E402
from fanzha.processes.parties import Actor  # noqa: E402

KINDS = 3
LONGEST_SECONDS = 0.4  # of work before a kill
RECEIVERS = ("carrier", "mvno", "other_mvno")
LATE = timedelta(minutes=11)  # an order of the kind 2 waits that long for its second person


class Act(NamedTuple):
    """One thing that somebody does; on the leg of one receiver, or on the order itself."""

    event: str
    by: tuple[str, Role]
    evidence: dict[str, Any]
    receiver: str = ""


def acts(kind: int, now: int) -> Iterator[Act]:
    """What is done with an order after its draft, by its kind."""
    reviewer = ("centre", Role.REVIEWER)
    yield Act("approve", reviewer, {"opinion": "as the evidence says"})
    for name in RECEIVERS:
        executor = (name, Role.EXECUTOR)
        if kind == 1 and name == "other_mvno":
            why = {"refusal": "impossible", "explanation": "there is no such line"}
            yield Act("refuse", (name, Role.REVIEWER), why, name)
            yield Act("excuse", reviewer, {"reason": "so it is"}, name)
            continue
        yield Act("acknowledge", executor, {}, name)
        yield Act("report_executed", executor, {"executed_at": now, "result": "done"}, name)
    if kind != 0:
        yield Act("roll_back", reviewer, {"mistake": "the wrong number"})


def work(orders: int, told: Callable[[str], None], leases: int = 2) -> None:
    """Do what is left to do with so many orders; `told` hears of each act after it is on record."""
    world = known_world()
    for number in range(orders):
        order = opened(world, number, told)
        settle(leases)
        for act in acts(number % KINDS, to_ms(timezone.now())):
            take(world, order, act, told)
            settle(leases)


def opened(world: World, number: int, told: Callable[[str], None]) -> ProcessInstance:
    ref = reference(number)
    with unscoped("the test looks how far it was"):
        found = ProcessInstance.objects.filter(ref=ref).first()
    if found is not None:
        return found
    now = timezone.now()
    at = now - LATE if number % KINDS == 2 else now
    evidence = draft_evidence(world, at, RECEIVERS)
    about = About(title=f"order {number}", simulated=True)
    made = open_process(
        "order", "draft", world["centre"], act_as(world, "centre", Role.ANALYST), evidence, about=about, at=at, ref=ref
    )
    told(f"{ref} draft ")
    return made


def take(world: World, order: ProcessInstance, act: Act, told: Callable[[str], None]) -> None:
    with unscoped("the test looks how far it was"):
        leg = Leg.objects.get(instance=order, receiver=world[act.receiver]).name if act.receiver else ""
        if Step.objects.filter(instance=order, event=act.event, leg=leg).exists():
            return
    evidence = act.evidence
    if act.event == "report_executed":
        evidence = evidence | {"proof": store_for_organization(b"refused", world[act.receiver].pk)}
    fire(order.ref, act.event, act_as(world, *act.by), evidence, leg=leg)
    told(f"{order.ref} {act.event} {leg}")


def settle(leases: int) -> None:
    """Work as the worker does until nothing is due. What a killed one held is taken up when its lease is over: each
    works so far ahead of the clock, and whoever comes last further than all who were killed."""
    later = timezone.now() + leases * LEASE
    while fire_due_timers(timezone.now()) + deliver_due(later):
        continue


def reference(number: int) -> str:
    return digest(f"killed order {number}", size=13).upper()


def act_as(world: World, name: str, role: Role) -> Actor:
    return actor(world, name, role)


def known_world() -> World:
    """Return the organisations of the tests by name; they are made with their people before anything is killed."""
    world = World()
    for one in Organization.objects.all():
        world.organizations[one.name_en.removeprefix("Example ")] = one
    for held in Membership.objects.select_related("person", "organization"):
        world.people[held.organization.name_en.removeprefix("Example "), Role(held.role)] = held.person
    return world


def made_world() -> None:
    world = make_world()
    for name in ("centre", *RECEIVERS):
        for role in (Role.ANALYST, Role.REVIEWER, Role.EXECUTOR):
            world.person(name, role)


def forked(do: Callable[[Callable[[str], None]], None]) -> tuple[int, int]:
    """Do something in a process of its own; return its id and where it tells what it has done."""
    reads, writes = os.pipe()
    process = os.fork()
    if process:
        os.close(writes)
        return process, reads
    os.close(reads)
    try:
        do(lambda line: void(os.write(writes, f"{line}\n".encode())))
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def void(_: object) -> None:
    """Nothing is returned."""


def killed(do: Callable[[Callable[[str], None]], None], seconds: float, ledger: list[str]) -> bool:
    """Let a process work so long and kill it; say whether it was still at work."""

    def begin(told: Callable[[str], None]) -> None:
        told("")
        do(told)

    process, reads = forked(begin)
    with os.fdopen(reads) as lines:
        lines.readline()
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        ledger += [line.strip("\n") for line in lines if line.endswith("\n")]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the work failed")
    return os.WIFSIGNALED(status)


def finished(do: Callable[[Callable[[str], None]], None]) -> list[str]:
    """Do something in a process of its own that nobody kills; return what it told."""
    process, reads = forked(do)
    with os.fdopen(reads) as lines:
        told = [line.strip("\n") for line in lines]
    _, status = os.waitpid(process, 0)
    if status:
        raise SystemExit("the work failed")
    return told


def on_record(orders: int) -> dict[str, Any]:
    """Return what is on record of each order, without what differs from one to the next."""
    with unscoped("the test looks at everything"):
        return {
            "orders": [_of_one(ProcessInstance.objects.get(ref=reference(number))) for number in range(orders)],
            "instances": ProcessInstance.objects.count(),
            "steps": sorted(f"{ref} {event} {leg}" for ref, event, leg in Step.objects.values_list(*_STEP)),
            "entries": verify().entries - LogEntry.objects.filter(kind__in=_BESIDE_STEPS).count(),
            "decisions": sorted(LogEntry.objects.filter(kind__in=_DECISIONS).values_list("process", "kind")),
            "faults": [str(fault) for fault in verify().faults],
        }


_DECISIONS = ("decision_published", "decision_withdrawn")
#: Kinds of entries whose number depends on how the work is split into transactions.
_BESIDE_STEPS = (
    "document_issued",
    "leg_sent",
    "notice_attempt",
    "rows_digested",
    "snapshot_published",
    "snapshot_found",
)
_STEP = ("instance__ref", "event", "leg")


def _of_one(order: ProcessInstance) -> dict[str, Any]:
    steps = Step.objects.filter(instance=order).order_by("number")
    legs = Leg.objects.filter(instance=order)
    names = {leg.name: leg.receiver.name_en for leg in legs.select_related("receiver")}
    items = OutboxItem.objects.filter(instance=order)
    told = Notification.objects.filter(instance=order)
    return {
        "state": order.state,
        "numbers": [step.number for step in steps],
        "notices": sorted(LimitNotice.objects.filter(instance=order).values_list("place", flat=True)),
        "steps": sorted([names.get(step.leg, ""), step.event, step.before, step.after] for step in steps),
        "legs": sorted([leg.receiver.name_en, leg.state] for leg in legs),
        "timers": sorted([names.get(t.leg, ""), t.deadline, t.state] for t in Timer.objects.filter(instance=order)),
        "outbox": sorted([names.get(item.leg, ""), item.effect, item.state] for item in items),
        "documents": sorted(order.documents.values_list("step", "document_type")),
        "told": sorted(
            [one.owner.name_en, one.text_en.replace(order.title, "")] for one in told.select_related("owner")
        ),
    }


def main(kills: int, seed: int) -> None:
    """Kill so many times; then let the work be finished, and print what is on record."""
    if finished(lambda told: told(str(Organization.objects.count()))) == ["0"]:
        finished(lambda _: made_world())
    draw, ledger, hits, orders = Random(seed), list[str](), 0, KINDS
    ledger += finished(lambda told: work(KINDS, told))  # undisturbed
    while hits < kills:
        orders += 2
        hits += killed(partial(work, orders), draw.uniform(0.0, LONGEST_SECONDS), ledger)
    ledger += finished(lambda told: work(orders, told, leases=9))
    found = finished(lambda told: told(json.dumps(on_record(orders))))
    connections.close_all()
    print(json.dumps({"kills": hits, "ledger": [line for line in ledger if line], **json.loads(found[0])}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
