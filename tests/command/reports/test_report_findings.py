"""Findings of reports are in shadow, say how many reported and never who."""

import msgspec
import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import REPORTED, received

from fanzha.claims import Finding, Mode
from fanzha.command.reports.intake_worker import read_reports, submit_news
from fanzha.command.reports.models import Report
from fanzha.command.reports.report_findings import ReportedCount, build_finding, is_news
from fanzha.command.web.scoping import unscoped
from fanzha.store.state_folder import state_folder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def handed_in() -> list[Finding]:
    files = (state_folder() / "spool" / "findings").rglob("*.jsonl")
    lines = [line for path in files for line in path.read_bytes().splitlines()]
    return [msgspec.json.decode(line, type=Finding) for line in lines]


def test_two_independent_reporters_make_a_finding_in_shadow(world: World) -> None:
    for address in ("192.0.2.1", "192.0.2.2", "203.0.113.1"):
        received(world, address=address, contact="+8617000000088")
    read_reports(world["centre"], timezone.now())
    (finding,) = handed_in()
    assert (finding.subject, finding.mode) == (REPORTED, Mode.SHADOW)
    assert "2 different networks" in finding.sentence_en and "17000000088" not in str(finding)
    received(world, address="203.0.113.2")
    read_reports(world["centre"], timezone.now())
    assert len(handed_in()) == 1


def test_one_network_alone_is_no_finding(world: World) -> None:
    for address in ("192.0.2.1", "192.0.2.2"):
        received(world, address=address)
    read_reports(world["centre"], timezone.now())
    assert handed_in() == []


@pytest.mark.parametrize(
    ("before", "reporters", "score", "expected"),
    [
        (0, 1, None, False),
        (0, 1, 0.9, True),
        (1, 1, 0.9, False),
        (1, 2, None, True),
        (2, 3, 0.9, False),
        (3, 4, 0.1, True),
        (0, 3, None, True),
        (0, 1_000, None, True),
    ],
)
def test_a_thing_is_found_again_each_time_its_reporters_double(
    before: int, reporters: int, score: float | None, expected: bool
) -> None:
    report = Report(subject_kind="phone_number", value=REPORTED, score=score)
    assert is_news(ReportedCount(report, reporters, before), 0.5) == expected


def test_a_worker_killed_before_the_findings_hands_them_in_later(world: World) -> None:
    for address in ("192.0.2.1", "203.0.113.1"):
        received(world, address=address)
    read_reports(world["centre"], timezone.now())
    with unscoped("test"):
        Report.objects.update(is_counted=False)
    for path in (state_folder() / "spool" / "findings").rglob("*.jsonl"):
        path.unlink()
    with unscoped("test"):
        assert submit_news(world["centre"]) == 1
        assert submit_news(world["centre"]) == 0
    assert len(handed_in()) == 1


def test_a_text_like_fraud_stands_in_the_sentence(world: World) -> None:
    report = received(world)
    report.score, report.fraud_type = 0.87, "fake_loan"
    finding = build_finding(ReportedCount(report, 1))
    assert "0.87" in finding.sentence_zh and "0.87" in finding.sentence_en
    assert (finding.fraud_type, finding.owner_organisation) == ("fake_loan", world["centre"].ref)
