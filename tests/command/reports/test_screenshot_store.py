"""Pictures of reports have a folder and a budget of their own, and go with their reports."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import passed_on, received

from fanzha.command.reports import screenshot_store
from fanzha.command.reports.models import Report
from fanzha.command.reports.screenshot_store import (
    PictureSender,
    read_screenshot,
    remove_screenshots,
    store_screenshot,
)
from fanzha.command.reports.services import add_picture
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.screenshots import UnusableScreenshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_picture_is_stored_by_its_digest() -> None:
    name = store_screenshot(b"a picture", timezone.now())
    assert read_screenshot(name) == b"a picture"
    assert read_screenshot("0" * 64) is None and read_screenshot("../keys/site") is None


def test_no_more_pictures_are_taken_than_the_day_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screenshot_store, "DAY_BYTES", 10)
    store_screenshot(b"12345678", timezone.now())
    with pytest.raises(UnusableScreenshot):
        store_screenshot(b"another", timezone.now())


def test_one_network_uses_up_its_own_budget_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screenshot_store, "BLOCK_BYTES", 10)
    monkeypatch.setattr(screenshot_store, "WIDE_BLOCK_BYTES", 14)

    def send(data: bytes, address: str) -> None:
        name = store_screenshot(data, timezone.now(), PictureSender(world["centre"].pk, address))
        received(world, address=address, screenshots=[name])

    send(b"12345678", "192.0.2.1")
    with pytest.raises(UnusableScreenshot):
        send(b"another", "192.0.2.99")
    send(b"other", "192.0.3.1")
    with pytest.raises(UnusableScreenshot):  # the wider network has sent enough
        send(b"third", "192.0.4.1")
    send(b"elsewhere", "198.51.100.1")


def test_what_is_added_counts_for_the_network_of_its_report_on_that_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshot_store, "BLOCK_BYTES", 10)
    report, process = received(world, address="192.0.2.1"), passed_on(world)
    long_ago = timezone.now() - timedelta(days=9)
    with unscoped("test"):
        Report.objects.update(process=process.ref, state="opened", received_at=long_ago)
    report.refresh_from_db()
    add_picture(report, b"12345678")
    with pytest.raises(UnusableScreenshot):
        add_picture(report, b"another")
    with pytest.raises(UnusableScreenshot):
        store_screenshot(b"a third", timezone.now(), PictureSender(world["centre"].pk, "192.0.2.99"))


def test_pictures_without_a_report_are_removed_after_a_day(world: World, home: Path) -> None:
    kept, unused = (store_screenshot(data, timezone.now()) for data in (b"kept", b"unused"))
    received(world, screenshots=[kept])
    for name in (kept, unused):
        os.utime(home / "report-screenshots" / name, (0, 0))
    assert remove_screenshots(timezone.now()) == 1
    assert read_screenshot(kept) and read_screenshot(unused) is None
    with unscoped("test"):
        Report.objects.all().delete()
    assert remove_screenshots(timezone.now() + timedelta(days=2)) == 1
