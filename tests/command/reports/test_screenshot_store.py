"""Pictures of reports have a folder and a budget of their own, and go with their reports."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import received

from fanzha.command.reports import screenshot_store
from fanzha.command.reports.models import Report
from fanzha.command.reports.screenshot_store import read_screenshot, remove_screenshots, store_screenshot
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
