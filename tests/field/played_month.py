"""A month of a province that is played through the processes: who acts is drawn, and the services take each step.

Reports come in by the public interface and are read by the worker; orders, limits, appeals, inspections, warnings, tags
and notices go on from there at made-up times. `play_month` returns the month with how many steps were taken.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from django.test import Client

from fanzha.base.clock import to_ms
from fanzha.command.number_tags.models import TagDispute
from fanzha.command.number_tags.tag_disputes import decide_dispute, dispute_tags, give_code
from fanzha.command.orders.services import create_draft
from fanzha.command.processes.models import Leg, ProcessInstance, Step, SubjectNotice
from fanzha.command.processes.selectors import load_processes, to_actor
from fanzha.command.processes.services import About, fire, open_process, record_delivery, store_upload
from fanzha.command.reports.intake_worker import read_reports
from fanzha.command.reports.models import Report
from fanzha.command.reports.proof_of_work import solve
from fanzha.command.reports.receipts import hash_receipt
from fanzha.command.reports.report_tags import tag_and_settle
from fanzha.command.reports.services import object_to_answer
from fanzha.command.statistics.definitions import load_outside_numbers
from fanzha.command.statistics.outside_values import OutsideEntry, enter_value
from fanzha.command.statistics.periods import Period
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.parties import SYSTEM, import_actor
from fanzha.processes.refusal import Refusal
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import DemoProvince
from fanzha.run.demo_steps import DemoSteps
from fanzha.store.number_signals import SIGNAL_RECORD, number_digits, write_signals

SETTINGS = """[reports]
work_bits = 4
worked_per_day = 50
call_back_share = 0.3
[reports.owners]
china_mobile = "Example Mobile"
china_telecom = "Example Telecom"
"""
#: How many of each kind are opened in the month.
REPORTS, ORDERS, APPEALS, WARNINGS, CARDS, OTHERS, DISPUTES = 44, 20, 8, 48, 30, 10, 3
#: Reports come in on so many days: reading them loads a model each time.
REPORT_DAYS = 4
#: The most steps that are drawn for a process.
MOST_ACTS = {"public_report": 13, "order": 11, "dissuasion": 6}
OTHER_ACTS = 8
#: How often the worker of the site carries out effects.
WORKER_EVERY = timedelta(minutes=40)
_REPORT = "public_report"
Given = Mapping[str, Any] | Callable[["PlayedMonth"], Mapping[str, Any]]


@dataclass(frozen=True)
class Act:
    """What somebody may do in a state: `by` an organisation by name, the `owner`, the `receiver` or a machine.

    `needs` is a step that was taken before; with `once` it is taken once. `weight` is against the other acts of the
    state, `hours` the longest time until it is taken. Required evidence that is not in `given` is made up, unless
    `is_complete`. An act without an event is to wait.
    """

    event: str
    by: str
    role: Role = Role.ANALYST
    weight: float = 1.0
    hours: float = 8.0
    given: Given = field(default_factory=dict)
    needs: str = ""
    once: bool = False
    by_colleague: bool = False
    is_complete: bool = False


_WAIT = Act("", "owner", weight=3.0, hours=60.0)
_EXECUTOR, _REVIEWER, _ANALYST, _CLERK = Role.EXECUTOR, Role.REVIEWER, Role.ANALYST, Role.CLERK


def _called_now(month: PlayedMonth) -> Mapping[str, Any]:
    return {"called_at": to_ms(month.clock.now)}


_OPEN_CASE = ("to_contact", "not_reached", "contacted", "denies")
_WARNINGS = [
    Act("send_text", "owner", once=True, weight=4, hours=0.2),
    Act(
        "record_warning_sent", "system", weight=9, hours=0.1, needs="send_text", once=True,
        given={"channel": "text", "script": "fake_cs 1"},
    ),
    Act(
        "record_warning_delivered", "system", weight=6, hours=0.1, needs="record_warning_sent", once=True,
        given={"channel": "text"},
    ),
    Act("miss", "owner"),
    Act("reach", "owner", weight=2),
    Act("ask_visit", "owner", weight=0.5, once=True, given=lambda month: {"visitors": (month.party("police"),)}),
]  # fmt: skip
_ENDINGS = [
    Act("refuse_to_listen", "owner"),
    Act(
        "confirm_dissuaded", "owner", weight=2,
        given=lambda month: {
            "confirmed_by": month.rng.choice(["herself", "police", "bank"]),
            "money_saved": month.rng.randint(500, 90_000),
        },
    ),
    Act("report_paid", "owner", weight=0.4, given=lambda month: {"amount": month.rng.randint(500, 20_000)}),
]  # fmt: skip
#: What may be done in the states of a process, and in those of its legs.
ACTS: dict[str, dict[str, list[Act]]] = {
    _REPORT: {
        "received": [Act("route", "owner", given=lambda month: {"handlers": (month.party("mobile"),)})],
        "to_answer": [Act("answer", "owner", given={"outcome": "confirmed"})],
        "to_call_back": [
            Act("confirm_by_call", "owner", _REVIEWER, weight=3, given=_called_now),
            Act("contradict_by_call", "owner", _REVIEWER, given=_called_now),
        ],
        "answered": [_WAIT, Act("reopen", "reporter", weight=0.3, once=True)],
        "reopened": [Act("send_back", "owner", _REVIEWER)],
    },
    "order": {
        "drafted": [Act("approve", "owner", _REVIEWER, hours=1)],
        "in_force": [_WAIT, Act("roll_back", "owner", _REVIEWER, weight=0.2, once=True)],
    },
    "target_appeal": {
        "heard": [
            Act("uphold", "owner", _REVIEWER, hours=40, by_colleague=True),
            Act("reject", "owner", _REVIEWER, hours=40, by_colleague=True),
        ],
        "rejected": [Act("appeal_to_regulator", "owner", _CLERK)],
        "heard_higher": [
            Act("regulator_rejects", "administration", _REVIEWER),
            Act("regulator_upholds", "administration", _REVIEWER),
        ],
    },
    "dissuasion": {
        **{state: [*_WARNINGS, *(_ENDINGS if state != "to_contact" else [])] for state in _OPEN_CASE},
        "refuses": [*_WARNINGS[3:], Act("confirm_loss", "owner", given={"confirmed_by": "police", "lost": 9_000})],
        "paid": [Act("confirm_loss", "owner", given={"confirmed_by": "police", "lost": 12_000})],
    },
    "card_rereview": {
        "flagged": [Act("grade", "owner", given={"grade": "b"}), Act("clear", "owner", _REVIEWER, weight=0.2)],
        "graded": [
            Act("ask_to_verify", "owner", weight=4, once=True, given={"channel": "text_message"}),
            Act("propose_limit", "owner"),
        ],
        "asked": [Act("record_delivery", "owner", _EXECUTOR, hours=2)],
        "waiting": [Act("submit_verification", "owner", _CLERK, hours=30, given={"route": "shop"})],
        "verifying": [
            Act("pass_verification", "owner", _REVIEWER, weight=2),
            Act("fail_verification", "owner", _REVIEWER),
        ],
        "to_decide": [Act("propose_limit", "owner")],
        "proposed": [Act("approve_limit", "owner", _REVIEWER)],
        "limited": [_WAIT, Act("appeal", "owner", _CLERK, weight=2, once=True, given={"channel": "shop"})],
        "appealed": [
            Act("uphold_appeal", "owner", _REVIEWER, by_colleague=True),
            Act("reject_appeal", "owner", _REVIEWER, by_colleague=True),
        ],
    },
    "outlet_liability": {
        "opened": [Act("lock_evidence", "owner")],
        "evidence_locked": [
            Act("find_breach", "owner", _REVIEWER, weight=3), Act("find_nothing", "owner", _REVIEWER),
        ],
        "breach": [
            Act("record_sweep", "owner", _EXECUTOR, once=True), Act("propose_sanction", "owner", needs="record_sweep"),
        ],
        "proposed": [Act("approve_sanction", "owner", _REVIEWER, by_colleague=True)],
        "sanctioned": [Act("appeal", "owner", _CLERK, weight=0.5, once=True)],
        "appealed": [
            Act("uphold_appeal", "owner", _REVIEWER, by_colleague=True),
            Act("reject_appeal", "owner", _REVIEWER, by_colleague=True),
        ],
    },
    "photo_audit": {
        "planned": [
            Act(
                "draw", "owner", Role.INSPECTOR, is_complete=True, given=lambda month: {"register": month.register()},
            )
        ],
        "first_marking": [Act("mark_first", "owner", Role.INSPECTOR)],
        "second_marking": [Act("mark_second", "owner", Role.ANALYST, given={"agreement": 90})],
        "adjudication": [Act("adjudicate", "owner", _REVIEWER)],
        "to_report": [Act("report", "owner", _REVIEWER, given={"mismatched": 4, "rate": 90, "lower": 77, "upper": 96})],
    },
    "caller_case": {
        "opened": [Act("ask_first_hop", "owner", given=lambda month: {"asked": month.party("mobile")})],
        "hop_answered": [
            Act("find_origin", "owner", weight=2, given={"line": "+8619796000001"}), Act("leaves_country", "owner"),
        ],
        "hop_silent": [Act("leaves_country", "owner")],
        "origin_found": [Act("propose_limit", "owner")],
        "limit_proposed": [Act("approve_limit", "owner", _REVIEWER)],
    },
    "key_service_recheck": {
        "due": [
            Act("find_in_order", "owner", _REVIEWER), Act("find_fault", "owner"),
            Act("propose_suspension", "owner", weight=2),
        ],
        "suspension_proposed": [Act("approve_suspension", "owner", _REVIEWER)],
        "suspended": [_WAIT, Act("roll_back", "owner", _REVIEWER, once=True)],
    },
    "iot_card": {
        "active": [
            Act("import_suspension", "import"), Act("import_restriction", "import"),
            Act("import_termination", "import"),
        ],
        "suspended": [Act("import_restoration", "import"), Act("import_termination", "import", weight=2)],
    },
}  # fmt: skip
LEG_ACTS: dict[str, dict[str, list[Act]]] = {
    _REPORT: {
        "sent": [Act("acknowledge", "receiver", _EXECUTOR, hours=40)],
        "checking": [
            Act("find_true", "receiver", weight=4), Act("find_unfounded", "receiver"),
            Act("report_disposed", "receiver", _EXECUTOR),
            Act("pass_on", "receiver", weight=0.3, given=lambda month: {"holder": month.party("telecom")}),
        ],
        "confirmed": [Act("report_disposed", "receiver", _EXECUTOR, hours=40)],
        "disposed": [Act("rectify", "receiver")],
        "rectified": [Act("account", "receiver", _REVIEWER)],
    },
    "order": {
        "sent": [Act("acknowledge", "receiver", _EXECUTOR, hours=0.6)],
        "unanswered": [Act("acknowledge", "receiver", _EXECUTOR)],
        "acknowledged": [
            Act("report_executed", "receiver", _EXECUTOR, weight=9, hours=2),
            Act("refuse", "receiver", _REVIEWER, weight=0.3),
        ],
        "executed": [Act("prove", "owner", given={"method": "record"})],
        "releasing": [Act("report_lifted", "receiver", _EXECUTOR, hours=3)],
        "lifted": [Act("prove_lifted", "owner", given={"method": "record"})],
    },
    "target_appeal": {
        "releasing": [Act("report_lifted", "receiver", _EXECUTOR, hours=3)],
        "lifted": [Act("prove_lifted", "owner", given={"method": "record"})],
    },
    "dissuasion": {
        "asked": [Act("acknowledge", "receiver", _ANALYST)], "received": [Act("report_back", "receiver", _ANALYST)],
    },
    "card_rereview": {
        "asked_network": [Act("report_done", "receiver", _EXECUTOR)],
        "asked_to_change": [Act("report_done", "receiver", _EXECUTOR)],
        "asked_back": [Act("report_restored", "receiver", _EXECUTOR)],
    },
    "caller_case": {
        "asked": [Act("acknowledge", "receiver", _ANALYST, hours=12)],
        "received": [
            Act("report_upstream", "receiver", _ANALYST, weight=3, hours=30),
            Act("report_not_found", "receiver", _ANALYST),
        ],
    },
}  # fmt: skip


class MonthClock(DemoClock):
    """A clock on which the worker carries out effects from time to time, and before each deadline."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._next_run = start

    def advance(self, until: datetime) -> None:
        """Let time pass; deadlines pass when the worker runs next."""
        if until < self._next_run:
            self.now = max(self.now, until)
            return
        super().advance(until)
        self._next_run = until + WORKER_EVERY


