"""The demo has a campaign, an order with a verified, a refused and an overdue leg, and an order to approve."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.run.burst_findings import NUMBERS, write_burst

from fanzha.command.audit.verification import verify
from fanzha.command.campaigns.models import Campaign
from fanzha.command.processes.models import Leg, Notification, ProcessInstance
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_data import DemoDataError, create_story
from fanzha.run.demo_province import DemoProvince, create_demo_province
from fanzha.run.demo_site import SITE_SETTINGS
from fanzha.run.demo_story import DemoStory

pytestmark = pytest.mark.django_db


def _province() -> DemoProvince:
    return create_demo_province("a long made-up pass phrase", timezone.now() - timedelta(days=3))


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoStory:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "fanzha.toml").write_text(SITE_SETTINGS)
    with unscoped("the test plays all parts"):
        return create_story(_province(), write_burst(tmp_path / "burst.jsonl"), with_year=False)


def test_a_burst_became_a_campaign_that_was_ordered_on(story: DemoStory) -> None:
    with unscoped("test"):
        campaign = Campaign.objects.get(ref=story.campaign)
        assert (campaign.subjects, campaign.simulated) == (len(NUMBERS), True)
        assert ProcessInstance.objects.get(ref=story.order).campaign == story.campaign
    assert story.refused_number in NUMBERS


def test_one_leg_is_proven_one_refused_and_one_is_late(story: DemoStory) -> None:
    assert story.legs["Example Mobile"] == "verified"
    assert story.legs["Example Virtual Mobile"] == "refused"
    with unscoped("test"):
        late = Notification.objects.filter(owner__name_en="Example Telecom", urgent=True, text_en__startswith="Late")
        assert late.exists()
        assert Leg.objects.get(instance__ref=story.order, receiver__name_en="Example Telecom").ended_at is None


def test_another_order_waits_for_its_second_person_and_all_is_on_record(story: DemoStory) -> None:
    with unscoped("test"):
        waiting = ProcessInstance.objects.filter(process="order", state="drafted").get()
        assert waiting.ref != story.order and waiting.simulated
    checked = verify()
    assert checked.entries > 0 and checked.faults == []


def test_everybody_who_can_sign_in_is_told(story: DemoStory) -> None:
    assert len({user.email for user in story.users}) == len(story.users) > 30
    assert {user.expected_text for user in story.users if user.email == "analyst@mobile.example"} == {story.order}


def test_findings_without_a_burst_make_no_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "none.jsonl").write_text("")
    with unscoped("test"), pytest.raises(DemoDataError, match="no campaign has 5 of phone_number"):
        create_story(_province(), tmp_path / "none.jsonl", with_year=False)
