"""A simulated month of the site: rows of every table that figures count, drawn with a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tests.command.people import World

from fanzha.base.ids import digest
from fanzha.command.number_tags.models import Tag, TagDispute, Tagger
from fanzha.command.orders.models import OrderTarget
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import (
    FalseDisposal,
    Leg,
    ProcessInstance,
    ProcessVersion,
    Step,
    SubjectNotice,
    Timer,
)
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.reports.models import Report
from fanzha.command.statistics.definitions import load_outside_numbers
from fanzha.command.statistics.models import OutsideValue
from fanzha.command.statistics.periods import Period, parse_period

MONTH = parse_period("2026-10")
#: Process -> final states, steps of the process, states of legs, steps of legs, deadlines of legs or of the process.
_STORIES: dict[str, tuple[list[str], list[str], list[str], list[str], list[str]]] = {
    "order": (
        ["in_force", "rolled_back"], ["approve", "appeal", "uphold_appeal", "reject_appeal"],
        ["verified", "executed", "refused", "forwarded", "released"], ["report_executed", "prove"],
        ["acknowledge", "execute", "prove"],
    ),
    "target_appeal": (["restored", "closed"], ["appeal", "uphold", "reject", "regulator_upholds"], [], [], []),
    "public_report": (
        ["closed", "answered", "assigned"], ["answer", "answer_drawn", "reopen", "merge", "confirm_rejection"],
        ["done", "checking", "passed_on", "unfounded"], ["find_true", "find_unfounded", "report_disposed", "recheck"],
        ["acknowledge", "check", "rectify"],
    ),
    "dissuasion": (
        ["dissuaded", "loss", "paid", "refuses", "no_fraud"],
        ["send_text", "send_flash", "record_warning_sent", "record_warning_delivered",
         "reach", "miss", "refuse_to_listen",
         "confirm_dissuaded", "ask_visit"], [], [], [],
    ),
    "card_rereview": (
        ["verified", "limited"], ["record_delivery", "submit_verification", "police_names_card", "approve_limit"],
        [], [], ["user_verifies", "check"],
    ),
    "outlet_liability": (["closed"], ["find_breach", "find_nothing", "approve_sanction"], [], [], []),
    "caller_case": (
        ["closed", "tracing"], ["ask_first_hop", "find_origin", "leaves_country"],
        ["filed", "answered", "asked", "not_needed"], ["report_upstream"], ["answer", "look_up"],
    ),
    "iot_card": (["terminated"], ["import_restriction", "import_suspension", "import_termination"], [], [], []),
    "key_service_recheck": (["closed"], ["begin", "approve_suspension"], [], [], []),
    "photo_audit": (["closed", "to_report"], [], [], [], []),
}  # fmt: skip
#: The states of a process before and after those of its steps that figures count by them.
_STATES = {"approve_limit": ("proposed", "limited")}
#: How many processes of each kind an organisation has.
PER_OWNER = 20


def make_month(world: World, period: Period = MONTH, owners: tuple[str, ...] = ("centre", "carrier", "mvno")) -> None:
    """Write the rows of a month for some organisations, and a few of the days before and after it."""
    rng = random.Random(14)
    organizations = [world[name] for name in owners]
    builder = _Builder(rng, organizations, period)
    for owner in organizations:
        for process in _STORIES:
            for _ in range(PER_OWNER):
                builder.add_process(process, owner)
        _make_reports_and_tags(rng, owner, period)
        _make_outside_values(rng, owner, period)
    builder.save()


def _make_outside_values(rng: random.Random, owner: Organization, period: Period) -> None:
    OutsideValue.objects.bulk_create(
        OutsideValue(
            owner=owner, name=name, month=period.key, value=rng.randint(100_000, 9_000_000), source="made up",
            entered_at=period.until,
        )
        for name, number in load_outside_numbers().items()
        if not number.kinds or owner.kind in number.kinds
    )  # fmt: skip


def _make_reports_and_tags(rng: random.Random, owner: Organization, period: Period) -> None:
    keys = count()
    Report.objects.bulk_create(
        Report(
            owner=owner, channel=rng.choice(["web", "phone"]), category=rng.choice(["call", "text"]), grade="fraud",
            target_kind="number", reporter="r", block=f"{number}", receipt=f"{owner.pk}-{number}", state="opened",
            simulated=True, received_at=_moment(rng, period),
        )
        for number in range(20)
    )  # fmt: skip
    taggers = Tagger.objects.bulk_create(Tagger(key_hash=f"{owner.pk}-{number}") for number in range(40))
    Tag.objects.bulk_create(
        Tag(
            owner=owner, kind="phone_number", value=f"+86170000{number:05}", category="fraud", tagger=tagger, block="b",
            outcome=rng.choice(["", "confirmed", "refuted"]), at=_moment(rng, period),
        )
        for number, tagger in enumerate(taggers)
    )  # fmt: skip
    TagDispute.objects.bulk_create(
        TagDispute(
            owner=owner, kind="phone_number", value=f"+8617000{next(keys):06}", code_hash="c",
            given_at=period.since, disputed_at=rng.choice([None, _moment(rng, period)]),
        )
        for _ in range(8)
    )  # fmt: skip


def _moment(rng: random.Random, period: Period) -> datetime:
    """Return a moment of the period, or sometimes one shortly before or after it, to the microsecond."""
    span = (period.until - period.since).total_seconds()
    return period.since + timedelta(seconds=rng.uniform(-0.1, 1.1) * span)


class _Builder:
    """Collects the rows of processes, and writes each table at once."""

    def __init__(self, rng: random.Random, organizations: list[Organization], period: Period) -> None:
        self._rng, self._organizations, self._period = rng, organizations, period
        self._versions = {name: ProcessVersion.of(load_processes()[name]) for name in _STORIES}
        self._instances: list[ProcessInstance] = []
        self._rows: dict[type[Any], list[Any]] = {}

    def add_process(self, process: str, owner: Organization) -> None:
        rng, story = self._rng, _STORIES[process]
        opened = _moment(rng, self._period)
        instance = ProcessInstance(
            process=process, version=self._versions[process], owner=owner, title="made up", state=rng.choice(story[0]),
            situation={"facts": {"sample_size": rng.randint(100, 400)}}, simulated=rng.random() < 0.8,
            opened_at=opened, changed_at=opened, ended_at=opened + timedelta(seconds=rng.uniform(60, 400_000)),
        )  # fmt: skip
        self._instances.append(instance)
        numbers = count(1)
        for step in self._steps(instance, story[1], "", opened, numbers):
            self._add(step)
        if process == "photo_audit" and instance.state == "closed":
            evidence = {"mismatched": rng.randint(1, 20)}
            self._add(_step(instance, next(numbers), "report", "", instance.ended_at, evidence))
        if story[2]:
            self._add_legs(instance, story, opened, numbers)
        elif story[4]:
            self._add_timers(instance, "", story[4], opened)
        if process == "order":
            self._add_targets(instance, opened)
        if process == "card_rereview" and rng.random() < 0.4:
            self._add(
                FalseDisposal(
                    key=f"{owner.pk}-{len(self._instances)}", owner=owner, instance=instance, event="uphold_appeal",
                    at=opened,
                )
            )  # fmt: skip

    def _add_legs(self, instance: ProcessInstance, story: Any, opened: datetime, numbers: Iterator[int]) -> None:
        for number in range(1, self._rng.randint(2, 3)):
            name, receiver = str(number), self._rng.choice(self._organizations)
            leg_opened = opened + timedelta(seconds=self._rng.uniform(0, 3_000))
            self._add(
                Leg(
                    instance=instance, name=name, receiver=receiver, state=self._rng.choice(story[2]),
                    opened_at=leg_opened, changed_at=leg_opened,
                )
            )  # fmt: skip
            for step in self._steps(instance, story[3], name, leg_opened, numbers):
                self._add(step)
            self._add_timers(instance, name, story[4], leg_opened)

    def _add_timers(self, instance: ProcessInstance, leg: str, deadlines: list[str], at: datetime) -> None:
        for deadline in deadlines:
            state = self._rng.choice(["fired", "cancelled", "cancelled", "cancelled", "waiting"])
            self._add(
                Timer(
                    instance=instance, timer_id=f"{leg}:{deadline}", leg=leg, deadline=deadline, state=state,
                    due_at=at + timedelta(hours=1),
                )
            )  # fmt: skip

    def _add_targets(self, instance: ProcessInstance, opened: datetime) -> None:
        rng = self._rng
        for place in range(rng.randint(1, 4)):
            value = f"+861700{rng.randint(0, 9_999_999):07}"
            thing = digest("phone_number", value)
            self._add(
                OrderTarget(
                    instance=instance, place=place, kind=rng.choice(["website", "trunk", "account"]), value=value,
                    thing=thing,
                    action="refuse", state=rng.choice(["approved", "restored", "ended", "proposed"]), changed_at=opened,
                )
            )  # fmt: skip
        self._add(
            SubjectNotice(
                key=instance.ref, owner=instance.owner, instance=instance, fact_zh="示例", fact_en="example",
                basis_zh="示例", basis_en="example", remedy_zh="示例", remedy_en="example", written_at=opened,
                delivered_at=rng.choice([None, opened]),
            )
        )  # fmt: skip

    def _steps(
        self, instance: ProcessInstance, events: list[str], leg: str, opened: datetime, numbers: Iterator[int]
    ) -> Iterator[Step]:
        for event in events:
            if self._rng.random() < 0.6:
                at = opened + timedelta(seconds=self._rng.uniform(1, 90_000))
                yield _step(instance, next(numbers), event, leg, at, self._evidence(event))

    def _evidence(self, event: str) -> dict[str, Any]:
        if event != "confirm_dissuaded":
            return {}
        by = self._rng.choice(["police", "bank", "herself", "family"])
        return {
            "confirmed_by": by,
            "money_saved": self._rng.choice([self._rng.randint(100, 90_000), self._rng.randint(100, 900), None]),
        }

    def _add(self, row: Any) -> None:
        self._rows.setdefault(type(row), []).append(row)

    def save(self) -> None:
        ProcessInstance.objects.bulk_create(self._instances)
        for model, rows in self._rows.items():
            for row in rows:
                row.instance = row.instance  # the primary key is known now
            model._base_manager.bulk_create(rows)


def _step(
    instance: ProcessInstance, number: int, event: str, leg: str, at: datetime | None, evidence: dict[str, Any]
) -> Step:
    assert at is not None
    before, after = _STATES.get(event, ("", ""))
    return Step(
        instance=instance, number=number, leg=leg, event=event, before=before, after=after,
        organization=instance.owner, evidence=evidence, at=at,
    )  # fmt: skip