class PlayedMonth:
    """The month being played. `taken` and `refused` count steps by process and event."""

    def __init__(self, province: DemoProvince, month: Period, seed: int = 14) -> None:
        self.province, self.month = province, month
        self.rng: random.Random = random.Random(seed)
        self.clock = MonthClock(month.since - timedelta(days=2))
        self.steps = DemoSteps(province, self.clock)
        self.taken, self.refused = Counter[str](), Counter[str]()
        self._followed, self._acts, self._receipts = set[str](), Counter[str](), dict[str, str]()
        self._names = {organization.pk: name for name, organization in province.organizations.items()}
        self._numbers = iter(range(1, 100_000))

    def party(self, name: str) -> Any:
        """Return an organisation as a party."""
        return self.steps.party(name)

    def register(self) -> str:
        """Return a stored list of which a sample is drawn."""
        lines = "\n".join(f"opening {number}" for number in range(300))
        return store_upload(lines.encode(), self.steps.viewer("administration", Role.INSPECTOR))

    def play(self) -> None:
        """Play the month, and three days after it, in which what was begun goes on."""
        self._write_signals()
        with self.clock.running():
            self._plan()
            self.clock.play(self.month.until + timedelta(days=3))

    def _write_signals(self) -> None:
        numbers = np.sort(np.array([number_digits(_caller(number)) for number in range(REPORTS)]))
        row = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (0, 0, 0))
        write_signals(self.province["mobile"].ref, numbers, np.array([row] * len(numbers), SIGNAL_RECORD))

    def _plan(self) -> None:
        days = [self.month.since + timedelta(days=6 * day, hours=10) for day in range(REPORT_DAYS)]
        for number in range(REPORTS):
            at = days[number % REPORT_DAYS] + timedelta(minutes=self.rng.uniform(0, 55))
            self.clock.plan(at, partial(self._report, number))
        for day in days:
            self.clock.plan(day + timedelta(hours=1), self._read_reports)
        for number in range(33):
            self.clock.plan(self.month.since + timedelta(days=number, hours=18), self._deliver_notices)
        for number in range(ORDERS):
            self._plan_some(partial(self._order, number))
        for _ in range(APPEALS):
            self._plan_some(self._appeal, earliest=0.4)
        for number in range(WARNINGS):
            self._plan_some(partial(self._warn, number))
        for number in range(CARDS):
            self._plan_some(partial(self._review_card, number))
        for number in range(OTHERS):
            for opening in (self._outlet, self._trace, self._recheck, self._iot):
                self._plan_some(partial(opening, number))
        for _ in range(OTHERS // 3):
            self._plan_some(self._audit, latest=0.5)
        for _ in range(DISPUTES):
            self._plan_some(self._dispute, earliest=0.6)
        self.clock.plan(self.month.until + timedelta(hours=2), self._enter_numbers)

    def _plan_some(self, action: Callable[[], object], earliest: float = 0.0, latest: float = 1.0) -> None:
        span = self.month.until - self.month.since
        self.clock.plan(self.month.since + span * self.rng.uniform(earliest, latest), action)

    def _report(self, number: int) -> None:
        """Let somebody report a number by the public interface."""
        client = Client(REMOTE_ADDR=f"192.0.{number % 200}.{1 + number % 250}")
        got = client.get("/report/api/challenge").json()
        body = {
            "category": "call", "thing": _caller(number if number % 5 else number // 2),
            "text": f"Caller {number} asked for a code of {self.rng.randint(4, 8)} digits, said account {number * 7}.",
            "challenge": got["challenge"], "solution": solve(got["challenge"], got["bits"]), "paid": number % 9 == 0,
        }  # fmt: skip
        answer = client.post("/report/api/reports", json.dumps(body), content_type="application/json")
        assert answer.status_code == 201, answer.content
        code = answer.json()["receipt"]
        self._receipts[hash_receipt(code)] = code

    def _read_reports(self) -> None:
        """Let the workers of the site read the reports, tag what they name and settle earlier tags."""
        read_reports(self.province["centre"], self.clock.now)
        tag_and_settle(self.clock.now)
        opened = ProcessInstance.objects.filter(process=_REPORT).exclude(ref__in=self._followed)
        for ref in opened.values_list("ref", flat=True):
            self._follow(ref)

    def _deliver_notices(self) -> None:
        """Record that some of the notices that wait were delivered, and settle tags."""
        tag_and_settle(self.clock.now)
        for notice in SubjectNotice.objects.filter(delivered_at=None).select_related("instance", "owner"):
            name = self._names[notice.owner_id]
            if self.rng.random() < 0.6 and (name, _EXECUTOR) in self.province.people:
                record_delivery(notice, "text", to_actor(self.steps.viewer(name, _EXECUTOR)))
                self.taken["notices delivered"] += 1

    def _order(self, number: int) -> None:
        """Let the carrier draft an order: on numbers, or now and then on a site or a line."""
        kind = ("number", "number", "site", "number", "line")[number % 5]
        names = {"site": ("broadband",), "line": ("telecom",)}.get(kind, ("telecom", "virtual"))
        values = {"site": [f"shop-{number}.example"], "line": [f"TRUNK-FIC-{number}"]}.get(
            kind, [f"+8619793{next(self._numbers):06}" for _ in range(self.rng.randint(1, 4))]
        )
        evidence = {
            "target_kind": kind, "action": "suspend" if kind == "line" else "refuse", "scope": "all calls",
            "reason": "bursts of calls to strangers", "receivers": tuple(self.party(name) for name in names),
            "expires_at": to_ms(self.clock.now + timedelta(days=20)),
        }  # fmt: skip
        viewer = self.steps.viewer("mobile", Role.ANALYST)
        with scoped_to(viewer):
            order, _impact = create_draft(evidence, values, viewer, self.clock.now)
        self._follow(order.ref)

    def _appeal(self) -> None:
        """Let a clerk of the carrier file an appeal against an order in force about its first number."""
        appealed = ProcessInstance.objects.filter(process="target_appeal").values_list(
            "situation__facts__order", flat=True
        )
        orders = ProcessInstance.objects.filter(process="order", state="in_force").exclude(ref__in=list(appealed))
        if (order := orders.order_by("ref").first()) is None:
            return
        with scoped_to(self.steps.viewer("mobile", _CLERK)):
            self._open(
                "target_appeal",
                "appeal",
                "mobile",
                _CLERK,
                order=order.ref,
                targets=(1,),
                channel="shop",
                text="It is mine.",
            )

    def _warn(self, number: int) -> None:
        given = {
            "fraud_type": "fake_cs",
            "grade": "high",
            "person": f"+8619794{number:06}",
            "situation": "on a long call",
        }
        self._open("dissuasion", "open", "mobile", _ANALYST, **given)

    def _review_card(self, number: int) -> None:
        card = f"+8619795{number:06}"
        if number % 4 == 0:
            self._open("card_rereview", "police_names_card", "police", Role.LIAISON, owner="mobile", card=card)
        else:
            self._open(
                "card_rereview", "flag", "mobile", _ANALYST, cause="many_cards", findings=("many cards",), card=card
            )

    def _outlet(self, number: int) -> None:
        given = {"outlet": f"OUTLET-{number}", "cause": "audit"}
        self._open("outlet_liability", "link_case", "mobile", _ANALYST, **given)

    def _trace(self, number: int) -> None:
        self._open("caller_case", "open", "telecom", _ANALYST, trunk=f"TRUNK-FIC-{number}", calls=40)

    def _recheck(self, number: int) -> None:
        given = {"service_kind": "circuit", "service": f"LINE-FIC-{number}", "cause": "traffic"}
        self._open("key_service_recheck", "begin", "mobile", _ANALYST, **given)

    def _iot(self, number: int) -> None:
        """Let an import bring a card that another system keeps."""
        evidence = {"customer": f"customer {number}", "critical": False}
        self._follow(
            open_process(
                "iot_card", "import_active", self.province["mobile"], import_actor("import"), evidence,
                about=About(title=f"card {number}", simulated=True), at=self.clock.now,
            ).ref
        )  # fmt: skip

    def _audit(self) -> None:
        self._open("photo_audit", "plan", "administration", Role.INSPECTOR, population=300, sample_size=40)

    def _dispute(self) -> None:
        """Let the holder of a tagged number dispute its tags with a code of the shop; an office decides."""
        disputed = set(TagDispute.objects.values_list("value", flat=True))
        value = next((_caller(number) for number in range(REPORTS) if _caller(number) not in disputed), "")
        clerk = self.province.people["mobile", _CLERK]
        row, code = give_code(self.province["mobile"], value, clerk)
        assert dispute_tags(value, code, "I sell flowers.")
        row.refresh_from_db()
        decider = self._names[row.decider_id or 0]
        person = self.province.people[decider, _REVIEWER]
        self.clock.plan_in(900, lambda: decide_dispute(row, person, upheld=self.rng.random() < 0.5))
        self.taken["tag disputes"] += 1

    def _enter_numbers(self) -> None:
        for name in ("mobile", "telecom", "virtual"):
            organization = self.province[name]
            for number in load_outside_numbers().values():
                if not number.kinds or organization.kind in number.kinds:
                    value = 1_000_000 + self.rng.randint(0, 900_000)
                    entry = OutsideEntry(number.name, self.month.key, value, "made up")
                    enter_value(organization, entry, None, self.clock.now)

    def _open(self, process: str, event: str, name: str, role: Role, *, owner: str = "", **given: Any) -> None:
        viewer = self.steps.viewer(name, role)
        fields = load_processes()[process].events[event].evidence
        evidence = self.steps._complete(fields, given, viewer, {})
        about = About(simulated=True)
        row = open_process(
            process, event, self.province[owner or name], to_actor(viewer), evidence, about=about, at=self.clock.now
        )
        self.taken[f"{process} {event}"] += 1
        self._follow(row.ref)

    def _follow(self, ref: str, hours: float = 4.0) -> None:
        self._followed.add(ref)
        self.clock.plan_in(self.rng.uniform(0.02, hours) * 60, partial(self._act, ref))

    def _act(self, ref: str) -> None:
        """Take one of the steps that are possible now, if any, and come back later."""
        instance = ProcessInstance.objects.select_related("owner", "version").get(ref=ref)
        self._acts[ref] += 1
        if instance.ended_at or self._acts[ref] > MOST_ACTS.get(instance.process, OTHER_ACTS):
            return
        steps = set(Step.objects.filter(instance=instance).values_list("event", flat=True))
        choices: list[tuple[Act, Leg | None]] = [
            (act, None) for act in ACTS[instance.process].get(instance.state, []) if _is_open(act, steps)
        ]
        for open_leg in Leg.objects.filter(instance=instance, ended_at=None):
            acts = LEG_ACTS.get(instance.process, {}).get(open_leg.state, [])
            choices += [(act, open_leg) for act in acts if _is_open(act, steps) or not act.once]
        if not choices:
            self._follow(ref, 60.0)
            return
        act, leg = self.rng.choices(choices, [act.weight for act, _leg in choices])[0]
        if not act.event:
            self._follow(ref, act.hours)
            return
        try:
            self._take(instance, act, leg)
            self.taken[f"{instance.process} {act.event}"] += 1
        except Refusal as refused:
            self.refused[f"{instance.process} {act.event}: {refused.words.en}"] += 1
        self._follow(ref, act.hours)

    def _take(self, instance: ProcessInstance, act: Act, leg: Leg | None) -> None:
        given = act.given(self) if callable(act.given) else act.given
        if act.by == "reporter":
            report = Report.objects.filter(process=instance.ref).order_by("pk").first()
            assert report is not None
            object_to_answer(report, "It rang again.")
        elif act.by in ("system", "import"):
            actor = SYSTEM if act.by == "system" else import_actor("import")
            viewer = self.steps.viewer("mobile", _ANALYST)
            evidence = self.steps._complete(instance.version.process.events[act.event].evidence, given, viewer, {})
            fire(instance.ref, act.event, actor, evidence, at=self.clock.now)
        elif act.is_complete:
            actor = to_actor(self.steps.viewer(self._names[instance.owner_id], act.role))
            fire(instance.ref, act.event, actor, given, at=self.clock.now)
        else:
            by = {"owner": instance.owner_id, "receiver": leg.receiver_id if leg else 0}.get(act.by)
            name = self._names[by] if by else act.by
            role = Role.LIAISON if name == "police" and act.role is _ANALYST else act.role
            leg_of = self._names[leg.receiver_id] if leg else ""
            self.steps.take(instance, act.event, name, role, leg_of=leg_of, colleague=act.by_colleague, **dict(given))


def _is_open(act: Act, steps: set[str]) -> bool:
    return (not act.needs or act.needs in steps) and not (act.once and act.event in steps)


def _caller(number: int) -> str:
    return f"+8619792{number:06}"
