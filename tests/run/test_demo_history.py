"""A made-up year of the demo: orders end, appeals are decided, false disposals count, the log is valid."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.audit.models import LogBatch
from fanzha.command.audit.verification import verify
from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.orders.models import OrderTarget, TargetState
from fanzha.command.processes.models import Notification, ProcessInstance, Step
from fanzha.command.reviews.models import ReviewSample
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_history import play_year
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_site import SITE_SETTINGS
from fanzha.run.demo_steps import DemoSteps
from fanzha.run.demo_year import EPISODES, Ending

pytestmark = pytest.mark.django_db
_ONE_OF_EACH = {episode.ending: episode for episode in EPISODES}


def test_each_ending_is_told_and_the_log_keeps_when_it_was_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "fanzha.toml").write_text(SITE_SETTINGS)
    now = timezone.now()
    since = now - timedelta(days=367)
    steps = DemoSteps(create_demo_province("a long made-up pass phrase", since), DemoClock(since))
    with unscoped("the test plays all parts"):
        play_year(steps, now, now - timedelta(days=1), tmp_path, tuple(_ONE_OF_EACH.values()))
        orders = Counter(ProcessInstance.objects.filter(process="order").values_list("state", flat=True))
        restored = OrderTarget.objects.filter(state=TargetState.RESTORED).count()
        states = set(ProcessInstance.objects.values_list("process", "state"))
        first, last = Step.objects.earliest("at").at, Step.objects.latest("at").at
        assert orders == {"closed": 3, "in_force": 1, "rolled_back": 1}
        assert restored == 1 + _ONE_OF_EACH[Ending.ROLLED_BACK].numbers
        assert Campaign.objects.filter(state=CampaignState.CLEARED).count() == 1
        assert {("supervision", "closed"), ("supervision", "rectifying"), ("card_rereview", "verified")} <= states
        assert {("target_appeal", "restored"), ("target_appeal", "closed"), ("dissuasion", "dissuaded")} <= states
        assert not ProcessInstance.objects.filter(simulated=False).exists()
        assert ReviewSample.objects.filter(settled_at__isnull=False).count() == 1
        assert first < now - timedelta(days=200) and last < now
        assert not Notification.objects.filter(read_at=None, at__lt=now - timedelta(days=4)).exists()
    assert LogBatch.objects.earliest("number").at >= int(now.timestamp() * 1000)
    assert verify().faults == []
