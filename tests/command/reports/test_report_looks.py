"""Pages in reports that the worker took up are looked at once a day, within a budget."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.captures.looks_made import make_record, write_evidence
from tests.command.people import World
from tests.command.reports.reports_made import received

from fanzha.command.captures.models import Capture
from fanzha.command.captures.services import record_outcomes
from fanzha.command.reports.intake_worker import read_reports
from fanzha.command.reports.models import Report
from fanzha.command.reports.report_looks import request_report_looks
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
PAGE = "http://login.bank-example.test/m/"


@pytest.fixture
def looking(home: Path) -> Path:
    (home / "fanzha.toml").write_text("[look]\nenabled = true\n")
    return home


def reported(world: World, link: str = f"{PAGE}?victim=7#x", **more: str) -> Report:
    return received(world, category="link", thing=link, **more)


def looked(world: World) -> list[tuple[str, str]]:
    request_report_looks(timezone.now())
    with unscoped("test"):
        return list(Capture.objects.order_by("pk").values_list("url", "about"))


def test_a_report_that_waits_has_nothing_fetched(world: World, looking: Path) -> None:
    reported(world)
    assert looked(world) == []


def test_a_page_is_looked_at_without_what_names_the_victim_and_once_for_all_reports(
    world: World, looking: Path
) -> None:
    first = reported(world)
    reported(world, f"{PAGE}?victim=8", address="198.51.100.7")
    read_reports(world["centre"], timezone.now())
    assert looked(world) == [(PAGE, first.ref)] == looked(world)
    with unscoped("test"):
        assert len(set(Report.objects.values_list("look", flat=True))) == 1


def test_a_flood_has_no_more_fetched_than_the_budget(world: World, looking: Path) -> None:
    (looking / "fanzha.toml").write_text("[look]\nenabled = true\n[reports]\nlooks_per_day = 1\n")
    for number in range(3):
        reported(world, f"http://page-{number}.example/", address=f"192.0.{number}.1")
    read_reports(world["centre"], timezone.now())
    assert len(looked(world)) == 1 == len(looked(world))


def test_the_site_of_a_brand_is_not_looked_at(world: World, looking: Path) -> None:
    report = reported(world, "https://www.icbc.com.cn/login")
    assert report.value and not report.link


def test_a_site_that_looks_at_nothing_asks_for_nothing(world: World) -> None:
    reported(world)
    read_reports(world["centre"], timezone.now())
    assert looked(world) == []


def test_the_desk_sees_what_the_look_found(world: World, looking: Path) -> None:
    report = reported(world)
    read_reports(world["centre"], timezone.now())
    looked(world)
    with unscoped("test"):
        capture = Capture.objects.get()
    write_evidence(capture.ref, make_record(PAGE))
    record_outcomes(timezone.now())
    page = world.client("centre", Role.ANALYST).get(f"/reports/{report.ref}/").content.decode()
    assert "asks for card data" in page and f"/captures/{capture.ref}/" in page and "victim=7" not in page
    clerk = world.client("centre", Role.CLERK).get(f"/reports/{report.ref}/").content.decode()
    assert "asks for card data" in clerk and f"/captures/{capture.ref}/" not in clerk
