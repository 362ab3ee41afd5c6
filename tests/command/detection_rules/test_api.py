"""Programs read rules by API; steps and approvals are for people who signed in."""

from tests.command.detection_rules.factories import in_shadow
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.web.roles import Role
from fanzha.store.rule_texts import RuleTexts

BASE = "/api/v1/detection_rules"
SHARE = {"state": "share", "share": 0.1, "why": "quiet for ten days"}


def test_two_persons_promote_a_rule_by_the_api(world: World) -> None:
    at = f"{BASE}/texts/{in_shadow(world)}"
    analyst, reviewer = world.client("carrier", Role.ANALYST), world.client("carrier", Role.REVIEWER)
    moved = analyst.post(f"{at}/steps", SHARE, content_type="application/json").json()
    assert moved["step"]["state"] == "shadow" and moved["request"]["target"] == "share"
    decision = f"{BASE}/requests/{moved['request']['ref']}/decision"
    yes = {"approve": True, "why": "seen the report"}
    problem(analyst.post(decision, yes, content_type="application/json"), 403)
    assert reviewer.post(decision, yes, content_type="application/json").json()["state"] == "approved"
    read = reviewer.get(at).json()
    assert (read["step"]["state"], read["step"]["share"], read["request"]) == ("share", 0.1, None)
    assert [step["state"] for step in read["history"]] == ["draft", "backtest", "warming", "shadow", "share"]
    assert read["likely_false"] == {"marked": 0, "counted": 0, "value": None, "low": None, "high": None}
    (backtest,) = read["backtests"]
    assert (backtest["full_hits"], backtest["alarms_per_million"]) == (3, 21.4)


def test_a_key_reads_and_takes_no_step(world: World) -> None:
    text = in_shadow(world)
    scopes = ["detection_rules:read", "detection_rules:write"]
    key = asking(world, "carrier", scopes=scopes, roles=["analyst", "reviewer"])
    assert [row["text"] for row in key.get(f"{BASE}/texts").json()] == [text]
    answer = key.post(f"{BASE}/texts/{text}/steps", SHARE, content_type="application/json")
    assert problem(answer, 403)["reason"] == "role"
    assert RuleTexts().select("burst").step.state == "shadow"


def test_what_cannot_be_done_is_a_conflict(world: World) -> None:
    at = f"{BASE}/texts/{in_shadow(world)}/steps"
    analyst = world.client("carrier", Role.ANALYST)
    problem(analyst.post(at, {"state": "live", "why": "now"}, content_type="application/json"), 409)
    problem(analyst.post(at.replace("texts/", "texts/0"), SHARE, content_type="application/json"), 404)
