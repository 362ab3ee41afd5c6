"""The demo's tracebacks: one found its origin, one ended abroad, one waits for a person of another operator."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.call_traceback.models import Traceback, TracebackHop, TracebackMessage
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_site import SITE_SETTINGS
from fanzha.run.demo_steps import DemoSteps
from fanzha.run.demo_tracing import add_tracebacks

pytestmark = pytest.mark.django_db


def test_tracebacks_have_different_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(SITE_SETTINGS, "utf-8")
    now = timezone.now()
    province = create_demo_province("a long made-up pass phrase", now - timedelta(days=5))
    steps = DemoSteps(province, DemoClock(now - timedelta(days=3)))
    with unscoped("test"):
        add_tracebacks(steps, now)
        own = Traceback.objects.filter(owner=province["mobile"]).order_by("pk")
        states = [ProcessInstance.objects.get(ref=row.process).state for row in own]
        hops = [list(TracebackHop.objects.filter(traceback=row).values_list("state", flat=True)) for row in own]
        assert TracebackMessage.objects.exclude(state="done").count() == 0
        assert all(row.simulated for row in own)
        assert TracebackHop.objects.filter(traceback=own[0], caller_changed=True).exists()
    assert states == ["origin_found", "dead_end", "asked"]
    assert hops == [["passed", "passed", "origin"], ["passed", "ended"], ["passed", "waiting"]]
