"""A report is stored once, who reported stays unreadable, and the receipt code lets the reporter act."""

from pathlib import Path

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import REPORTED, checked, received

from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.reports.models import Report
from fanzha.command.reports.receipts import make_receipt
from fanzha.command.reports.services import (
    MOST_FACTS,
    Submission,
    add_facts,
    canonical_contact,
    find_by_receipt,
    find_intake_organization,
    object_to_answer,
    submit_report,
    text_key,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_same_form_is_stored_once_and_gives_the_same_receipt(world: World) -> None:
    submission = Submission("call", "form", thing=REPORTED)
    codes = {submit_report(world["centre"], submission, "192.0.2.1") for _ in range(2)}
    with unscoped("test"):
        assert Report.objects.count() == 1
    assert codes == {make_receipt("form")}
    found = find_by_receipt(codes.pop())
    assert found is not None and found.value == REPORTED


def test_what_cannot_be_read_stays_in_the_text(world: World) -> None:
    report = received(world, thing="a number I forgot", text="They wanted a code")
    assert (report.value, report.text) == ("", "a number I forgot\nThey wanted a code")


def test_neither_address_nor_reporter_can_be_read(world: World) -> None:
    report = received(world, contact="170 0000 0088", address="192.0.2.77")
    row = " ".join(str(value) for value in (report.block, report.reporter))
    assert "192" not in row and "17000000088" not in row
    assert report.contact == "+8617000000088"


def test_a_contact_has_one_spelling() -> None:
    assert canonical_contact("+86 170-0000-0088") == canonical_contact("17000000088")
    assert canonical_contact("A@Mail.example ") == "a@mail.example"


def test_texts_that_differ_in_numbers_share_a_key() -> None:
    assert text_key("Pay 500 at once!") == text_key("pay 9000 at once") != text_key("Pay later")
    assert text_key("") == text_key("!!!") == ""


def test_the_only_centre_receives_unless_the_settings_name_another(world: World, home: Path) -> None:
    assert find_intake_organization() == world["centre"]
    (home / "fanzha.toml").write_text(f'[reports]\norganization = "{world["carrier"].ref}"\n')
    assert find_intake_organization() == world["carrier"]


def test_a_report_that_waits_takes_no_facts_yet(world: World) -> None:
    with pytest.raises(Refusal):
        add_facts(received(world), "more")


def test_the_reporter_adds_and_objects_without_an_account(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[reports]\ncall_back_share = 0\n")
    report, process = received(world), checked(world)
    with unscoped("test"):
        Report.objects.filter(pk=report.pk).update(process=process.ref, state="opened")
        report.refresh_from_db()
    for _ in range(MOST_FACTS + 1):
        add_facts(report, "They called again")  # the page was sent again
    with unscoped("test"):
        assert Step.objects.filter(instance__ref=process.ref, event="add_facts").count() == 1
    fire(process.ref, "answer", actor(world, "centre", Role.CLERK), {"outcome": "unfounded", "answer": "Not found"})
    for _ in range(2):
        object_to_answer(report, "It still calls me")
    with unscoped("test"):
        assert ProcessInstance.objects.get(ref=process.ref).state == "reopened"
        last = Step.objects.filter(instance__ref=process.ref).order_by("-number")[0]
    assert (last.event, last.personal) == ("reopen", {"objection": "It still calls me"})
