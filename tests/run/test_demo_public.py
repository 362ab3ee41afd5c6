"""The demo has a published bulletin, a site that is blocked, and subscribers who chose about calls from abroad."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from fanzha.command.bulletins.selectors import published_bulletins
from fanzha.command.orders.blocked_hosts import find_blocked_host
from fanzha.command.processes.worker import run_once
from fanzha.command.statistics.selectors import last_month
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_public import BLOCKED_SITE, CHOICES, block_site, choose_overseas, publish_bulletin
from fanzha.run.demo_site import SITE_SETTINGS
from fanzha.run.demo_steps import DemoSteps
from fanzha.store.overseas_choices import load_overseas_choices

pytestmark = pytest.mark.django_db


def test_without_a_case_no_bulletin_is_published_but_a_site_is_blocked_and_subscribers_have_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(SITE_SETTINGS, "utf-8")
    now = timezone.now()
    within = last_month(now).since + timedelta(days=2)
    steps = DemoSteps(create_demo_province("a long made-up pass phrase", within - timedelta(days=9)), DemoClock(now))
    with unscoped("test"):
        assert not publish_bulletin(steps, now) and not published_bulletins().exists()
        block_site(steps, now)
        while run_once():  # it writes the notice, which the page states
            continue
        assert find_blocked_host(f"www.{BLOCKED_SITE}") is not None
        choose_overseas(steps)
    choices = load_overseas_choices()
    assert choices is not None and len(choices.keys) == len(CHOICES)


def test_the_companies_of_the_bulletin_have_replied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    now = timezone.now()
    within = last_month(now).since + timedelta(days=2)
    steps = DemoSteps(create_demo_province("a long made-up pass phrase", within - timedelta(days=9)), DemoClock(within))
    with unscoped("test"):
        person: dict[str, Any] = {
            "person": "+8619790000001",
            "fraud_type": "fake_cs",
            "grade": "high",
            "situation": "on a long call",
        }
        case = steps.open("dissuasion", "open", "mobile", Role.ANALYST, **person)
        steps.take(case, "send_text", "mobile", Role.ANALYST)
        steps.clock.now = now
        assert publish_bulletin(steps, now)
        content = published_bulletins().get().content
    assert [company["reply"]["state"] for company in content["companies"]] == ["replied"]
