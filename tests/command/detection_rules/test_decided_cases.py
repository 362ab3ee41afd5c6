"""The standing decisions of the own organisation are the cases of a replay, from the page to the report."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from tests.command.detection_rules.factories import RULE, backtest_run, in_shadow
from tests.command.detection_rules.test_backtest_report import opinion
from tests.command.detection_rules.test_backtest_runs import run, set_history
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.command.detection_rules.decided_cases import collect_cases
from fanzha.command.detection_rules.models import BacktestKind, BacktestRun, BacktestState
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.web.roles import Role
from fanzha.store.rule_texts import RuleTexts

CALLER, CALLED, UNSEEN = "+8617000000001", "+8619000001003", "+8617000000099"
LATER = AT + timedelta(days=3)


def decide(world: World) -> None:
    """Judge the number that calls 32 others, one of the called ones, and one without a call fraud; one innocent."""
    for number in (CALLER, CALLED, UNSEEN):
        opinion(world, number, "suspected")
        finding_row(world["carrier"], subject(number), detector="another")
    opinion(world, "+8619000001004", "clear")
    opinion(world, "+8619000001005", "suspected", "other_carrier")


def draft(world: World) -> str:
    """Add a draft that nobody calls often enough for."""
    return RuleTexts().add("burst", RULE.replace("30", "40"), at=1, by="Wu", why="a change").text


def replay(world: World, text: str, **changes: Any) -> BacktestRun:
    return run(backtest_run(world, text, kind=BacktestKind.CASES, **changes))


def test_cases_are_the_own_standing_decisions_the_latest_of_a_subject_counts(world: World) -> None:
    decide(world)
    opinion(world, UNSEEN, "clear", opinion_id="later", given_at=LATER)
    opinion(world, CALLER, "suspected", opinion_id="again", given_at=LATER, decision=True)
    opinion(world, CALLED, "watch", opinion_id="watched", given_at=LATER)
    opinion(world, "+8619000001006", "suspected", withdrawn_at=AT)
    cases = {case["subject"]: case for case in collect_cases(world["carrier"].pk)}
    assert {value: case["confirmed"] for value, case in cases.items()} == {
        CALLER: True,
        CALLED: True,
        UNSEEN: False,
        "+8619000001004": False,
    }
    assert (cases[CALLER]["decided_at"], cases[UNSEEN]["decided_at"]) == (to_ms(AT), to_ms(LATER))


def test_a_replay_ends_with_recall_the_change_and_links_to_the_missed(world: World) -> None:
    text = in_shadow(world, tested=False)
    set_history()
    decide(world)
    finding_row(
        world["carrier"], subject(CALLER), detector="burst", found_at=AT - timedelta(days=1, hours=7, minutes=45)
    )
    made = replay(world, draft(world), beside=text)
    assert made.state == BacktestState.DONE, made.problem
    cases = made.result["cases"]
    assert (cases["confirmed"], cases["covered_confirmed"], cases["cleared"], cases["covered_cleared"]) == (3, 2, 1, 1)
    assert (cases["tested"]["recall"]["part"], cases["beside"]["recall"]["part"]) == (0, 1)
    assert cases["change"]["lost"] == [subject(CALLER).ref] and cases["found_as_it_ran"] == 1
    assert CALLER not in str(made.result) and CALLED not in str(made.result)
    for language, words in (("en", "loses 1"), ("zh-hans", "少发现 1 个")):
        client = world.client("carrier", Role.REVIEWER, language=language)
        content = client.get(reverse("detection_rule_backtest", args=[made.ref])).content.decode()
        assert words in content and "1 / 2 · 50% (9–91%)" in content
        assert reverse("subject", args=[subject(CALLED).ref]) in content
        assert reverse("subject", args=[subject(UNSEEN).ref]) not in content


def test_a_replay_without_another_text_is_beside_the_one_that_runs(world: World) -> None:
    text = in_shadow(world)
    set_history()
    added = draft(world)
    analyst = world.client("carrier", Role.ANALYST)
    address, values = reverse("detection_rule_backtest_new", args=[added]), {"history": "calls", "kind": "cases"}
    content = analyst.post(address, values, follow=True).content.decode()
    assert "there is no case to replay" in content and not BacktestRun._base_manager.exists()
    decide(world)
    content = analyst.post(address, values, follow=True).content.decode()
    made = BacktestRun._base_manager.get()
    assert "Replay of decided cases" in content and (made.kind, made.beside) == ("cases", text)
    page = analyst.get(reverse("detection_rule", args=[added])).content.decode()
    assert "Replay decided cases" in page and "Replay of decided cases · calls" in page


def test_decisions_of_others_are_no_cases(world: World) -> None:
    text = in_shadow(world)
    set_history()
    opinion(world, CALLER, "suspected", "other_carrier")
    at = f"/api/v1/detection_rules/texts/{text}/backtests"
    analyst = world.client("carrier", Role.ANALYST)
    refused = analyst.post(at, {"history": "calls", "kind": "cases"}, content_type="application/json")
    assert refused.status_code == 409 and not BacktestRun._base_manager.exists()
    opinion(world, CALLER, "suspected")
    made = analyst.post(at, {"history": "calls", "kind": "cases"}, content_type="application/json").json()
    assert (made["kind"], made["beside"], made["state"]) == ("cases", "", "queued")


def test_a_replay_whose_decisions_were_withdrawn_fails_with_the_reason(world: World) -> None:
    text = in_shadow(world, tested=False)
    set_history()
    opinion(world, CALLER, "suspected")
    OpinionRow._base_manager.update(withdrawn_at=LATER)
    made = replay(world, text)
    assert made.state == BacktestState.FAILED and "no decided case" in made.problem
