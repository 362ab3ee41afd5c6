"""People write, check, approve and try wordings on pages."""

from datetime import timedelta
from pathlib import Path

from django.urls import reverse
from django.utils import timezone
from tests.command.people import World
from tests.command.warnings.wordings_made import TEXTS, approved, running, write

from fanzha.command.warnings.models import TrialState, Wording, WordingTrial
from fanzha.command.web.roles import Role

PAGE = "/wordings/fake_loan/text/"


def test_a_version_is_written_checked_and_approved_by_another(world: World, home: Path) -> None:
    analyst, reviewer = world.client("carrier", Role.ANALYST), world.client("carrier", Role.REVIEWER)
    text = {"zh": TEXTS.zh, "en": TEXTS.en, "why": "shorter"}
    broken = analyst.post(PAGE, text | {"zh": TEXTS.zh + " www.a.example", "do": "save"})
    assert broken.status_code == 422 and "holds no link" in broken.content.decode()
    assert analyst.post(PAGE, text | {"do": "check"}).status_code == 200 and not Wording._base_manager.exists()
    assert analyst.post(PAGE, text | {"do": "save"}).status_code == 302
    row = Wording._base_manager.get()
    assert "waits for a second person" in analyst.get(PAGE).content.decode()
    assert "Approve and use" not in analyst.get(PAGE).content.decode()
    assert "Approve and use" in reviewer.get(PAGE).content.decode()
    reviewer.post(reverse("wording_decide", args=[row.ref]), {"do": "approve_and_use"})
    row.refresh_from_db()
    assert row.in_use and "version 1" in reviewer.get("/wordings/").content.decode()


def test_rules_are_checked_while_somebody_types(world: World, home: Path) -> None:
    analyst = world.client("carrier", Role.ANALYST, language="zh-hans")
    answer = analyst.post("/wording-checks/flash_sms/", {"zh": "请加QQ" + "字" * 90, "en": "Hang up."}).content.decode()
    assert "不得含 QQ" in answer and "过长" in answer and "<form" not in answer
    assert analyst.post("/wording-checks/pigeon/", {}).status_code == 404
    assert analyst.get("/wordings/none/text/").status_code == 404


def test_a_trial_is_declared_begun_measured_and_ended_on_pages(world: World, home: Path) -> None:
    rows = [approved(world), approved(world)]
    analyst, reviewer = world.client("carrier", Role.ANALYST), world.client("carrier", Role.REVIEWER)
    until = timezone.localtime(timezone.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    fields = {"do": "trial", "wordings": [row.pk for row in rows], "measure": "loss", "plan": "no loss", "until": until}
    assert analyst.post(PAGE, fields | {"wordings": [rows[0].pk]}).status_code == 422
    answer = analyst.post(PAGE, fields)
    trial = WordingTrial._base_manager.get()
    page, act = reverse("wording_trial", args=[trial.ref]), reverse("wording_trial_act", args=[trial.ref])
    assert answer["Location"] == page
    analyst.post(act, {"do": "begin"})
    trial.refresh_from_db()
    assert trial.state == TrialState.PROPOSED
    reviewer.post(act, {"do": "begin"})
    assert (
        "95 % interval" in analyst.get(page).content.decode() and "trial" in analyst.get("/wordings/").content.decode()
    )
    analyst.post(act, {"do": "stop", "reason": "a mistake in the text"})
    reviewer.post(act, {"do": "end"})
    trial.refresh_from_db()
    assert trial.state == TrialState.ENDED


def test_another_organisation_finds_neither(world: World, home: Path) -> None:
    row, trial = write(world), running(world)
    other = world.client("other_carrier", Role.REVIEWER)
    assert other.post(reverse("wording_decide", args=[row.ref]), {"do": "reject"}).status_code == 404
    assert other.get(reverse("wording_trial", args=[trial.ref])).status_code == 404
