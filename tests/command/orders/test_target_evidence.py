"""Targets are presented with what speaks for them, in doubt first, and with what each receiver says of them."""

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from tests.command.orders.given import answers, endpoint, settle, signed, spare
from tests.command.orders.test_target_rows import NUMBERS, approve, drafted_on_three
from tests.command.people import World
from tests.command.processes.orders_made import mixed_issued
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.captures.models import Capture
from fanzha.command.orders.receiver_messages import ingest_request
from fanzha.command.orders.target_evidence import TargetRow, present_targets, sent_back_query
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = pytest.mark.usefixtures("exercise_settings", "in_english")


def present(world: World, order: ProcessInstance, name: str = "centre") -> list[TargetRow]:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer):
        return present_targets(order, viewer, timezone.now())


def test_the_strongest_finding_speaks_for_a_target_and_doubtful_ones_come_first(world: World, own_home: Path) -> None:
    order, about = drafted_on_three(world), subject(NUMBERS[1])
    spare(own_home, NUMBERS[2])
    finding_row(world["centre"], about, detector="call-centre-burst", score=0.7)
    finding_row(world["centre"], about, detector="made-up", score=0.4)
    rows = present(world, order)
    assert [(row.number, row.is_doubtful, row.findings) for row in rows] == [(1, True, 0), (3, True, 0), (2, False, 2)]
    assert rows[2].sentence == "31 calls in an hour" and rows[2].score == 0.7 and rows[2].subject == about.ref
    assert rows[1].excluded is not None and "spared" in rows[1].excluded.en and not rows[0].sentence


def test_investigators_read_the_sentence_of_a_finding_and_others_its_title(world: World) -> None:
    order, about = drafted_on_three(world), subject(NUMBERS[0])
    texts = FindingTexts(("一",), ("one",), sentence_zh="一小时呼叫 31 人", sentence_en="Called 31 people in an hour")
    finding_row(world["centre"], about, detector="call-centre-burst", packed=pack(texts))
    assert present(world, order)[-1].sentence == "Called 31 people in an hour"
    viewer = world.viewer("centre", Role.CLERK)
    with scoped_to(viewer):
        assert present_targets(order, viewer, timezone.now())[-1].sentence == "Call-centre burst"


def test_one_who_is_a_victim_too_is_in_doubt_and_those_sent_back_are_drafted_again(world: World) -> None:
    order, about = drafted_on_three(world), subject(NUMBERS[0])
    finding_row(world["centre"], about)
    finding_row(world["centre"], about, role="victim", detector="victim-at-risk")
    row = next(row for row in present(world, order) if row.number == 1)
    assert row.is_victim_too and row.is_doubtful and row.excluded is None
    assert sent_back_query(present(world, order)) == ""
    approve(world, order, sent_back=(1, 2), sent_back_reason="look at both")
    assert sent_back_query(present(world, order)) == f"subject={about.ref}"


def test_findings_that_a_receiver_may_not_read_are_not_shown_to_it(world: World) -> None:
    order = drafted_on_three(world)
    finding_row(world["centre"], subject(NUMBERS[0]))
    approve(world, order)
    assert [row.findings for row in present(world, order, "carrier")] == [0, 0, 0]
    assert {row.subject for row in present(world, order, "carrier")} == {""}
    assert {(row.is_assessed, row.is_doubtful) for row in present(world, order, "carrier")} == {(False, False)}


def test_a_partial_answer_is_shown_at_its_target(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_webhook", address="https://nobody.invalid/")
    order = drafted_on_three(world)
    approve(world, order, sent_back=(3,), sent_back_reason="a clinic")
    part = {"leg": f"{order.ref}/1", "state": "executed", "at": "2026-03-01T08:00:00+08:00"}
    body = answers({**part, "targets": [{"kind": "phone_number", "value": NUMBERS[0]}]})
    ingest_request(receiving, signed(body), timezone.now())
    words = {row.number: [(leg.receiver, leg.words) for leg in row.legs] for row in present(world, order)}
    assert words[1] == [("Example carrier", "executed")] and words[2] == [("Example carrier", "not answered yet")]
    assert words[3] == []


def test_sites_are_looked_at_afresh_and_the_look_is_shown(world: World, own_home: Path) -> None:
    with (own_home / "fanzha.toml").open("a") as file:
        file.write("\n[look]\nenabled = true\n")
    order = mixed_issued(world)
    with unscoped("test"):
        capture = Capture.objects.get(about=order.ref)
    assert (capture.url, capture.source, capture.owner) == ("http://shop.example/", "measure", world["centre"])
    viewer = world.viewer("centre", Role.REVIEWER)
    with scoped_to(viewer):
        rows = present_targets(order, viewer, timezone.now())
    assert [row.look_ref for row in rows if row.look] == [capture.ref]
    page = world.client("centre", Role.REVIEWER).get(f"/orders/{order.ref}/").content.decode()
    assert "The page is being looked at." in page


@pytest.mark.parametrize("many", [1, 3])
def test_more_targets_ask_no_more(
    world: World, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = drafted_on_three(world)
    for number in NUMBERS[:many]:
        finding_row(world["centre"], subject(number))
    settle()
    with django_assert_max_num_queries(14):
        present(world, order)
