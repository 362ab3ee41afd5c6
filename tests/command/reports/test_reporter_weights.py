"""Reporters count by what became of their reports; a newcomer is heard, and nobody is rejected."""

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import received, taken_in

from fanzha.command.processes.services import fire
from fanzha.command.reports.models import Report
from fanzha.command.reports.reporter_weights import (
    NEWCOMER,
    ReporterRecord,
    Witnesses,
    find_records,
    record_outcomes,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM

THING = ("phone_number", "+8617000000021")


def witnesses(*records: ReporterRecord) -> Witnesses:
    names = {f"r{n}": record for n, record in enumerate(records)}
    return Witnesses([(*THING, f"network {name}", name) for name in names], names)


def test_few_reports_move_the_weight_little_and_many_move_it_far() -> None:
    assert NEWCOMER.weight == 0.6
    assert ReporterRecord(1, 0).weight == 0.5 and ReporterRecord(1, 1).weight > 0.6
    assert ReporterRecord(45, 0).weight == 0.06 and ReporterRecord(45, 45).weight == 0.96


def test_two_newcomers_are_several_and_liars_are_not() -> None:
    liar = ReporterRecord(20, 0)
    assert witnesses(NEWCOMER, NEWCOMER).are_several(THING)
    assert not witnesses(ReporterRecord(50, 50)).are_several(THING)
    assert not witnesses(liar, liar, liar).are_several(THING)
    assert witnesses(liar, NEWCOMER, NEWCOMER).are_several(THING)


def test_reporters_of_one_network_are_one_witness() -> None:
    of_one = Witnesses([(*THING, "network", "a"), (*THING, "network", "b")], {})
    assert (of_one.count(THING), of_one.weight(THING)) == (1, 0.6)


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
def test_the_result_of_a_process_counts_once_for_each_of_its_reporters(world: World) -> None:
    process = taken_in(world)
    mine = [received(world, contact="+8617000000088") for _ in range(2)]
    other = received(world, contact="+8617000000089")
    with unscoped("test"):
        Report.objects.update(process=process.ref, state="joined")
    reason = {"ground": "false_tag", "reason": "A rival of the shop"}
    fire(process.ref, "propose_rejection", actor(world, "centre", Role.ANALYST), reason)
    fire(process.ref, "confirm_rejection", actor(world, "centre", Role.REVIEWER), {"answer": "It is not true."})
    assert record_outcomes(timezone.now()) == 0
    fire(process.ref, "close_rejected", SYSTEM, {})
    assert (record_outcomes(timezone.now()), record_outcomes(timezone.now())) == (3, 0)
    records = find_records(world["centre"].pk, [mine[0].reporter, other.reporter, "nobody"])
    assert records == {mine[0].reporter: ReporterRecord(1, 0), other.reporter: ReporterRecord(1, 0)}
