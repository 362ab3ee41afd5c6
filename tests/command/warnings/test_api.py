"""Programs write wordings, and begin and read trials, with a person behind each key."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from tests.command.people import World
from tests.command.warnings.wordings_made import TEXTS
from tests.command.web.api.asking import asking, problem

from fanzha.command.web.roles import Role

BASE = "/api/v1/warnings"
SCOPES = ["warnings:read", "warnings:write"]


def test_wordings_and_a_trial_from_the_draft_to_the_result(world: World, home: Path) -> None:
    writer = asking(world, "carrier", scopes=SCOPES, roles=["analyst"], made_by=world.person("carrier", Role.ANALYST))
    decider, reviewer = world.client("carrier", Role.REVIEWER), world.person("carrier", Role.REVIEWER)
    key = asking(world, "carrier", scopes=SCOPES, roles=["reviewer"], made_by=reviewer)
    body = {"fraud_type": "fake_loan", "channel": "text", "zh": TEXTS.zh, "en": TEXTS.en}
    rows = [writer.post(f"{BASE}/wordings", body, "application/json").json() for _ in range(2)]
    assert [row["version"] for row in rows] == ["fake_loan/text/1", "fake_loan/text/2"] and rows[0]["parts"] == 1
    problem(writer.post(f"{BASE}/wordings", body | {"zh": "请加微信"}, "application/json"), 422)
    approval = {"do": "approve_and_use"}  # whoever holds a key may be the writer
    problem(key.post(f"{BASE}/wordings/{rows[0]['ref']}/decision", approval, "application/json"), 403)
    for row, do in zip(rows, ("approve_and_use", "approve"), strict=True):
        answer = decider.post(f"{BASE}/wordings/{row['ref']}/decision", {"do": do}, "application/json")
        assert answer.status_code == 204
    for do in ("use", "drop", "reject"):
        decider.post(f"{BASE}/wordings/{rows[1]['ref']}/decision", {"do": do}, "application/json")
    assert {row["state"] for row in writer.get(f"{BASE}/wordings").json()["items"]} == {"approved"}
    until = (timezone.now() + timedelta(days=9)).isoformat()
    trial = {"wordings": [row["ref"] for row in rows], "measure": "dissuaded", "plan": "a plan", "until": until}
    problem(writer.post(f"{BASE}/trials", trial | {"wordings": ["none", "none"]}, "application/json"), 422)
    ref = writer.post(f"{BASE}/trials", trial, "application/json").json()["ref"]
    problem(key.post(f"{BASE}/trials/{ref}/act", {"do": "begin"}, "application/json"), 403)
    assert decider.post(f"{BASE}/trials/{ref}/act", {"do": "begin"}, "application/json").status_code == 204
    assert [arm["share"] for arm in writer.get(f"{BASE}/trials/{ref}").json()["arms"]] == [None, None]
    stop = {"do": "stop", "reason": "enough"}
    assert decider.post(f"{BASE}/trials/{ref}/act", stop, "application/json").status_code == 204
    problem(decider.post(f"{BASE}/trials/{ref}/act", {"do": "end"}, "application/json"), 403)
    assert writer.get(f"{BASE}/trials").json()["items"][0]["state"] == "ending"
    nobody = asking(world, "carrier", scopes=SCOPES, roles=["analyst"])
    problem(nobody.post(f"{BASE}/wordings", body, "application/json"), 403)
