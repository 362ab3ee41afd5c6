"""The demo's carrier has new names, looks and apps of each result; the provider has sites with and without faults."""

from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.app_samples.models import AppSample
from fanzha.command.captures.models import Capture
from fanzha.command.hosting.models import HostedSite
from fanzha.command.site_watch.models import CandidateSite
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_site import SITE_SETTINGS
from fanzha.run.demo_steps import DemoSteps
from fanzha.run.demo_websites import DISMISSED, HANDED_ON, NEW_NAMES, NO_ANSWER, PAGES, add_websites
from fanzha.store.look_queue import evidence_folder
from fanzha.store.site_watch_settings import load_site_watch_settings

pytestmark = pytest.mark.django_db


def test_the_pages_of_websites_and_apps_are_not_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(SITE_SETTINGS, "utf-8")
    now = timezone.now()
    steps = DemoSteps(create_demo_province("a long made-up pass phrase"), DemoClock(now))
    with unscoped("test"):
        add_websites(steps, now)
        states = dict(CandidateSite.objects.values_list("host", "state"))
        looks = {look.host: look for look in Capture.objects.all()}
        apps = {app.package: app for app in AppSample.objects.all()}
        sites = {site.host: site for site in HostedSite.objects.all()}
    assert load_site_watch_settings().owner == steps.province["mobile"].ref
    assert len(states) == len(NEW_NAMES)
    assert (states[HANDED_ON], states[DISMISSED]) == ("handed_on", "dismissed")
    assert {host: look.state for host, look in looks.items()} == {
        **{page.host: "seen" for page in PAGES},
        NO_ANSWER: "failed",
    }
    assert looks[HANDED_ON].is_cloaked and looks[HANDED_ON].score and looks[HANDED_ON].simulated
    assert (evidence_folder(looks[HANDED_ON].ref) / "phone.png").is_file()
    assert apps["com.example.bankguard"].score and apps["com.example.weather"].score is None
    assert {host: bool(site.faults) for host, site in sites.items()} == {
        "shop.example": False,
        "www.school.example": True,
        "depot.example": True,
        "refund-desk.example.com": True,
        "forum.example": True,
        "new-customer.example": False,
    }
