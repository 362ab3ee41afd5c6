"""The demo's centre has reports of the public in each state that a desk sees."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.reports.models import Report
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_reports import add_reports
from fanzha.run.demo_site import SITE_SETTINGS
from fanzha.run.demo_steps import DemoSteps

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("settings", ["", SITE_SETTINGS], ids=["operators unknown", "as in the demo"])
def test_the_desk_of_the_centre_is_not_empty(settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(settings, "utf-8")
    start = timezone.now() - timedelta(days=2)
    steps = DemoSteps(create_demo_province("a long made-up pass phrase", start), DemoClock(timezone.now()))
    with unscoped("test"):
        add_reports(steps, timezone.now())
        reports = list(Report.objects.order_by("pk"))
        passed_on = ProcessInstance.objects.get(ref=reports[0].process)
    assert [report.state for report in reports] == ["opened", "joined", "opened", "held", "waiting"]
    assert all(report.simulated and report.owner == steps.province["centre"] for report in reports)
    assert reports[0].process == reports[1].process != reports[2].process
    assert passed_on.state == "assigned"
