"""Reports tag what they are about, once; the result of their process settles the tags and the taggers' record."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.number_tags.own_numbers import run_range
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import REPORTED, checked, received, taken_in

from fanzha.command.number_tags.models import NumberProof, Tag, Tagger, TagOutcome
from fanzha.command.processes.services import fire
from fanzha.command.reports.models import Report, ReportState, TagState
from fanzha.command.reports.report_tags import prove_reported_numbers, settle_reported_tags, tag_and_settle, tag_reports
from fanzha.command.web.roles import Role
from fanzha.processes.parties import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def report(world: World, process: str, state: str = ReportState.OPENED, **more: Any) -> Report:
    row = received(world, **more)
    fields = {"state": state, "process": process, "processed_at": timezone.now(), "simulated": False}
    Report._base_manager.filter(pk=row.pk).update(**fields)
    return row


def test_a_report_tags_once(world: World) -> None:
    row = report(world, "P", text="They asked for a code")
    report(world, "P", state=ReportState.HELD, address="198.51.100.7")
    now = timezone.now()
    assert (tag_reports(now), tag_reports(now)) == (1, 0)
    tag = Tag._base_manager.get()
    assert (tag.kind, tag.value, tag.category, tag.source) == ("phone_number", REPORTED, "fraud", row.ref)
    again = report(world, "P")
    assert (tag_reports(now), tag_reports(now)) == (1, 0)
    assert Tag._base_manager.get().source == again.ref


def test_exercises_tag_nothing_and_nothing_is_missed_after_a_standstill(world: World) -> None:
    row = report(world, "P")
    Report._base_manager.filter(pk=row.pk).update(simulated=True)
    assert tag_reports(timezone.now()) == 0
    report(world, "P")
    assert tag_reports(timezone.now() + timedelta(days=30)) == 1


def test_what_an_organisation_passes_on_is_one_source_and_mails_are_one_voice(world: World) -> None:
    for number, channel in enumerate(("feed", "api", "web", "mail", "mail")):
        row = report(world, "P", text=f"Text {chr(97 + number)}", contact=f"1700000009{number}")
        Report._base_manager.filter(pk=row.pk).update(channel=channel, block=f"block {number}")
    assert tag_reports(timezone.now()) == 5
    tags = Tag._base_manager.order_by("pk")
    assert [tag.is_bulk for tag in tags] == [True, True, False, False, False]
    assert len({tag.block for tag in tags}) == 4


def test_a_number_is_proven_by_the_check_of_the_operator_that_runs_it(world: World) -> None:
    process = checked(world)
    report(world, process.ref)
    tag_and_settle(timezone.now())
    assert not NumberProof._base_manager.exists(), "the carrier that checked does not run the number"
    run_range(world)
    tag_and_settle(timezone.now())
    proof = NumberProof._base_manager.get()
    assert (proof.value, proof.method, proof.source, proof.owner) == (
        REPORTED, "records", process.ref, world["carrier"],
    )  # fmt: skip
    assert Report._base_manager.get().tag_state == TagState.PROVEN and prove_reported_numbers(timezone.now()) == 0


def test_a_rejected_report_counts_against_its_tagger(world: World) -> None:
    process = taken_in(world)
    type(process)._base_manager.update(simulated=False)
    report(world, process.ref)
    tag_reports(timezone.now())
    reason = {"ground": "false_tag", "reason": "A rival of the shop"}
    fire(process.ref, "propose_rejection", actor(world, "centre", Role.ANALYST), reason)
    fire(process.ref, "confirm_rejection", actor(world, "centre", Role.REVIEWER), {"answer": "It is not true."})
    assert settle_reported_tags(timezone.now()) == 0
    fire(process.ref, "close_rejected", SYSTEM, {})
    assert (settle_reported_tags(timezone.now()), settle_reported_tags(timezone.now())) == (1, 0)
    assert Tag._base_manager.get().outcome == TagOutcome.REFUTED and Tagger.objects.get().refuted == 1


def test_a_confirmed_report_counts_for_its_tagger(world: World) -> None:
    process = checked(world)
    type(process)._base_manager.update(simulated=False)
    report(world, process.ref)
    fire(process.ref, "answer", actor(world, "centre", Role.CLERK), {"outcome": "confirmed", "answer": "Limited."})
    process.refresh_from_db()
    if process.state == "to_call_back":
        said = {"called_at": 1_770_000_000_000, "said": "agrees"}
        fire(process.ref, "confirm_by_call", actor(world, "centre", Role.REVIEWER), said)
    else:
        fire(process.ref, "close_in_time", SYSTEM, {})
    fire(process.ref, "finish", SYSTEM, {})
    tag_and_settle(timezone.now())
    assert Tag._base_manager.get().outcome == TagOutcome.CONFIRMED and Tagger.objects.get().confirmed == 1
