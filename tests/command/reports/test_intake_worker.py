"""Waiting reports are opened, joined or held; a flood buries no honest report."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import REPORTED, received
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.reports.intake_worker import RETRY, pending_owners, read_reports
from fanzha.command.reports.models import Report
from fanzha.command.reports.networks import hash_block
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def settings(home: Path, text: str) -> None:
    (home / "fanzha.toml").write_text(f"[reports]\n{text}\n")


def read(world: World, owner: str = "centre") -> dict[str, int]:
    result = read_reports(world[owner], timezone.now())
    return {"opened": result.opened, "joined": result.joined, "held": result.held}


def junk(world: World, number: int, blocks: int, grade: str = "paid") -> Report:
    """One of many reports about different numbers, from some networks, without a text."""
    return Report(
        owner=world["centre"],
        channel="web",
        category="call",
        grade=grade,
        target_kind="number",
        subject_kind="phone_number",
        value=f"+86170{number:08d}",
        reporter=f"junk {number}",
        block=hash_block(f"198.{number % blocks // 250}.{number % blocks % 250}.1"),
        receipt=f"junk {number}",
        is_worked=True,
        received_at=timezone.now(),
    )


def test_a_report_opens_a_process_that_says_nothing_of_the_reporter(world: World) -> None:
    report = received(world, contact="+8617000000088")
    assert read(world) == {"opened": 1, "joined": 0, "held": 0}
    with unscoped("test"):
        instance = ProcessInstance.objects.get()
        steps = list(instance.steps.all())
        report.refresh_from_db()
    assert (instance.process, instance.owner, instance.ref) == ("public_report", world["centre"], report.process)
    assert steps[0].personal == {"targets": [REPORTED]}
    assert "17000000088" not in str([(step.evidence, step.personal, step.actor) for step in steps])


def test_the_owner_of_a_number_gets_it_at_once(world: World, home: Path) -> None:
    settings(home, f'owners = {{number = "{world["carrier"].ref}"}}')
    received(world)
    read(world)
    with unscoped("test"):
        instance = ProcessInstance.objects.get()
        assert (instance.state, instance.legs.get().receiver) == ("assigned", world["carrier"])


def test_with_money_paid_the_police_process_event_is_used(world: World) -> None:
    received(world, is_paid=True)
    read(world)
    with unscoped("test"):
        assert ProcessInstance.objects.get().steps.order_by("number")[0].event == "receive_paid"


def test_reports_about_the_same_thing_share_a_process(world: World) -> None:
    first, second = received(world), received(world, address="203.0.113.9")
    assert read(world) == {"opened": 1, "joined": 1, "held": 0}
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.process == second.process != ""


def test_nothing_is_read_twice(world: World) -> None:
    received(world)
    read(world)
    assert read(world) == {"opened": 0, "joined": 0, "held": 0}
    assert pending_owners(timezone.now()) == []


def test_one_network_opens_few_processes_without_evidence(world: World, home: Path) -> None:
    settings(home, "unworked_per_day = 2\nworked_per_day = 3")
    for number in range(4):
        received(world, thing=f"+861700000010{number}")
    assert read(world) == {"opened": 2, "joined": 0, "held": 2}
    received(world, thing="+8617000000109", is_worked=True)
    assert read(world)["opened"] == 1


def test_a_number_that_findings_name_is_evidence(world: World, home: Path) -> None:
    settings(home, "unworked_per_day = 1")
    for number in (1, 2):
        finding_row(world["carrier"], subject(f"+861700000010{number}"))
    reports = [received(world, thing=f"+861700000010{number}") for number in range(3)]
    assert read(world) == {"opened": 2, "joined": 0, "held": 1}
    reports[0].refresh_from_db()
    assert reports[0].state == "held"


def test_what_was_opened_with_evidence_takes_no_room_of_plain_reports_in_later_runs(world: World, home: Path) -> None:
    settings(home, "open_per_hour = 8\nunworked_per_day = 9")
    for number in (1, 2, 3):
        finding_row(world["carrier"], subject(f"+861700000010{number}"))
        received(world, address=f"192.0.{number}.1", thing=f"+861700000010{number}")
    assert read(world)["opened"] == 3
    received(world, address="198.51.100.1", thing="+8617000000109")
    assert read(world)["opened"] == 1, "the room of plain reports is two, and the three before had evidence"


def test_what_was_held_competes_again_later(world: World, home: Path) -> None:
    settings(home, "unworked_per_day = 1")
    received(world, thing="+8617000000101")
    received(world, thing="+8617000000102")
    read(world)
    later = timezone.now() + timedelta(days=1) + RETRY
    assert pending_owners(later) == [world["centre"]]
    assert read_reports(world["centre"], later).opened == 1


def opened_of(reports: list[Report]) -> int:
    with unscoped("test"):
        return Report.objects.filter(pk__in=[report.pk for report in reports], state="opened").count()


def test_a_flood_buries_no_honest_report(world: World, home: Path) -> None:
    """2,000 junk reports from ten networks, all said to be urgent, and after them 20 honest reporters of as many."""
    settings(home, "open_per_hour = 48")
    with unscoped("test"):
        Report.objects.bulk_create([junk(world, number, 10) for number in range(2_000)])
    honest = [
        received(world, thing=f"+86171000000{n:02d}", address=f"203.0.{n}.1", is_worked=True, work=18)
        for n in range(20)
    ]
    read(world)
    with unscoped("test"):
        assert opened_of(honest) == 20 and Report.objects.filter(state="opened").count() <= 48
        assert Report.objects.exclude(state__in=("opened", "held")).count() == 0


def test_a_flood_from_fresh_networks_leaves_room_for_known_ones_for_payers_and_for_other_operators(
    world: World, home: Path
) -> None:
    """Each junk report comes from a network of its own, with proof of work, before the honest ones."""
    settings(home, "open_per_hour = 16")
    yesterday = timezone.now() - timedelta(days=1, hours=1)
    before = received(world, thing="+8617100000099", address="2001:db8:1::1")
    with unscoped("test"):
        Report.objects.filter(pk=before.pk).update(state="opened", processed_at=yesterday)
        flood = [junk(world, number, 1) for number in range(300)]
        for number, report in enumerate(flood):
            report.block, report.wide_block = hash_block(f"2001:db9:{number:x}::1"), "one operator"
            report.grade = "paid" if number % 2 else "fraud"
        Report.objects.bulk_create(flood)
    honest = [
        received(world, thing="+8618000000001", address="2001:db8:1::2"),
        received(world, thing="+8618900000002", address="2001:dba:1::1", is_paid=True, is_worked=True, work=14),
        received(world, thing="+8618100000003", address="192.0.2.9", is_worked=True, work=14),
    ]
    assert read(world)["opened"] == 9  # half of what payers and newcomers may have is for those with more work
    assert opened_of(honest) == 3


def test_in_a_flood_more_work_comes_first(world: World, home: Path) -> None:
    settings(home, "open_per_hour = 4")
    flood = [received(world, thing=f"+861700000{n:04d}", address=f"198.51.{n}.1", is_worked=True) for n in range(20)]
    honest = received(world, thing="+8618100000003", address="192.0.2.9", is_worked=True, work=19)
    read(world)
    assert opened_of([honest]) == 1 and opened_of(flood) == 1


def test_a_flood_that_goes_on_buries_no_report_of_the_next_hour(world: World, home: Path) -> None:
    """The hour is used up by junk of ten networks; an hour later an honest report comes before what was held."""
    settings(home, "open_per_hour = 10")
    with unscoped("test"):
        Report.objects.bulk_create([junk(world, number, 10) for number in range(100)])
        Report.objects.bulk_create([junk(world, number, 10, "fraud") for number in range(100, 200)])
    assert read(world)["opened"] == 6
    honest = received(world, address="203.0.1.1")
    assert read(world) == {"opened": 0, "joined": 0, "held": 1}
    read_reports(world["centre"], timezone.now() + timedelta(hours=1, seconds=1))
    honest.refresh_from_db()
    assert honest.state == "opened"


def test_one_text_is_evidence_once(world: World, home: Path) -> None:
    """A text like fraud with many made-up numbers and small changes does not stand before honest reports."""
    settings(home, "unworked_per_day = 1\nopen_per_hour = 12")
    flood = [junk(world, number, 30) for number in range(30)]
    for number, report in enumerate(flood):
        report.text, report.score = f"Your parcel is lost, pay fee {number} at once to this number", 0.9
    with unscoped("test"):
        Report.objects.bulk_create(flood)
        honest = [received(world, thing=f"+86171000000{n:02d}", address=f"203.0.{n}.1") for n in range(3)]
        for number, report in enumerate(honest):
            texts = ("Somebody wants my code", "He says he is a judge", "My loan needs a deposit first")
            Report.objects.filter(pk=report.pk).update(text=texts[number], score=0.9)
    read(world)
    with unscoped("test"):
        opened = Report.objects.filter(state="opened")
        assert opened.filter(pk__in=[report.pk for report in honest]).count() == 3


def test_a_text_with_one_changed_word_is_no_new_one_in_the_next_run(world: World, home: Path) -> None:
    settings(home, "open_per_hour = 8")
    text = "Your parcel is lost, pay the fee at once to this number or the {} will hold it until you have paid"

    def sent(number: int, words: str, work: int) -> Report:
        thing = f"+86171000000{number:02d}"
        report = received(world, thing=thing, text=words, address=f"203.0.{number}.1", is_worked=True, work=work)
        with unscoped("test"):
            Report.objects.filter(pk=report.pk).update(score=0.9)
        return report

    sent(0, text.format("customs"), 15)
    assert read(world)["opened"] == 1
    copies = [sent(number, text.format("office"), 15) for number in range(1, 6)]
    honest = sent(7, "He says that he is a judge and that my account is not safe", 14)
    read(world)
    assert opened_of([honest]) == 1 and opened_of(copies) == 0


def test_a_call_taker_is_never_held_back(world: World, home: Path) -> None:
    settings(home, "open_per_hour = 1\nunworked_per_day = 1")
    for number in range(3):
        received(world, thing=f"+861700000010{number}", channel="phone")
    assert read(world)["opened"] == 3
